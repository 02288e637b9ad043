// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/bridge.hpp"
#include "mcp/bridge_words.hpp"
#include "mcp/levels.hpp"
#include "mcp/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace thv::mcp {

std::string on_one_line(std::string_view text) {
    std::string line{text};
    for (auto& byte : line)
        if (byte == '\n' || byte == '\r') byte = ' ';
    return line;
}

bool Bridge::initialize(From from, const Message& message, std::string_view text) {
    if (lent_) {
        introduce(from, message, text);
        return true;
    }
    if (state_ == State::ready) {
        answer_initialize(from, message);
        return true;
    }
    const auto number = next_++;
    if (!wait(number, from, message, text)) return false;
    newcomers_.push_back(number);
    return true;
}

bool Bridge::request(From from, const Message& message, std::string_view text) {
    if (message.line_breaks) {
        const auto line = on_one_line(text);
        return request(from, *scan(line), line);
    }
    const auto refuse = [&](std::string_view why) {
        const auto answer = error_message(message.id, -32600, why);
        sink_.answer(from.exchange, Pieces{answer});
        end(from.watch, {CallEnd::refused, -32600, 0, why});
        return true;
    };
    const auto found = sessions_.find(from.session);
    if (found == sessions_.end()) return refuse("the session is not open");
    auto& client = found->second;
    if (message.method == Method::initialize) return refuse("the session is initialized already");
    if (client.ids.contains(message.id)) return refuse("a request with this id is in flight already");
    if (answer_locally(from, message)) return true;
    const auto number = next_++;
    const bool at_once = state_ == State::ready && sent_ < limits_.in_flight && client.waiting.empty() &&
                         client.sent < limits_.in_flight_per_session;
    if (at_once) {
        keep(number, from, message);
        client.ids.emplace(message.id, number);
        send(number, message, text);
        return true;
    }
    if (!wait(number, from, message, text)) return false;
    client.ids.emplace(message.id, number);
    client.waiting.push_back(number);
    queue_turn(from.session, client);
    return true;
}

Bridge::Call& Bridge::keep(std::uint64_t number, From from, const Message& message) {
    auto& call = calls_[number];
    call.method = message.method;
    call.streams = from.streams;
    call.attached = true;
    call.session = from.session;
    call.exchange = from.exchange;
    call.watch = from.watch;
    call.id = message.id;
    call.token = message.meta_token;
    if (message.method == Method::set_level) call.argument = unquote(message.level).value_or("");
    if (message.method == Method::subscribe) call.argument = unquote(message.uri).value_or("");
    return call;
}

bool Bridge::wait(std::uint64_t number, From from, const Message& message, std::string_view text) {
    if (waiting() >= limits_.waiting || waiting_bytes_ + text.size() > limits_.waiting_bytes) return false;
    auto& call = keep(number, from, message);
    call.text = text;
    waiting_bytes_ += text.size();
    call.deadline = now_ + (state_ == State::ready ? limits_.call_idle : limits_.child_wait);
    return true;
}

bool Bridge::answer_locally(From from, const Message& message) {
    const auto done = [&] {
        const auto answer = empty_result(message.id);
        sink_.answer(from.exchange, Pieces{answer});
        end(from.watch, {});
        return true;
    };
    if (message.method == Method::ping) return done();
    const auto uri = unquote(message.uri);
    if (!uri) return false;
    auto& client = sessions_.at(from.session);
    if (message.method == Method::subscribe && subscriptions_.contains(*uri)) {
        subscribe(client, *uri);
        sink_.changed(from.session, client);
        return done();
    }
    if (message.method != Method::unsubscribe) return false;
    const bool others_want_it = unsubscribe(client, *uri);
    sink_.changed(from.session, client);
    return others_want_it && done();
}

void Bridge::send(std::uint64_t number, const Message& message, std::string_view text) {
    auto& call = calls_.at(number);
    call.sent = true;
    call.sent_at = now_;
    call.deadline = now_ + std::min(limits_.call_idle, limits_.call_total);
    if (call.method == Method::listen) { // only modern clients send it
        call.endless = true;
        call.deadline = Time::max();
        ++endless_;
    } else {
        ++sent_;
    }
    ++sessions_.at(call.session).sent;
    ++counters_.calls;
    const auto digits = fmt::format_int{number};
    const std::string_view ours{digits.data(), digits.size()};
    std::string level;
    if (call.method == Method::set_level) {
        // The server must say as much as its most curious client wants; the rest is filtered here.
        if (const auto asked = level_of(call.argument)) {
            call.level = std::min(*asked, wanted_level().value_or(*asked));
            level = quote(level_names[static_cast<std::size_t>(*call.level)]);
        }
    }
    const Edit level_edit{level.empty() ? std::string_view{} : message.level, level};
    sink_.to_child(edited(text, {{message.id, ours}, {message.meta_token, ours}, level_edit}));
}

