// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/bridge.hpp"
#include "mcp/levels.hpp"
#include "mcp/versions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::mcp {

namespace {

constexpr std::size_t max_asks = 1024;

/// The first bytes of untrusted text, fit for a terminal.
std::string printable(std::string_view text, std::size_t limit) {
    std::string shown{text.substr(0, limit)};
    for (auto& byte : shown)
        if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F || static_cast<unsigned char>(byte) >= 0x80)
            byte = '?';
    return shown;
}

/// Whether `uri` is the subscribed one or a part of it, of which the protocol lets servers tell too.
bool covers(std::string_view subscribed, std::string_view uri) {
    if (!uri.starts_with(subscribed)) return false;
    return uri.size() == subscribed.size() || subscribed.ends_with('/') || uri[subscribed.size()] == '/';
}

} // namespace

void Bridge::child_connected() {
    state_ = State::greeting;
    trouble_.clear();
    first_garbage_.clear();
    lines_.reset();
    const auto number = next_++;
    Call call{.purpose = Purpose::handshake, .method = Method::initialize, .sent = true};
    call.deadline = Time::max(); // whoever connected it decides how long it may take
    calls_.emplace(number, std::move(call));
    ++sent_;
    // Roots without listChanged: they belong to one client, so a shared server can only ask for them during its calls.
    const auto text = fmt::format(
        R"({{"jsonrpc":"2.0","id":{},"method":"initialize","params":{{"protocolVersion":"{}",)"
        R"("capabilities":{{"sampling":{{}},"elicitation":{{}},"roots":{{}}}},"clientInfo":{{"name":"thv","version":"{}"}}}}}})",
        number, latest_version, THV_VERSION);
    sink_.to_child(Pieces{text});
}

void Bridge::child_resumed() {
    if (server_result_.empty()) return child_connected();
    trouble_.clear();
    serve_clients();
    settle_level();
    pump();
}

void Bridge::child_adopted(std::string server_result, std::uint64_t first_number) {
    server_result_ = std::move(server_result);
    server_version_ = unquote(member(server_result_, "protocolVersion")).value_or("");
    next_ = std::max(next_, first_number);
    child_resumed();
}

void Bridge::child_bytes(std::string_view chunk) {
    lines_.feed(chunk, [this](std::string_view line) { child_line(line); });
}

void Bridge::child_line(std::string_view line) {
    if (line.empty()) return;
    auto message = scan(line);
    if (!message) {
        garbage(line);
        return;
    }
    std::string without_breaks;
    if (message->line_breaks) { // a CR in the middle would end a line of an event stream
        without_breaks = line;
        std::ranges::replace(without_breaks, '\r', ' ');
        line = without_breaks;
        message = scan(line);
    }
    switch (message->kind) {
    case Kind::request:
        child_asks(*message, line);
        return;
    case Kind::notification:
        child_notification(*message, line);
        return;
    default:
        child_answer(*message, line);
    }
}

void Bridge::garbage(std::string_view line) {
    if (counters_.garbage_lines++ == 0 || first_garbage_.empty()) first_garbage_ = printable(line, 200);
}

void Bridge::child_answer(const Message& message, std::string_view line) {
    const auto known = canonical_integer(message.id);
    const auto found = known ? calls_.find(*known) : calls_.end();
    if (found == calls_.end() || !found->second.sent) {
        ++counters_.unknown_responses;
        return;
    }
    const auto& [number, call] = *found;
    if (call.purpose == Purpose::handshake) {
        forget(number);
        greeted(message);
        return;
    }
    if (call.purpose == Purpose::client) {
        if (call.attached) sink_.answer(call.exchange, edited(line, {{message.id, call.id}}));
        if (message.kind == Kind::result && call.method != Method::other) settle(call);
    }
    forget(number);
    pump();
}

void Bridge::greeted(const Message& message) {
    const auto version = unquote(member(message.body, "protocolVersion"));
    if (message.kind == Kind::error || !version) {
        state_ = State::refused;
        const auto why = unquote(member(message.body, "message")).value_or("");
        trouble_ = message.kind == Kind::error ? "it refused the handshake: " + printable(why, 200)
                                               : std::string{"its answer to initialize names no protocol version"};
        return;
    }
    const bool again = !server_result_.empty();
    server_result_ = message.body;
    server_version_ = *version;
    sink_.to_child(Pieces{R"({"jsonrpc":"2.0","method":"notifications/initialized"})"});
    serve_clients();
    if (again) restore();
    pump();
}

void Bridge::serve_clients() {
    state_ = State::ready;
    for (auto& [number, call] : calls_)
        if (!call.sent) call.deadline = now_ + limits_.call_idle;
}

// A new server process knows nothing of what sessions have asked of the old one.
void Bridge::restore() {
    for (const auto& [uri, count] : subscriptions_)
        upkeep("resources/subscribe", fmt::format(R"({{"uri":{}}})", quote(uri)));
    settle_level();
    const auto capabilities = member(server_result_, "capabilities");
    constexpr std::array kinds{std::pair{"tools", Method::tools_changed}, std::pair{"prompts", Method::prompts_changed},
                               std::pair{"resources", Method::resources_changed}};
    for (const auto& [kind, method] : kinds) {
        if (member(member(capabilities, kind), "listChanged") != "true") continue;
        broadcast(method, fmt::format(R"({{"jsonrpc":"2.0","method":"notifications/{}/list_changed"}})", kind));
    }
}

