// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/call_log.hpp"

#include "auth/digest.hpp"
#include "core/audit_config.hpp"
#include "core/time.hpp"
#include "proxy/exposition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace thv::proxy {

namespace {

constexpr std::size_t most_tools = 500;
constexpr std::size_t longest_name = 256;
constexpr std::size_t longest_principal = 1024;
constexpr std::string_view others = "(other)";

/// Clients choose what they send, so only what the protocol has is told apart. The last one stands for the rest.
constexpr std::array<std::string_view, 21> known_methods{"tools/call",
                                                         "initialize",
                                                         "ping",
                                                         "tools/list",
                                                         "prompts/list",
                                                         "prompts/get",
                                                         "resources/list",
                                                         "resources/templates/list",
                                                         "resources/read",
                                                         "resources/subscribe",
                                                         "resources/unsubscribe",
                                                         "logging/setLevel",
                                                         "completion/complete",
                                                         "server/discover",
                                                         "subscriptions/listen",
                                                         "tasks/get",
                                                         "tasks/list",
                                                         "tasks/result",
                                                         "tasks/cancel",
                                                         "tasks/update",
                                                         others};
constexpr std::size_t others_place = known_methods.size() - 1;
constexpr std::size_t no_call = known_methods.size();

constexpr std::size_t place_of(std::string_view method) {
    const auto* const found = std::ranges::find(known_methods, method);
    return std::min<std::size_t>(static_cast<std::size_t>(found - known_methods.begin()), others_place);
}
constexpr std::size_t call_tool = place_of("tools/call");
constexpr std::size_t listen = place_of("subscriptions/listen");

/// The text of a raw JSON string; `store` holds it where it is not what is there already.
std::string_view text_of(std::string_view raw, std::string& store) {
    if (raw.size() < 2) return {};
    if (!raw.contains('\\')) return raw.substr(1, raw.size() - 2);
    store = mcp::unquote(raw).value_or("");
    return store;
}

/// 64 bits of a digest: enough to tell sessions apart, useless to take one over.
void add_session(std::string& line, std::string_view session) {
    if (session.empty()) return;
    const auto digest = auth::digest_of(session);
    line += R"(,"session":")";
    for (const auto byte : std::string_view{digest}.substr(0, 8))
        fmt::format_to(std::back_inserter(line), "{:02x}", static_cast<unsigned char>(byte));
    line += '"';
}

void add_member(std::string& line, std::string_view name, std::string_view value) {
    if (!value.empty()) fmt::format_to(std::back_inserter(line), ",\"{}\":{}", name, mcp::quote(value));
}

/// `principal` is an issuer and a subject, see Gate.
void add_principal(std::string& line, std::string_view principal) {
    const auto end = principal.find('\n');
    if (end == std::string_view::npos) return;
    add_member(line, "issuer", principal.substr(0, end));
    add_member(line, "subject", principal.substr(end + 1));
}

} // namespace

CallLog::CallLog(AuditOptions audit)
    : audit_(std::move(audit)) {
    static_assert(known_methods.size() == methods);
    const auto wanted = [this](std::string_view kind) {
        return !audit_.except.contains(kind) && (audit_.only.empty() || audit_.only.contains(kind));
    };
    for (std::size_t i = 0; i < methods; ++i)
        audited_[i] = wanted(audit_kind(known_methods[i]));
    audited_[no_call] = wanted("http_request");
}

CallLog::~CallLog() {
    for (std::size_t i = 0; i < calls_.size(); ++i)
        if (calls_[i].open && calls_[i].audited)
            write(calls_[i], {.outcome = mcp::CallEnd::failed, .reason = "the proxy was stopped"},
                  std::chrono::duration<double>(Clock::now() - calls_[i].begin).count());
}

mcp::Watch CallLog::add(const Caller& caller, std::size_t method, std::string_view method_name, bool audited) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(calls_.size()));
        calls_.emplace_back();
    }
    const auto place = free_.back();
    free_.pop_back();
    auto& call = calls_[place];
    call.open = true;
    call.begin = Clock::now();
    call.method = static_cast<std::uint8_t>(method);
    call.audited = audited;
    if (audited) {
        call.method_name = method_name.substr(0, longest_name);
        call.name.clear();
        call.principal = caller.principal.substr(0, longest_principal);
        call.session = caller.session.substr(0, longest_name);
    }
    return mcp::Watch{(std::uint64_t{++call.age} << 32U) | (place + 1)};
}

