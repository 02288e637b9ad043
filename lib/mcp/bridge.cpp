// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/bridge.hpp"

#include "mcp/bridge_words.hpp"
#include "mcp/levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace thv::mcp {

void Bridge::tick(Time now) {
    now_ = now;
    std::vector<std::uint64_t> late;
    for (const auto& [number, call] : calls_)
        if (call.deadline <= now) late.push_back(number);
    std::ranges::sort(late);
    for (const auto number : late) {
        const auto& call = calls_.at(number);
        if (call.sent) {
            ++counters_.timed_out;
            if (call.purpose == Purpose::client && !call.answered) cancel_upstream(number, "timed out");
            fail(number, {CallEnd::failed, -32001, 0, "Request timed out"});
        } else if (state_ == State::ready) {
            fail(number, {CallEnd::refused, -32000, 0, "the server is too busy"});
        } else {
            const auto why = trouble_.empty() ? "the server is not running" : "the server is not running: " + trouble_;
            fail(number, {CallEnd::failed, -32000, 0, why});
        }
    }
    std::erase_if(asks_, [&](const auto& entry) {
        if (entry.second.deadline > now) return false;
        refuse_ask(entry.second.id, -32603, "the client did not answer");
        return true;
    });
    pump();
}

void Bridge::child_gone(std::string_view reason) {
    state_ = State::down;
    trouble_ = reason.substr(0, 300);
    lines_.reset();
    asks_.clear(); // nobody is left to receive the replies
    sent_level_.reset();
    forget_catalogue();
    for (const auto number : std::exchange(for_catalogue_, {})) {
        const auto waiting = calls_.find(number);
        if (waiting == calls_.end()) continue;
        auto& client = sessions_.at(waiting->second.session);
        client.waiting.push_back(number);
        queue_turn(waiting->second.session, client);
    }
    catalogue_request_.reset();
    catalogue_watch_.reset();
    for (auto& [number, call] : calls_)
        if (!call.sent) call.deadline = std::min(call.deadline, now_ + limits_.child_wait);
    lose_sent();
}

/// No answer will come to what was sent.
void Bridge::lose_sent() {
    std::vector<std::uint64_t> lost;
    for (const auto& [number, call] : calls_)
        if (call.sent) lost.push_back(number);
    std::ranges::sort(lost);
    const auto why = "the server stopped before it answered" + (trouble_.empty() ? trouble_ : ": " + trouble_);
    for (const auto number : lost)
        fail(number, {CallEnd::failed, -32000, 0, why});
}

bool Bridge::busy(Session session) const {
    const auto found = sessions_.find(session);
    return found != sessions_.end() && !found->second.ids.empty();
}

void Bridge::abandon(Exchange exchange) {
    if (const auto listener = listeners_.find(exchange); listener != listeners_.end()) {
        const auto session = listener->second;
        listeners_.erase(listener);
        return close(session);
    }
    for (auto& [number, call] : calls_) {
        if (!call.attached || call.exchange != exchange) continue;
        call.attached = false;
        end(call.watch, {.outcome = call.endless ? CallEnd::success : CallEnd::abandoned});
        const auto client = sessions_.find(call.session);
        if (client != sessions_.end() && client->second.modern) {
            if (call.sent) cancel_upstream(number, "the client has gone");
            drop_asks(call.session);
            forget(number);
            return pump();
        }
        // What was not sent yet and nobody waits for need not be sent.
        if (!call.sent) forget(number);
        return;
    }
}

void Bridge::readdress(Exchange from, Exchange to) {
    for (auto& [number, ask] : asks_)
        if (ask.on_exchange && ask.exchange == from) ask.exchange = to;
    for (auto& [number, call] : calls_) {
        if (!call.attached || call.exchange != from) continue;
        call.exchange = to;
        return;
    }
}