void Bridge::child_notification(const Message& message, std::string_view line) {
    switch (message.method) {
    case Method::progress:
        return child_progress(message, line);
    case Method::cancelled:
        return child_cancelled(message, line);
    case Method::log:
        return child_log(message, line);
    case Method::updated:
        return resource_updated(message, line);
    case Method::tools_changed:
    case Method::prompts_changed:
    case Method::resources_changed:
        return broadcast(message.method, line);
    default:
        return deliver(certain_recipient(), Pieces{line});
    }
}

void Bridge::child_progress(const Message& message, std::string_view line) {
    const auto number = canonical_integer(message.progress_token);
    const auto found = number ? calls_.find(*number) : calls_.end();
    if (found == calls_.end() || !found->second.sent || found->second.token.empty()) {
        ++counters_.dropped_notifications;
        return;
    }
    auto& call = found->second;
    call.deadline = std::min(now_ + limits_.call_idle, call.sent_at + limits_.call_total);
    if (call.attached && call.streams)
        sink_.event(call.exchange, edited(line, {{message.progress_token, call.token}}));
    else
        ++counters_.dropped_notifications;
}

void Bridge::child_cancelled(const Message& message, std::string_view line) {
    const auto found =
        std::ranges::find_if(asks_, [&](const auto& entry) { return entry.second.id == message.request_id; });
    if (found == asks_.end()) {
        ++counters_.dropped_notifications;
        return;
    }
    const auto ours = std::to_string(found->first);
    const auto ask = std::move(found->second);
    asks_.erase(found);
    Recipient recipient{.session = ask.session, .in_flight = ask.on_exchange, .exchange = {}};
    // The exchange may have ended meanwhile.
    const auto lives = std::ranges::any_of(calls_, [&](const auto& entry) {
        return entry.second.attached && entry.second.sent && entry.second.exchange == ask.exchange;
    });
    if (ask.on_exchange && lives) recipient.exchange = ask.exchange;
    deliver(recipient, edited(line, {{message.request_id, ours}}));
}

void Bridge::child_log(const Message& message, std::string_view line) {
    const auto recipient = certain_recipient();
    const auto found = sessions_.find(recipient.session);
    const auto wanted = found == sessions_.end() ? std::nullopt : found->second.level;
    const auto level = level_of(unquote(message.level).value_or(""));
    if (wanted && level && *level < *wanted) return;
    deliver(recipient, Pieces{line});
}

void Bridge::deliver(const Recipient& recipient, const Pieces& message) {
    if (recipient.exchange)
        sink_.event(*recipient.exchange, message);
    else if (recipient.session == Session::none || !sink_.push(recipient.session, message))
        ++counters_.dropped_notifications;
}

void Bridge::broadcast(Method method, std::string_view line) {
    const auto bit = 1U << (static_cast<unsigned>(method) - static_cast<unsigned>(Method::tools_changed));
    for (auto& [session, client] : sessions_)
        if (!sink_.push(session, Pieces{line})) client.missed |= static_cast<std::uint8_t>(bit);
}

void Bridge::resource_updated(const Message& message, std::string_view line) {
    const auto uri = unquote(message.uri).value_or("");
    for (const auto& [session, client] : sessions_) {
        const bool wants =
            std::ranges::any_of(client.uris, [&](const auto& subscribed) { return covers(subscribed, uri); });
        if (wants && !sink_.push(session, Pieces{line})) ++counters_.dropped_notifications;
    }
}

void Bridge::child_asks(const Message& message, std::string_view line) {
    if (message.method == Method::ping) {
        const auto answer = empty_result(message.id);
        sink_.to_child(Pieces{answer});
        return;
    }
    const bool routable = message.method == Method::create_message || message.method == Method::elicit ||
                          message.method == Method::list_roots;
    if (!routable) return refuse_ask(message.id, -32601, "Method not found");
    const auto recipient = certain_recipient();
    if (recipient.session == Session::none || !recipient.in_flight)
        return refuse_ask(message.id, -32603, "it is not certain which client this is for");
    const auto& client = sessions_.at(recipient.session);
    const bool able = message.method == Method::create_message ? client.sampling
                      : message.method == Method::elicit       ? client.elicitation
                                                               : client.roots;
    if (!able) return refuse_ask(message.id, -32601, "the client does not support this");
    route_ask(recipient, message, line);
}

void Bridge::route_ask(const Recipient& recipient, const Message& message, std::string_view line) {
    if (asks_.size() >= max_asks) return refuse_ask(message.id, -32603, "too many requests to clients are open");
    const auto number = next_++;
    const auto ours = std::to_string(number);
    const auto text = edited(line, {{message.id, ours}});
    if (recipient.exchange)
        sink_.event(*recipient.exchange, text);
    else if (!sink_.push(recipient.session, text))
        return refuse_ask(message.id, -32603, "the client has no stream open to receive this");
    Ask ask{.session = recipient.session, .id = std::string{message.id}, .token = std::string{message.meta_token}};
    ask.exchange = recipient.exchange.value_or(Exchange{});
    ask.on_exchange = recipient.exchange.has_value();
    ask.deadline = now_ + limits_.call_total;
    asks_.emplace(number, std::move(ask));
}

void Bridge::refuse_ask(std::string_view id, int code, std::string_view why) {
    ++counters_.refused_asks;
    const auto answer = error_message(id, code, why);
    sink_.to_child(Pieces{answer});
}

} // namespace thv::mcp