mcp::Watch CallLog::began(const Caller& caller, const mcp::Message& request) {
    const auto method = place_of(request.method_name);
    const bool audited = audits(method);
    const auto watch = add(caller, method, request.method_name, audited);
    auto& call = *find(watch);
    const auto name = request.name.empty() ? request.uri : request.name;
    if (method == call_tool) {
        std::string store;
        const auto known = tools_.find(text_of(name, store));
        call.tool = known == tools_.end() ? nullptr : &known->second;
    }
    if (audited || (method == call_tool && call.tool == nullptr))
        call.name = name.size() <= longest_name ? name : std::string_view{};
    return watch;
}

mcp::Watch CallLog::began_unreadable(const Caller& caller) {
    return add(caller, others_place, "(unreadable)", audit_.file != nullptr);
}

/// A name that was used before is not taken for the call that has its place now.
CallLog::Call* CallLog::find(mcp::Watch call) {
    const auto place = static_cast<std::uint64_t>(call) & 0xFFFFFFFFU;
    if (place == 0 || place > calls_.size()) return nullptr;
    auto& found = calls_[place - 1];
    return found.open && found.age == static_cast<std::uint64_t>(call) >> 32U ? &found : nullptr;
}

void CallLog::release(Call& call) {
    call.open = false;
    call.tool = nullptr;
    free_.push_back(static_cast<std::uint32_t>(&call - calls_.data()));
}

void CallLog::forget(mcp::Watch call) {
    if (auto* const found = find(call)) release(*found);
}

void CallLog::ended(mcp::Watch name, const mcp::Ending& ending) {
    auto* const call = find(name);
    if (call == nullptr) return;
    const auto seconds = std::chrono::duration<double>(Clock::now() - call->begin).count();
    count(*call, ending, seconds);
    if (call->audited) write(*call, ending, seconds);
    release(*call);
}

void CallLog::count(const Call& call, const mcp::Ending& ending, double seconds) {
    auto& series = series_[call.method];
    ++series.ends[static_cast<std::size_t>(ending.outcome)];
    if (call.method == call_tool) count_tool(call, ending.outcome);
    if (call.method == listen) return; // lasts as long as its client likes
    series.seconds += seconds;
    ++series.buckets[static_cast<std::size_t>(std::ranges::lower_bound(bounds, seconds) - bounds.begin())];
}

/// A name gets a place of its own when the server has shown that it knows it, for clients can invent names.
void CallLog::count_tool(const Call& call, mcp::CallEnd outcome) {
    auto* ends = call.tool;
    std::string store;
    const auto name = text_of(call.name, store);
    if (ends == nullptr && !name.empty() && name != others) {
        const auto known = tools_.find(name);
        if (known != tools_.end())
            ends = &known->second;
        else if (outcome == mcp::CallEnd::success && tools_.size() < most_tools)
            ends = &tools_[std::string{name}];
    }
    ++(ends == nullptr ? other_tools_ : *ends)[static_cast<std::size_t>(outcome)];
}

void CallLog::write(const Call& call, const mcp::Ending& ending, double seconds) {
    if (!audit_.file) return;
    const auto took = std::chrono::duration_cast<thv::Time::duration>(std::chrono::duration<double>(seconds));
    line_ = fmt::format(R"({{"time":"{}")",
                        format_rfc3339(std::chrono::floor<std::chrono::microseconds>(thv::now() - took)));
    add_member(line_, "component", audit_.component);
    add_member(line_, "method", mcp::unquote(fmt::format("\"{}\"", call.method_name)).value_or(""));
    if (!call.name.empty()) fmt::format_to(std::back_inserter(line_), R"(,"name":{})", call.name);
    add_principal(line_, call.principal);
    add_session(line_, call.session);
    add_member(line_, "outcome", to_string(ending.outcome));
    // What follows a colon may be the server's words.
    add_member(line_, "reason", ending.reason.substr(0, ending.reason.find(':')));
    if (ending.code != 0) fmt::format_to(std::back_inserter(line_), R"(,"code":{})", ending.code);
    if (ending.status != 0) fmt::format_to(std::back_inserter(line_), R"(,"status":{})", ending.status);
    fmt::format_to(std::back_inserter(line_), R"(,"duration_ms":{:.3f}}})", seconds * 1000);
    audit_.file->add(line_);
}