void Bridge::close(Session session) {
    const auto found = sessions_.find(session);
    if (found == sessions_.end()) return;
    std::vector<std::uint64_t> open;
    for (const auto& [id, number] : found->second.ids)
        open.push_back(number);
    std::ranges::sort(open);
    for (const auto number : open) {
        if (calls_.at(number).sent) cancel_upstream(number, "the client ended its session");
        fail(number, {CallEnd::abandoned, -32000, 0, "the session was closed"});
    }
    drop_asks(session);
    // Modern ones go with their last call.
    const auto still = sessions_.find(session);
    if (still == sessions_.end()) return pump();
    const auto uris = std::move(still->second.uris);
    if (still->second.modern) {
        end(still->second.modern->watch, {});
        --modern_clients_;
    }
    sessions_.erase(still);
    for (const auto& uri : uris) {
        const auto count = subscriptions_.find(uri);
        if (--count->second != 0) continue;
        subscriptions_.erase(count);
        if (state_ == State::ready) upkeep("resources/unsubscribe", fmt::format(R"("uri":{})", quote(uri)));
    }
    settle_level();
    pump();
}

void Bridge::drop_asks(Session session) {
    std::erase_if(asks_, [&](const auto& entry) {
        if (entry.second.session != session) return false;
        refuse_ask(entry.second.id, -32603, "the client ended its session");
        return true;
    });
}

// Sends what waits, one request per session in turn, so that a burst of one session does not hold up the others.
void Bridge::pump() {
    if (state_ != State::ready) return;
    while (!newcomers_.empty()) {
        const auto number = newcomers_.front();
        newcomers_.pop_front();
        const auto found = calls_.find(number);
        if (found == calls_.end()) continue;
        const auto call = std::move(found->second);
        calls_.erase(found);
        waiting_bytes_ -= call.text.size();
        answer_initialize({.exchange = call.exchange, .streams = call.streams, .watch = call.watch}, *scan(call.text));
    }
    while (sent_ < limits_.in_flight && !turn_.empty()) {
        const auto session = turn_.front();
        turn_.pop_front();
        const auto found = sessions_.find(session);
        if (found == sessions_.end()) continue;
        auto& client = found->second;
        client.in_turn = false;
        if (client.waiting.empty() || client.sent >= limits_.in_flight_per_session) continue;
        const auto number = client.waiting.front();
        client.waiting.pop_front();
        const auto text = std::move(calls_.at(number).text);
        calls_.at(number).text = {};
        waiting_bytes_ -= text.size();
        if (client.modern) {
            dispatch(number, *scan(text), text); // which may end it
            continue;
        }
        send(number, *scan(text), text);
        queue_turn(session, client);
    }
}

void Bridge::queue_turn(Session session, Client& client) {
    if (client.in_turn || client.waiting.empty() || client.sent >= limits_.in_flight_per_session) return;
    client.in_turn = true;
    turn_.push_back(session);
}

void Bridge::fail(std::uint64_t number, const Ending& ending) {
    auto& call = calls_.at(number);
    if (call.attached) {
        // The modern era gives out no code of our own choice any more.
        const auto client = sessions_.find(call.session);
        const bool modern = client != sessions_.end() && client->second.modern;
        const auto text = error_message(call.id, modern ? -32603 : ending.code, ending.reason);
        sink_.answer(call.exchange, Pieces{text});
    }
    end(call.watch, ending);
    forget(number);
}

void Bridge::end(Watch& watch, const Ending& ending) {
    if (watch != Watch::none) sink_.ended(std::exchange(watch, Watch::none), ending);
}

void Bridge::forget(std::uint64_t number) {
    auto node = calls_.extract(number);
    auto& call = node.mapped();
    end(call.watch, {.outcome = CallEnd::abandoned}); // of what has ended otherwise that was told before
    if (call.sent)
        --(call.endless ? endless_ : sent_);
    else
        waiting_bytes_ -= call.text.size();
    const auto found = sessions_.find(call.session);
    if (found == sessions_.end()) return;
    auto& client = found->second;
    client.ids.erase(call.id);
    if (call.sent)
        --client.sent;
    else
        std::erase(client.waiting, number);
    if (client.modern) return forget_modern(call.session);
    queue_turn(call.session, client);
}

void Bridge::cancel_upstream(std::uint64_t number, std::string_view why) {
    if (state_ != State::ready) return;
    const auto text =
        fmt::format(R"({{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{},"reason":{}}}}})",
                    number, quote(why));
    sink_.to_child(Pieces{text});
}

