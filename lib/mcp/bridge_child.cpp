// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/bridge.hpp"
#include "mcp/bridge_words.hpp"
#include "mcp/levels.hpp"
#include "mcp/versions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::mcp {

namespace {

constexpr std::size_t max_asks = 1024;

bool is_ask(Method method) {
    return method == Method::create_message || method == Method::elicit || method == Method::list_roots;
}

std::string_view capability_for(Method ask) {
    if (ask == Method::create_message) return "sampling";
    return ask == Method::elicit ? "elicitation" : "roots";
}

} // namespace

void Bridge::child_bytes(std::string_view chunk) {
    const auto lost = [this](std::string_view begin, std::string_view end) {
        garbage(begin, end, too_long(limits_.line_bytes));
    };
    lines_.feed(chunk, [this](std::string_view line) { child_line(line); }, lost);
}

void Bridge::child_line(std::string_view line) {
    if (line.empty()) return;
    auto message = scan(line);
    if (!message) {
        garbage(line, line, message.error().reason);
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

// Whoever waits for what it may have been is not left waiting.
void Bridge::garbage(std::string_view begin, std::string_view end, std::string_view why) {
    if (counters_.garbage_lines++ == 0 || first_garbage_.empty()) first_garbage_ = printable(begin, 200);
    if (const auto instead = in_place_of_answer(begin, end, why)) child_answer(*scan(*instead), *instead);
}

void Bridge::child_answer(const Message& message, std::string_view line) {
    const auto known = canonical_integer(message.id);
    const auto found = known ? calls_.find(*known) : calls_.end();
    if (found == calls_.end() || !found->second.sent) {
        ++counters_.unknown_responses;
        return;
    }
    auto& [number, call] = *found;
    if (call.purpose == Purpose::handshake && lent_) {
        auto greeting = call;
        call.watch = Watch::none;
        forget(number);
        introduced(greeting, message, line);
        return end(greeting.watch, ending_of(message));
    }
    if (call.purpose == Purpose::handshake) {
        forget(number);
        greeted(message);
        return;
    }
    if (call.purpose == Purpose::catalogue) {
        forget(number);
        learn_catalogue(message);
        return pump();
    }
    if (call.purpose == Purpose::client) {
        const auto client = sessions_.find(call.session);
        if (client != sessions_.end() && client->second.modern) {
            auto& modern = *client->second.modern;
            if (!modern.state.empty()) { // its client is gathering input that is not needed any more
                modern.early = line;
                drop_asks(call.session);
                found->second.answered = true;
                return pump();
            }
            if (call.attached) answer_modern(call, message, line);
            end(call.watch, ending_of(message));
            forget(number);
            return pump();
        }
        if (call.attached) sink_.answer(call.exchange, edited(line, {{message.id, call.id}}));
        end(call.watch, ending_of(message));
        if (message.kind == Kind::result && call.method != Method::other) settle(call);
    }
    forget(number);
    pump();
}

void Bridge::child_notification(const Message& message, std::string_view line) {
    if (era_ == Era::modern && !message.subscription.empty()) return child_event(message, line);
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
    if (!ask.method.empty()) return; // its client was not asked by a message that could be cancelled
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
    if (found != sessions_.end() && found->second.modern && !wanted) {
        ++counters_.dropped_notifications; // not asked for
        return;
    }
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
    const auto bit = list_bit(method);
    if (method == Method::tools_changed) forget_catalogue();
    sink_.list_changed(method);
    for (auto& [session, client] : sessions_) {
        if (client.modern) continue;
        if (!sink_.push(session, Pieces{line})) client.missed |= bit;
    }
    tell_listeners(method, {});
}

void Bridge::resource_updated(const Message& message, std::string_view line) {
    const auto uri = unquote(message.uri).value_or("");
    for (const auto& [session, client] : sessions_) {
        if (client.modern) continue;
        const bool wants =
            std::ranges::any_of(client.uris, [&](const auto& subscribed) { return covers(subscribed, uri); });
        if (wants && !sink_.push(session, Pieces{line})) ++counters_.dropped_notifications;
    }
    tell_listeners(message.method, message.uri);
}

void Bridge::child_asks(const Message& message, std::string_view line) {
    if (message.method == Method::ping) {
        const auto answer = empty_result(message.id);
        sink_.to_child(Pieces{answer});
        return;
    }
    const bool routable = era_ == Era::legacy && is_ask(message.method);
    if (!routable) return refuse_ask(message.id, -32601, "Method not found");
    const auto recipient = certain_recipient();
    if (recipient.session == Session::none || (!recipient.in_flight && !lent_))
        return refuse_ask(message.id, -32603, "it is not certain which client this is for");
    const auto& client = sessions_.at(recipient.session);
    const bool able = message.method == Method::create_message ? client.sampling
                      : message.method == Method::elicit       ? client.elicitation
                                                               : client.roots;
    if (!able) {
        refuse_ask(message.id, -32601, "the client does not support this");
        const auto call = client.modern ? call_of(recipient.session) : std::nullopt;
        if (call) lacks_capability(*call, capability_for(message.method));
        return;
    }
    route_ask(recipient, message, line);
}

void Bridge::route_ask(const Recipient& recipient, const Message& message, std::string_view line) {
    if (asks_.size() >= max_asks) return refuse_ask(message.id, -32603, "too many requests to clients are open");
    const auto number = next_++;
    if (sessions_.at(recipient.session).modern) {
        Ask ask{.session = recipient.session, .id = std::string{message.id}};
        ask.method = message.method_name;
        ask.params = message.params;
        ask.deadline = now_ + limits_.call_total;
        asks_.emplace(number, std::move(ask));
        if (const auto call = call_of(recipient.session)) park(*call);
        return;
    }
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