/// What can be told of a request that is no call.
CallLog::Call CallLog::described(const http::Visit& visit) const {
    Call call;
    call.method = no_call;
    call.principal = std::string_view{visit.principal()}.substr(0, longest_principal);
    call.session = visit.header("mcp-session-id").value_or("").substr(0, longest_name);
    const auto message = mcp::scan(visit.body());
    if (!message || message->kind != mcp::Kind::request) return call;
    call.method = static_cast<std::uint8_t>(place_of(message->method_name));
    call.method_name = message->method_name.substr(0, longest_name);
    const auto name = message->name.empty() ? message->uri : message->name;
    if (name.size() <= longest_name) call.name = name;
    return call;
}

void CallLog::turned_away(const http::Visit& visit, int status, std::string_view answer) {
    ++turned_away_[status];
    if (!audit_.file) return;
    const auto call = described(visit);
    const auto why = mcp::unquote(mcp::member(mcp::member(answer, "error"), "message")).value_or("");
    if (audited_[call.method]) write(call, {.outcome = mcp::CallEnd::refused, .status = status, .reason = why}, 0);
}

void CallLog::turned_away(int status) {
    ++turned_away_[status];
    Call call;
    call.method = no_call;
    if (audits(no_call))
        write(call, {.outcome = mcp::CallEnd::refused, .status = status, .reason = "not an acceptable HTTP request"},
              0);
}

void CallLog::gave_up(const http::Visit& visit) {
    if (!audit_.file) return;
    const auto call = described(visit);
    if (audited_[call.method]) write(call, {.outcome = mcp::CallEnd::abandoned}, 0);
}

void CallLog::expose(Exposition& exposition) const {
    const auto outcome = [](std::size_t i) {
        return label("outcome", to_string(mcp::CallEnd{static_cast<std::uint8_t>(i)}));
    };
    const auto method = [](std::size_t i) { return label("method", known_methods[i]); };
    exposition.family("toolhive_mcp_requests_total", "counter", "Requests of clients, by method and how they ended.");
    for (std::size_t m = 0; m < methods; ++m)
        for (std::size_t i = 0; i < mcp::outcomes; ++i)
            if (series_[m].ends[i] != 0)
                exposition.sample(fmt::format("{},{}", method(m), outcome(i)), static_cast<double>(series_[m].ends[i]));
    exposition.family("toolhive_mcp_request_duration_seconds", "histogram",
                      "Time from a request to its answer, streams of subscriptions left out.");
    for (std::size_t m = 0; m < methods; ++m) {
        std::uint64_t sum = 0;
        const bool any = std::ranges::any_of(series_[m].buckets, [](auto count) { return count != 0; });
        for (std::size_t i = 0; any && i < bounds.size() + 1; ++i) {
            sum += series_[m].buckets[i];
            const auto bound = i < bounds.size() ? fmt::format("{}", bounds[i]) : std::string{"+Inf"};
            exposition.sample(fmt::format("{},{}", method(m), label("le", bound)), static_cast<double>(sum), "_bucket");
        }
        if (any) exposition.sample(method(m), series_[m].seconds, "_sum");
        if (any) exposition.sample(method(m), static_cast<double>(sum), "_count");
    }
    expose_tools(exposition);
    exposition.family("toolhive_proxy_refused_requests_total", "counter",
                      "HTTP requests that were turned away before they became calls, by status.");
    for (const auto& [status, count] : turned_away_)
        exposition.sample(label("status", std::to_string(status)), static_cast<double>(count));
    exposition.one("toolhive_proxy_audit_lines_lost_total", "counter",
                   "Lines of the audit log that could not be written.",
                   audit_.file ? static_cast<double>(audit_.file->lost()) : 0);
}

void CallLog::expose_tools(Exposition& exposition) const {
    exposition.family("toolhive_mcp_tool_calls_total", "counter",
                      "Calls of tools, by tool (those that have succeeded once) and how they ended.");
    const auto each = [&](std::string_view tool, const Ends& ends) {
        for (std::size_t i = 0; i < mcp::outcomes; ++i)
            if (ends[i] != 0)
                exposition.sample(fmt::format("{},{}", label("tool", tool),
                                              label("outcome", to_string(mcp::CallEnd{static_cast<std::uint8_t>(i)}))),
                                  static_cast<double>(ends[i]));
    };
    for (const auto& [tool, ends] : tools_)
        each(tool, ends);
    each(others, other_tools_);
}

} // namespace thv::proxy
