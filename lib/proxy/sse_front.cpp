// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/front.hpp"

#include <fmt/format.h>

#include <unordered_map>
#include <vector>

namespace thv::proxy {

namespace {

/// One open GET /sse: a session that lives as long as its stream.
struct SseClient {
    std::string id;
    std::string principal;         ///< who opened it; nobody else may use it
    http::Visit* stream = nullptr; ///< null once the client is gone
    mcp::Session key = mcp::Session::none;
    Link* link = nullptr;  ///< once it has said initialize
    bool greeting = false; ///< an initialize waits for its answer
};

mcp::Exchange exchange_of(SseClient& client) {
    return proxy::exchange_of(client, 4);
}
SseClient& client_of(mcp::Exchange exchange) {
    return addressed<SseClient>(exchange);
}

constexpr std::string_view id_parameter = "session_id=";

/// The value of session_id in "/messages?session_id=…"; our identifiers need no decoding.
std::string session_in(std::string_view target) {
    auto query = target.substr(std::min(target.find('?'), target.size()));
    while (!query.empty()) {
        query.remove_prefix(1);
        const auto parameter = query.substr(0, query.find('&'));
        if (parameter.starts_with(id_parameter)) return std::string{parameter.substr(id_parameter.size())};
        query.remove_prefix(parameter.size());
    }
    return {};
}

class SseFront final : public Front {
public:
    using Front::Front;

    void tick(Time now) override;
    void end_streams() override;
    void gone(http::Visit& visit) override;

    bool serves(std::string_view path) const override { return path == "/sse" || path == "/messages"; }
    void serve(http::Visit& visit) override;
    void ended(Link& link) override;
    bool has(mcp::Session session) const override { return by_key_.contains(session); }
    std::size_t sessions() const override { return clients_.size(); }
    std::size_t streams() const override { return streams_.size(); }

    void event(mcp::Exchange exchange, const mcp::Pieces& message) override { send(client_of(exchange), message); }
    void answer(mcp::Exchange exchange, const mcp::Pieces& message) override;
    void refused(mcp::Exchange exchange, int status, const mcp::Pieces& message) override;
    void opened(mcp::Exchange exchange, Link& link, mcp::Session session, const mcp::Pieces& message) override;
    bool push(mcp::Session session, const mcp::Pieces& message) override;

private:
    void open(http::Visit& visit);
    void post(http::Visit& visit);
    bool pass_on(SseClient& client, mcp::Watch watch, const mcp::Message& message, std::string_view text);
    static void send(SseClient& client, const mcp::Pieces& message);
    void end(SseClient& client);

