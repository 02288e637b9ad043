// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/bridge.hpp"
#include "mcp/bridge_words.hpp"
#include "mcp/versions.hpp"

#include <fmt/format.h>

#include <array>

namespace thv::mcp {

std::string printable(std::string_view text, std::size_t limit) {
    std::string shown{text.substr(0, limit)};
    for (auto& byte : shown)
        if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F || static_cast<unsigned char>(byte) >= 0x80)
            byte = '?';
    return shown;
}

namespace {

/// Whether an error on initialize may come from a server of the modern era, which is free in its choice, rather than
/// from one that could not start.
bool knows_no_handshake(std::string_view code) {
    return code == "-32601" || code == "-32602" || code == "-32600" || code == "-32022" || code == "-32020";
}

} // namespace

void Bridge::child_connected(Era first) {
    trouble_.clear();
    lose_sent(); // by an earlier bridge, to another process
    first_garbage_.clear();
    lines_.reset();
    greet(first);
}

void Bridge::child_lent() {
    trouble_.clear();
    lines_.reset();
    lent_ = true;
    state_ = State::lent;
}

/// The handshake of a client with the process that is its own.
void Bridge::introduce(From from, const Message& message, std::string_view text) {
    if (state_ != State::lent) {
        constexpr std::string_view why = "the session is initialized already";
        const auto answer = error_message(message.id, -32600, why);
        sink_.answer(from.exchange, Pieces{answer});
        return end(from.watch, {CallEnd::refused, -32600, 0, why});
    }
    if (message.line_breaks) {
        const auto line = on_one_line(text);
        return introduce(from, *scan(line), line);
    }
    state_ = State::greeting;
    const auto number = next_++;
    auto& call = keep(number, from, message);
    call.purpose = Purpose::handshake;
    call.sent = true;
    call.sent_at = now_;
    call.deadline = now_ + limits_.call_idle;
    ++sent_;
    capabilities_ = member(message.params, "capabilities");
    const auto ours = std::to_string(number);
    sink_.to_child(edited(text, {{message.id, ours}, {message.meta_token, ours}}));
}

void Bridge::introduced(const Call& call, const Message& message, std::string_view line) {
    const auto answer = edited(line, {{message.id, call.id}});
    if (message.kind == Kind::error) {
        state_ = State::lent; // it may try again
        if (call.attached) sink_.answer(call.exchange, answer);
        return;
    }
    state_ = State::ready;
    server_result_ = message.body;
    server_version_ = unquote(member(message.body, "protocolVersion")).value_or("");
    if (!call.attached) return; // it would be nobody's session
    const auto session = Session{next_session_++};
    auto& client = sessions_[session];
    client.sampling = !member(capabilities_, "sampling").empty();
    client.elicitation = !member(capabilities_, "elicitation").empty();
    client.roots = !member(capabilities_, "roots").empty();
    sink_.opened(call.exchange, session, answer);
}

void Bridge::greet(Era era) {
    state_ = State::greeting;
    era_ = era;
    const auto number = next_++;
    Call call{.purpose = Purpose::handshake, .method = Method::initialize, .sent = true};
    call.deadline = Time::max(); // whoever connected it decides how long it may take
    calls_.emplace(number, std::move(call));
    ++sent_;
    if (era == Era::modern) {
        const auto text = fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"server/discover","params":{{{}}}}})",
                                      number, our_meta());
        sink_.to_child(Pieces{text});
        return;
    }
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
    // A modern server's answer was one to server/discover.
    const auto version = unquote(member(server_result_, "protocolVersion"));
    era_ = version ? Era::legacy : Era::modern;
    server_version_ = version.value_or(std::string{modern_version});
    next_ = std::max(next_, first_number);
    child_resumed();
}

void Bridge::greeted(const Message& message) {
    if (era_ == Era::modern) return greeted_modern(message);
    const auto version = unquote(member(message.body, "protocolVersion"));
    if (message.kind == Kind::error) {
        const auto why = unquote(member(message.body, "message")).value_or("");
        trouble_ = "it refused the handshake: " + printable(why, 200);
        if (knows_no_handshake(member(message.body, "code"))) return greet(Era::modern);
        return refuse_greeting(std::move(trouble_));
    }
    if (!version) return refuse_greeting("its answer to initialize names no protocol version");
    const bool again = !server_result_.empty() || sessions() != 0; // reopened ones come first
    server_result_ = message.body;
    server_version_ = *version;
    sink_.to_child(Pieces{R"({"jsonrpc":"2.0","method":"notifications/initialized"})"});
    serve_clients();
    if (again) restore();
    pump();
}

void Bridge::greeted_modern(const Message& message) {
    const auto versions = member(message.body, "supportedVersions");
    if (message.kind == Kind::error || !versions.contains(quote(modern_version))) {
        // Of the two refusals the first one says more.
        return refuse_greeting(trouble_.empty() ? "it does not speak revision " + std::string{modern_version}
                                                : trouble_);
    }
    trouble_.clear();
    server_result_ = message.body;
    server_version_ = modern_version;
    serve_clients();
    const auto tools = member(member(server_result_, "capabilities"), "tools");
    if (member(tools, "listChanged") == "true") {
        catalogue_watch_ = upkeep("subscriptions/listen", R"("notifications":{"toolsListChanged":true})");
        auto& watch = calls_.at(*catalogue_watch_);
        watch.endless = true;
        watch.deadline = Time::max();
        --sent_;
        ++endless_;
    }
    pump();
}

void Bridge::refuse_greeting(std::string why) {
    state_ = State::refused;
    trouble_ = std::move(why);
}

void Bridge::serve_clients() {
    state_ = State::ready;
    for (auto& [number, call] : calls_)
        if (!call.sent) call.deadline = now_ + limits_.call_idle;
}

// A new server process knows nothing of what sessions have asked of the old one.
void Bridge::restore() {
    for (const auto& [uri, count] : subscriptions_)
        upkeep("resources/subscribe", fmt::format(R"("uri":{})", quote(uri)));
    settle_level();
    const auto capabilities = member(server_result_, "capabilities");
    constexpr std::array kinds{std::pair{"tools", Method::tools_changed}, std::pair{"prompts", Method::prompts_changed},
                               std::pair{"resources", Method::resources_changed}};
    for (const auto& [kind, method] : kinds) {
        if (member(member(capabilities, kind), "listChanged") != "true") continue;
        broadcast(method, fmt::format(R"({{"jsonrpc":"2.0","method":"notifications/{}/list_changed"}})", kind));
    }
}

} // namespace thv::mcp
