// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/event_stream.hpp"
#include "io/deadline.hpp"
#include "relay/conversation.hpp"

#include <fmt/format.h>

#include <memory>

namespace thv::relay {

namespace {

/// HTTP+SSE (MCP 2024-11-05): one event stream carries everything that the server says and is the session; what the
/// client says is posted to the place that its first event names.
class Sse final : public Conversation {
public:
    using Conversation::Conversation;

protected:
    Task<> open() override {
        co_await with_deadline(connect(), limits_.told, "waiting for the server's event stream");
        begin(receive());
    }
    Task<> ask(CallPtr call) override {
        co_await tell(call);
        co_await call->over.wait();
    }
    Task<> tell(CallPtr call) override {
        auto request = post(*call);
        request.target = place_;
        const auto answer = co_await client_.request(std::move(request));
        if (!answer.ok()) throw refused(answer.status, server_.address.endpoint);
    }
    Task<> close() override { co_return; }

private:
    Task<> connect();
    Task<> receive();

    std::unique_ptr<http::EventStream> events_; ///< once it is connected
    std::string place_;
};

Task<> Sse::connect() {
    http::Request request;
    request.target = server_.address.target;
    request.headers = {{"Accept", "text/event-stream"}};
    request.deadline = limits_.told;
    auto stream = co_await client_.open(std::move(request));
    const auto where = http::to_string(server_.address.endpoint);
    if (!stream->head().ok()) throw refused(stream->head().status, server_.address.endpoint);
    if (!http::is_event_stream(stream->head()))
        throw Error{Fault::unsupported, fmt::format("{} sends no event stream", where)};
    events_ = std::make_unique<http::EventStream>(std::move(stream), limits_.message);
    const auto event = co_await events_->next();
    if (event.type != "endpoint") throw Error{Fault::internal, where + " did not say where to send messages"};
    const auto place = http::resolve(server_.address, event.data);
    if (!place) throw Error{Fault::denied, where + " wants its messages sent to another server"};
    place_ = place->target;
}

Task<> Sse::receive() {
    std::optional<Error> failure;
    while (!failure) {
        try {
            auto event = co_await events_->next();
            if (event.type == "message") co_await deliver(std::move(event.data), nullptr);
        } catch (const Error& error) {
            failure = error;
        }
    }
    co_await fail_all(failure->message());
    throw *failure;
}

} // namespace

std::unique_ptr<Conversation> make_sse(const asio::any_io_executor& executor, Server server, Client client,
                                       Limits limits) {
    return std::make_unique<Sse>(executor, std::move(server), std::move(client), limits);
}

} // namespace thv::relay