// Certain is: one session has all requests that are in flight, or none is in flight and there is one session only.
Bridge::Recipient Bridge::certain_recipient() const {
    Recipient recipient;
    std::uint64_t oldest = 0;
    for (const auto& [number, call] : calls_) {
        if (!call.sent || call.purpose != Purpose::client || call.endless || call.answered) continue;
        if (recipient.in_flight && recipient.session != call.session) return {};
        recipient.session = call.session;
        recipient.in_flight = true;
        if (!call.streams || !call.attached || (recipient.exchange && number > oldest)) continue;
        recipient.exchange = call.exchange;
        oldest = number;
    }
    if (recipient.in_flight || sessions() != 1) return recipient;
    for (const auto& [session, client] : sessions_)
        if (!client.modern) recipient.session = session;
    return recipient;
}

/// A request of our own; `params` are the members of its object.
std::uint64_t Bridge::upkeep(std::string_view method, std::string_view params, Purpose purpose) {
    const auto number = next_++;
    Call call{.purpose = purpose, .sent = true};
    call.deadline = now_ + limits_.call_idle;
    calls_.emplace(number, std::move(call));
    ++sent_;
    const auto meta = era_ == Era::modern ? our_meta() + (params.empty() ? "" : ",") : std::string{};
    const auto text =
        fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{{{}{}}}}})", number, method, meta, params);
    sink_.to_child(Pieces{text});
    return number;
}

// What a success of the server means for the books.
void Bridge::settle(const Call& call) {
    const auto found = sessions_.find(call.session);
    if (found == sessions_.end()) return;
    auto& client = found->second;
    if (call.method == Method::subscribe) {
        subscribe(client, call.argument);
        sink_.changed(call.session, client);
    }
    if (call.method != Method::set_level) return;
    client.level = level_of(call.argument);
    sink_.changed(call.session, client);
    sent_level_ = call.level;
    settle_level();
}

Session Bridge::reopen(SessionFacts facts) {
    const auto session = Session{next_session_++};
    auto& client = sessions_[session];
    for (const auto& uri : facts.uris)
        ++subscriptions_[uri];
    static_cast<SessionFacts&>(client) = std::move(facts);
    return session;
}

void Bridge::reopen_call(From from, const OpenCall& open) {
    auto& client = sessions_.at(from.session);
    if (calls_.contains(open.number) || !client.ids.emplace(open.id, open.number).second) return;
    Call call{.sent = true, .streams = from.streams, .attached = true, .session = from.session};
    call.exchange = from.exchange;
    call.id = open.id;
    call.token = open.token;
    call.sent_at = now_;
    call.deadline = now_ + limits_.call_idle;
    calls_.emplace(open.number, std::move(call));
    ++client.sent;
    ++sent_;
    next_ = std::max(next_, open.number + 1);
}

std::optional<OpenCall> Bridge::open_call(Exchange exchange) const {
    for (const auto& [number, call] : calls_)
        if (call.sent && call.attached && call.exchange == exchange) return OpenCall{number, call.id, call.token};
    return std::nullopt;
}

void Bridge::subscribe(Client& client, std::string uri) {
    if (client.uris.insert(uri).second) ++subscriptions_[std::move(uri)];
}

bool Bridge::unsubscribe(Client& client, const std::string& uri) {
    if (client.uris.erase(uri) == 0) return subscriptions_.contains(uri);
    const auto count = subscriptions_.find(uri);
    if (--count->second != 0) return true;
    subscriptions_.erase(count);
    return false;
}

std::optional<int> Bridge::wanted_level() const {
    std::optional<int> wanted;
    for (const auto& [session, client] : sessions_)
        if (client.level && (!wanted || *client.level < *wanted)) wanted = client.level;
    return wanted;
}

void Bridge::settle_level() {
    const auto wanted = wanted_level();
    if (state_ != State::ready || !wanted || wanted == sent_level_) return;
    sent_level_ = wanted;
    upkeep("logging/setLevel", fmt::format(R"("level":"{}")", level_names[static_cast<std::size_t>(*wanted)]));
}

} // namespace thv::mcp
