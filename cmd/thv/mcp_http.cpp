// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/mcp_http.hpp"

#include "cli/terminal.hpp"
#include "http/event_stream.hpp"
#include "io/deadline.hpp"
#include "io/log.hpp"
#include "thv/mcp_conversation.hpp"

#include <fmt/format.h>

namespace thv::commands {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t smallest_error = 64U << 10U;
constexpr Duration farewell = std::chrono::seconds{2};

/// An answer per request: a JSON body, or an event stream whose last event is the answer.
class Streamable final : public Conversation {
public:
    Streamable(const http::Address& address, Duration patience)
        : Conversation(address, patience) {}
    Task<> close() override;

protected:
    Task<Json> exchange(int id, std::string text) override;
    Task<> post(std::string text) override;

private:
    Task<Json> first_answer(http::Stream& stream, int id);
    void remember_session(const http::Response& head);
    bool in_session_ = false;
};

Task<Json> Streamable::exchange(int id, std::string text) {
    auto request = post_request(std::move(text));
    const auto stream = co_await client_.open(std::move(request));
    const auto& head = stream->head();
    if (!head.ok()) {
        // Many servers explain themselves by a JSON-RPC error in the body of the refusal.
        const auto body = co_await stream->read_all(smallest_error);
        if (head.status == 404 && in_session_)
            throw Error{Fault::unreachable, "the server has ended the session"}.hint("try again");
        const bool explained = body.starts_with('{') && body.find("\"error\"") != std::string::npos;
        if (explained && head.status != 401 && ready()) co_return parse_message(body);
        throw refused_with(head.status, client_.endpoint());
    }
    remember_session(head);
    if (http::is_event_stream(head)) co_return co_await first_answer(*stream, id);
    const auto body = co_await stream->read_all(largest_message);
    auto message = parse_message(body);
    const bool fits = co_await answers(message, id);
    if (!fits) throw Error{Fault::internal, "the server answered another request than ours"};
    co_return message;
}

Task<Json> Streamable::first_answer(http::Stream& stream, int id) {
    http::EventReader reader{largest_message};
    for (std::size_t total = 0; total < largest_exchange;) {
        const auto bytes = co_await stream.read_some();
        if (bytes.empty()) throw Error{Fault::unreachable, "the server ended its answer before the result"};
        total += bytes.size();
        for (const auto& event : reader.feed(bytes)) {
            if (event.type != "message" || event.data.empty()) continue;
            auto message = parse_message(event.data);
            const bool ours = co_await answers(message, id);
            if (ours) co_return message;
        }
    }
    throw Error{Fault::internal, "the server sends too much before its answer"};
}

void Streamable::remember_session(const http::Response& head) {
    const auto* session = head.header("Mcp-Session-Id");
    if (in_session_ || session == nullptr) return;
    session_headers_.emplace_back("Mcp-Session-Id", *session);
    in_session_ = true;
}

Task<> Streamable::post(std::string text) {
    auto request = post_request(std::move(text));
    const auto response = co_await client_.request(std::move(request));
    if (!response.ok()) throw refused_with(response.status, client_.endpoint());
}

Task<> Streamable::close() {
    if (!in_session_) co_return;
    http::Request request;
    request.method = "DELETE";
    request.target = target_;
    request.headers = session_headers_;
    request.deadline = farewell;
    try {
        co_await client_.request(std::move(request));
    } catch (const Error& error) { // the server forgets the session after a while on its own
        log::debug("the session was not ended: {}", error.message());
    }
}

/// One event stream for everything the server says; what we say is posted to the place that its first event names.
class Sse final : public Conversation {
public:
    Sse(const http::Address& address, Duration patience)
        : Conversation(address, patience)
        , endpoint_(address.endpoint) {}
    Task<> connect();
    Task<> close() override {
        events_.reset();
        co_return;
    }

protected:
    Task<Json> exchange(int id, std::string text) override;
    Task<> post(std::string text) override;

private:
    void go_to(const std::string& place);

    http::Endpoint endpoint_;
    std::unique_ptr<http::EventStream> events_; ///< once it is connected
};

Task<> Sse::connect() {
    http::Request request;
    request.target = target_;
    request.headers = {{"Accept", "text/event-stream"}};
    request.deadline = patience_;
    auto stream = co_await client_.open(std::move(request));
    if (!stream->head().ok()) throw refused_with(stream->head().status, endpoint_);
    if (!http::is_event_stream(stream->head()))
        throw Error{Fault::unsupported, fmt::format("{} sends no event stream", http::to_string(endpoint_))};
    events_ = std::make_unique<http::EventStream>(std::move(stream), largest_message);
    const auto event = co_await events_->next();
    if (event.type != "endpoint") throw Error{Fault::internal, "the server did not say where to send messages"};
    go_to(event.data);
}

void Sse::go_to(const std::string& place) {
    const auto address = http::resolve({.endpoint = endpoint_, .target = target_}, place);
    if (!address) throw Error{Fault::denied, "the server wants its messages sent to another server"};
    target_ = address->target;
}

Task<Json> Sse::exchange(int id, std::string text) {
    co_await post(std::move(text));
    for (std::size_t total = 0; total < largest_exchange;) {
        const auto event = co_await events_->next();
        total += event.data.size() + 1;
        if (event.type != "message") continue;
        auto message = parse_message(event.data);
        const bool ours = co_await answers(message, id);
        if (ours) co_return message;
    }
    throw Error{Fault::internal, "the server sends too much before its answer"};
}

Task<> Sse::post(std::string text) {
    auto request = post_request(std::move(text));
    const auto response = co_await client_.request(std::move(request));
    if (!response.ok()) throw refused_with(response.status, endpoint_);
}

} // namespace

Task<std::unique_ptr<McpSession>> open_streamable(http::Address address, Duration patience) {
    auto session = std::make_unique<Streamable>(address, patience);
    co_await session->initialize();
    co_return session;
}

Task<std::unique_ptr<McpSession>> open_sse(http::Address address, Duration patience) {
    auto session = std::make_unique<Sse>(address, patience);
    auto connecting = session->connect();
    co_await with_deadline(std::move(connecting), patience, "waiting for the server's event stream");
    co_await session->initialize();
    co_return session;
}

Task<std::unique_ptr<McpSession>> HttpDialer::open(McpDial dial) {
    http::Address address;
    try {
        address = http::reach(dial.url, dial.ca_file, environment_);
    } catch (const Error& error) {
        throw Error{error.fault(), fmt::format("cannot use '{}': {}", cli::printable(dial.url), error.message())}.hint(
            error.hint().empty() ? "write http://HOST:PORT/PATH or https://HOST/PATH" : error.hint());
    }
    if (dial.mode == ProxyMode::sse) co_return co_await open_sse(address, dial.patience);
    std::optional<Error> refused;
    try {
        co_return co_await open_streamable(address, dial.patience);
    } catch (const Error& error) {
        if (dial.mode || error.fault() != Fault::unsupported) throw;
        refused = error;
    }
    try {
        co_return co_await open_sse(address, dial.patience);
    } catch (const Error& error) {
        if (error.fault() == Fault::unsupported) throw Error{*refused};
        throw;
    }
}

} // namespace thv::commands