    std::unordered_map<std::string, std::unique_ptr<SseClient>> clients_;
    std::unordered_map<mcp::Session, SseClient*> by_key_;
    std::unordered_map<http::Visit*, SseClient*> streams_;
};

void SseFront::serve(http::Visit& visit) {
    if (visit.path() == "/sse") {
        if (visit.method() == "GET") return open(visit);
        return refuse(visit, 405, -32000, "Method not allowed", "Allow: GET\r\n");
    }
    if (visit.method() == "POST") return post(visit);
    refuse(visit, 405, -32000, "Method not allowed", "Allow: POST\r\n");
}

void SseFront::open(http::Visit& visit) {
    if (const auto why = quota_.refusal(visit.principal()); !why.empty())
        return refuse(visit, 503, -32000, why, "Retry-After: 10\r\n");
    auto client = std::make_unique<SseClient>();
    client->principal = visit.principal();
    quota_.add(client->principal);
    client->id = random_id();
    client->stream = &visit;
    streams_.emplace(&visit, client.get());
    visit.start(200, fields(visit, "text/event-stream").append(event_stream_fields));
    visit.send(fmt::format("event: endpoint\ndata: /messages?{}{}\n\n", id_parameter, client->id));
    clients_.emplace(client->id, std::move(client));
}

void SseFront::post(http::Visit& visit) {
    if (!is_json(visit)) return;
    const auto message = mcp::scan(visit.body());
    if (!message) return refuse(visit, 400, message.error().code, message.error().reason);
    const auto found = clients_.find(session_in(visit.target()));
    if (found == clients_.end() || found->second->principal != visit.principal())
        return refuse(visit, 404, -32001, "Session not found");
    auto& client = *found->second;
    if (client.link == nullptr && message->method == mcp::Method::initialize) {
        client.link = settled(processes_.for_session(), visit, *message);
        if (client.link == nullptr) return;
    }
    if (client.link != nullptr && is_clogged(visit, *client.link, *message)) return;
    const bool asks = message->kind == mcp::Kind::request;
    const auto watched = asks ? watch(visit, *message, client.id) : mcp::Watch::none;
    if (pass_on(client, watched, *message, visit.body()))
        visit.answer(202, fields(visit, "text/plain"), std::string_view{"Accepted"});
    else
        overloaded(visit, *message, watched);
}

bool SseFront::pass_on(SseClient& client, mcp::Watch watch, const mcp::Message& message, std::string_view text) {
    if (client.link != nullptr) {
        const mcp::Bridge::From from{client.key, exchange_of(client), true, watch};
        auto& bridge = client.link->bridge();
        if (message.kind == mcp::Kind::notification) return bridge.notification(client.key, message, text), true;
        if (message.kind != mcp::Kind::request) return bridge.reply(client.key, message, text), true;
        if (client.key != mcp::Session::none) return bridge.request(from, message, text);
        if (message.method == mcp::Method::initialize && !client.greeting) {
            client.greeting = true;
            if (bridge.initialize(from, message, text)) return true;
            client.greeting = false;
            return false;
        }
    }
    if (message.kind != mcp::Kind::request) return true; // of nothing that there is
    constexpr std::string_view why = "the session is not initialized";
    const bool ping = message.method == mcp::Method::ping;
    const auto answer = ping ? mcp::empty_result(message.id) : mcp::error_message(message.id, -32600, why);
    send(client, mcp::Pieces{answer});
    options_.calls->ended(watch, ping ? mcp::Ending{} : mcp::Ending{mcp::CallEnd::refused, -32600, 0, why});
    return true;
}

void SseFront::send(SseClient& client, const mcp::Pieces& message) {
    if (client.stream != nullptr) write_event(*client.stream, {}, message);
}

void SseFront::answer(mcp::Exchange exchange, const mcp::Pieces& message) {
    auto& client = client_of(exchange);
    if (client.key == mcp::Session::none) client.greeting = false; // refused: it may try again
    send(client, message);
}

// The status of an HTTP answer is no part of this transport.
void SseFront::refused(mcp::Exchange exchange, int /*status*/, const mcp::Pieces& message) {
    answer(exchange, message);
}

void SseFront::opened(mcp::Exchange exchange, Link& /*link*/, mcp::Session session, const mcp::Pieces& message) {
    auto& client = client_of(exchange);
    client.key = session;
    by_key_.emplace(session, &client);
    send(client, message);
}

bool SseFront::push(mcp::Session session, const mcp::Pieces& message) {
    const auto found = by_key_.find(session);
    if (found == by_key_.end() || found->second->stream == nullptr) return false;
    send(*found->second, message);
    return true;
}

void SseFront::end(SseClient& client) {
    streams_.erase(client.stream);
    client.stream = nullptr;
    if (client.link != nullptr) {
        if (client.key == mcp::Session::none)
            client.link->bridge().abandon(exchange_of(client));
        else
            client.link->bridge().close(client.key);
        processes_.give_back(*client.link);
    }
    by_key_.erase(client.key);
    quota_.remove(client.principal);
    clients_.erase(std::string{client.id});
}

void SseFront::ended(Link& link) {
    std::vector<http::Visit*> lost;
    for (const auto& [visit, client] : streams_)
        if (client->link == &link) lost.push_back(visit);
    for (auto* const visit : lost) {
        end(*streams_.at(visit));
        visit->finish();
    }
}

void SseFront::gone(http::Visit& visit) {
    const auto found = streams_.find(&visit);
    if (found != streams_.end()) end(*found->second);
}

void SseFront::tick(Time now) {
    now_ = now;
    if (!comment_due(now)) return;
    for (const auto& [visit, client] : streams_)
        visit->send(": keep-alive\n\n");
}

void SseFront::end_streams() {
    std::vector<std::pair<http::Visit*, SseClient*>> all{streams_.begin(), streams_.end()};
    for (const auto& [visit, client] : all) {
        end(*client);
        visit->finish();
    }
}

} // namespace

std::unique_ptr<Front> make_sse_front(const Front::Parts& parts) {
    return std::make_unique<SseFront>(parts);
}

} // namespace thv::proxy