void Bridge::answer_initialize(From from, const Message& message) {
    if (era_ == Era::modern) {
        const auto answer = error_message(message.id, unsupported_version,
                                          fmt::format("the server speaks only revision {}", modern_version),
                                          fmt::format(R"({{"supported":["{}"]}})", modern_version));
        sink_.refused(from.exchange, 400, Pieces{answer});
        return end(from.watch, {CallEnd::refused, unsupported_version, 400, "the server speaks another revision"});
    }
    const auto asked = unquote(member(message.params, "protocolVersion"));
    if (!asked) {
        constexpr std::string_view why = "protocolVersion is missing";
        const auto answer = error_message(message.id, -32602, why);
        sink_.answer(from.exchange, Pieces{answer});
        return end(from.watch, {CallEnd::refused, -32602, 0, why});
    }
    const auto capabilities = member(message.params, "capabilities");
    const auto session = Session{next_session_++};
    auto& client = sessions_[session];
    client.sampling = !member(capabilities, "sampling").empty();
    client.elicitation = !member(capabilities, "elicitation").empty();
    client.roots = !member(capabilities, "roots").empty();
    const auto version = quote(negotiated_version(*asked, server_version_));
    const auto result = edited(server_result_, {{member(server_result_, "protocolVersion"), version}});
    Pieces answer{R"({"jsonrpc":"2.0","id":)", message.id, R"(,"result":)"};
    for (const auto part : result)
        answer.add(part);
    answer.add("}");
    sink_.opened(from.exchange, session, answer);
    end(from.watch, {});
}

void Bridge::notification(Session session, const Message& message, std::string_view text) {
    const auto found = sessions_.find(session);
    if (found == sessions_.end()) return;
    if (message.line_breaks) {
        const auto line = on_one_line(text);
        notification(session, *scan(line), line);
        return;
    }
    if (lent_ && (message.method == Method::initialized || message.method == Method::roots_changed)) {
        if (state_ == State::ready) sink_.to_child(Pieces{text});
        return;
    }
    switch (message.method) {
    case Method::initialized:   // the server has had its own
    case Method::roots_changed: // roots are a client's, and the server serves many
        return;
    case Method::cancelled:
        cancelled(found->second, message, text);
        return;
    case Method::progress:
        client_progress(session, message, text);
        return;
    case Method::other:
        if (state_ == State::ready) {
            sink_.to_child(Pieces{text});
            return;
        }
        break;
    default:
        break;
    }
    ++counters_.dropped_notifications;
}

void Bridge::cancelled(const Client& client, const Message& message, std::string_view text) {
    const auto found = client.ids.find(message.request_id);
    if (found == client.ids.end()) {
        ++counters_.dropped_notifications; // answered meanwhile, or not this session's
        return;
    }
    const auto number = found->second;
    if (calls_.at(number).sent && state_ == State::ready) {
        const auto ours = std::to_string(number);
        sink_.to_child(edited(text, {{message.request_id, ours}}));
    }
    // The server need not answer any more, so the exchange ends here; the client does not look at what it says.
    fail(number, {CallEnd::abandoned, -32000, 0, "cancelled by the client"});
    pump();
}

void Bridge::client_progress(Session session, const Message& message, std::string_view text) {
    const auto asked = std::ranges::any_of(asks_, [&](const auto& entry) {
        return entry.second.session == session && !entry.second.token.empty() &&
               entry.second.token == message.progress_token;
    });
    if (asked)
        sink_.to_child(Pieces{text});
    else
        ++counters_.dropped_notifications;
}

void Bridge::reply(Session session, const Message& message, std::string_view text) {
    if (message.line_breaks) {
        const auto line = on_one_line(text);
        reply(session, *scan(line), line);
        return;
    }
    const auto number = canonical_integer(message.id);
    const auto found = number ? asks_.find(*number) : asks_.end();
    if (found == asks_.end() || found->second.session != session) {
        ++counters_.unknown_replies;
        return;
    }
    sink_.to_child(edited(text, {{message.id, found->second.id}}));
    asks_.erase(found);
}

void Bridge::stream_opened(Session session) {
    const auto found = sessions_.find(session);
    if (found == sessions_.end()) return;
    const auto missed = std::exchange(found->second.missed, 0);
    constexpr std::array kinds{"tools", "prompts", "resources"};
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if ((missed & (1U << i)) == 0) continue;
        const auto text = fmt::format(R"({{"jsonrpc":"2.0","method":"notifications/{}/list_changed"}})", kinds[i]);
        sink_.push(session, Pieces{text});
    }
}

} // namespace thv::mcp
