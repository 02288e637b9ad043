// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/event_stream.hpp"
#include "io/deadline.hpp"
#include "io/log.hpp"
#include "io/race.hpp"
#include "relay/conversation.hpp"
#include "relay/headers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::relay {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t longest_refusal = 64U << 10U;
constexpr int most_resumptions = 5; ///< in a row without an event
constexpr Duration usual_pause = 1s;
constexpr Duration longest_pause = 30s;
constexpr int most_pages = 100;
constexpr auto header_mismatch = "-32020";

/// What `initialize` began.
struct Session {
    explicit Session(const asio::any_io_executor& executor)
        : over(executor) {}
    std::string id;      ///< empty: the server keeps none
    std::string version; ///< empty: not negotiated yet
    bool listening = false;
    Event over;
};
using SessionPtr = std::shared_ptr<Session>;

class Streamable final : public Conversation {
public:
    using Conversation::Conversation;

protected:
    Task<> open() override { co_return; }
    Task<> ask(CallPtr call) override;
    Task<> tell(CallPtr call) override;
    Task<> close() override;

private:
    http::Request outgoing(const Call& call) const;
    http::Request in_session(std::string method) const;
    void begin_session();
    Task<> answer(std::unique_ptr<http::Stream> stream, CallPtr call);
    Task<> refuse(int status, std::string body, CallPtr call);
    Task<std::unique_ptr<http::Stream>> ask_again(CallPtr call);
    Task<std::string> whole_answer(CallPtr call);
    Task<bool> pass_on(std::string text, CallPtr call);
    Task<> events(std::unique_ptr<http::Stream> stream, CallPtr call);
    Task<> read_events(http::Stream& stream, http::EventReader& reader, CallPtr call);
    Task<std::unique_ptr<http::Stream>> resume(std::string last_id);
    Task<> listen(SessionPtr session);
    Task<> listen_until_over(SessionPtr session);

    SessionPtr session_ = std::make_shared<Session>(executor_);
    MirrorHeaders mirror_;
};

Duration pause_of(const http::EventReader& reader, Duration otherwise) {
    const auto asked = reader.retry();
    return std::min(asked ? Duration{*asked} : otherwise, longest_pause);
}

http::Request Streamable::outgoing(const Call& call) const {
    auto request = post(call);
    if (call.revision) {
        request.headers.emplace_back("MCP-Protocol-Version", header_value(*call.revision));
        auto mirrored = mirror_.of(call.message);
        if (!call.message.method_name.empty())
            request.headers.insert(request.headers.end(), mirrored.begin(), mirrored.end());
        return request;
    }
    auto headers = in_session("POST").headers;
    request.headers.insert(request.headers.end(), headers.begin(), headers.end());
    return request;
}

http::Request Streamable::in_session(std::string method) const {
    http::Request request;
    request.method = std::move(method);
    request.target = server_.address.target;
    if (!session_->id.empty()) request.headers.emplace_back("Mcp-Session-Id", session_->id);
    if (!session_->version.empty()) request.headers.emplace_back("MCP-Protocol-Version", session_->version);
    return request;
}

void Streamable::begin_session() {
    session_->over.set();
    session_ = std::make_shared<Session>(executor_);
}

Task<> Streamable::ask(CallPtr call) {
    const bool begins = call->message.method == mcp::Method::initialize && !call->revision;
    if (begins) begin_session();
    auto request = outgoing(*call);
    auto stream = co_await client_.open(std::move(request));
    if (call->revision && stream->head().status == 400 && call->message.method_name == "tools/call") {
        auto body = co_await stream->read_all(longest_refusal);
        const auto error = mcp::scan(body);
        if (!error || mcp::member(error->body, "code") != header_mismatch)
            co_return co_await refuse(400, std::move(body), call);
        stream = co_await ask_again(call);
    }
    if (const auto* const id = stream->head().header("Mcp-Session-Id"); begins && id != nullptr) session_->id = *id;
    co_await answer(std::move(stream), call);
}

/// The tool may ask for headers that we do not know of yet. The server has not executed the call.
Task<std::unique_ptr<http::Stream>> Streamable::ask_again(CallPtr call) {
    const auto meta = mcp::member(call->message.params, "_meta");
    std::string cursor;
    for (int page = 0; page < most_pages; ++page) {
        const auto more = cursor.empty() ? std::string{} : fmt::format(R"(,"cursor":{})", cursor);
        auto text = fmt::format(R"({{"jsonrpc":"2.0","id":"thv-{}","method":"tools/list","params":{{"_meta":{}{}}}}})",
                                page, meta, more);
        const auto list = std::make_shared<Call>(executor_, std::move(text), mcp::Message{});
        const auto answer = co_await whole_answer(list);
        const auto result = mcp::member(answer, "result");
        mirror_.learn(result);
        cursor = mcp::member(result, "nextCursor");
        if (cursor.empty() || cursor == "null") break;
    }
    auto request = outgoing(*call);
    auto stream = co_await client_.open(std::move(request));
    co_return stream;
}

/// The answer to a request of our own, wherever it comes in the server's answer; empty when it does not come.
Task<std::string> Streamable::whole_answer(CallPtr call) {
    auto request = outgoing(*call);
    const auto stream = co_await client_.open(std::move(request));
    auto body = co_await stream->read_all(limits_.message);
    if (!http::is_event_stream(stream->head())) co_return body;
    http::EventReader reader{limits_.message};
    for (auto& event : reader.feed(body)) {
        const auto message = mcp::scan(event.data);
        if (message && message->id == call->message.id && message->kind == mcp::Kind::result)
            co_return std::move(event.data);
    }
    co_return std::string{};
}

Task<> Streamable::answer(std::unique_ptr<http::Stream> stream, CallPtr call) {
    if (!stream->head().ok()) {
        const auto body = co_await stream->read_all(longest_refusal);
        co_return co_await refuse(stream->head().status, body, call);
    }
    if (http::is_event_stream(stream->head())) co_return co_await events(std::move(stream), call);
    auto body = co_await stream->read_all(limits_.message);
    const bool answered = co_await pass_on(std::move(body), call);
    if (!answered) throw Error{Fault::internal, "the server's answer is none to this request"};
}

/// Many servers explain a refusal by a JSON-RPC error in its body, which is then the answer.
Task<> Streamable::refuse(int status, std::string body, CallPtr call) {
    const auto error = mcp::scan(body);
    const bool explained = error && error->kind == mcp::Kind::error;
    if (status == 404 && !call->revision && !session_->id.empty()) {
        session_->over.set();
        if (!explained) throw Error{Fault::unreachable, "the server has ended the session; start this client again"};
    }
    if (!explained) throw refused(status, server_.address.endpoint);
    auto text = std::move(body);
    if (error->id != call->message.id)
        text = fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{}}})", call->message.id, error->body);
    co_await pass_on(std::move(text), call);
}

/// Takes from a message what concerns ourselves, and delivers it. Whether it was the call's answer.
Task<bool> Streamable::pass_on(std::string text, CallPtr call) {
    const auto result = mcp::member(text, "result");
    if (call && !result.empty() && call->revision && call->message.method_name == "tools/list") mirror_.learn(result);
    if (call && !result.empty() && !call->revision && call->message.method == mcp::Method::initialize)
        session_->version = mcp::unquote(mcp::member(result, "protocolVersion")).value_or("");
    const bool answered = co_await deliver(std::move(text), std::move(call));
    co_return answered;
}

/// The events of an answer, the last of which is the answer itself. A server of a session may break off in between and
/// have us come back for the rest (MCP 2025-11-25, "Resumability and Redelivery").
Task<> Streamable::events(std::unique_ptr<http::Stream> stream, CallPtr call) {
    std::string last_id;
    std::string broken = "the server ended its answer before the result";
    for (int fruitless = 0; fruitless < most_resumptions; ++fruitless) {
        http::EventReader reader{limits_.message};
        try {
            if (stream) co_await read_events(*stream, reader, call);
        } catch (const Error& error) {
            if (error.fault() != Fault::unreachable) throw;
            broken = error.message();
        }
        if (call->answered) co_return;
        if (!reader.last_id().empty() && reader.last_id() != std::exchange(last_id, reader.last_id())) fruitless = 0;
        if (call->revision || last_id.empty()) break;
        stream.reset();
        co_await sleep_for(pause_of(reader, usual_pause));
        stream = co_await resume(last_id);
    }
    throw Error{Fault::unreachable, broken};
}

/// Until the stream ends; after the answer that must be soon, and then the connection can carry the next request.
Task<> Streamable::read_events(http::Stream& stream, http::EventReader& reader, CallPtr call) {
    for (;;) {
        std::string bytes;
        if (call && call->answered) {
            try {
                bytes = co_await with_deadline(stream.read_some(), 1s, "reading the end of an answer");
            } catch (const Error& error) {
                log::debug("{}", error.message());
            }
        } else {
            bytes = co_await stream.read_some();
        }
        if (bytes.empty()) co_return;
        for (auto& event : reader.feed(bytes))
            if (event.type == "message" && !event.data.empty()) co_await pass_on(std::move(event.data), call);
    }
}

/// The stream again from behind an event; null when the server cannot be reached just now.
Task<std::unique_ptr<http::Stream>> Streamable::resume(std::string last_id) {
    auto request = in_session("GET");
    request.headers.emplace_back("Accept", "text/event-stream");
    if (!last_id.empty()) request.headers.emplace_back("Last-Event-ID", std::move(last_id));
    request.deadline = limits_.told;
    try {
        auto stream = co_await client_.open(std::move(request));
        if (stream->head().ok() && http::is_event_stream(stream->head())) co_return stream;
        if (stream->head().status < 500) throw Error{Fault::unsupported, "the server offers no event stream"};
        log::debug("{}", refused(stream->head().status, server_.address.endpoint).message());
    } catch (const Error& error) {
        if (error.fault() == Fault::unsupported) throw;
        log::debug("{}", error.message());
    }
    co_return nullptr;
}

Task<> Streamable::tell(CallPtr call) {
    auto request = outgoing(*call);
    const auto answer = co_await client_.request(std::move(request));
    if (answer.status == 404 && !call->revision) session_->over.set();
    if (!answer.ok()) throw refused(answer.status, server_.address.endpoint);
    const bool ready = call->message.method == mcp::Method::initialized && !call->revision;
    if (ready && !std::exchange(session_->listening, true)) begin(listen_until_over(session_));
}

Task<> Streamable::listen_until_over(SessionPtr session) {
    try {
        co_await first_of(listen(session), session->over.wait());
    } catch (const Error& error) {
        log::debug("what the server says of its own accord is not heard: {}", error.message());
    }
}

/// What the server says of its own accord.
Task<> Streamable::listen(SessionPtr session) {
    std::string last_id;
    Duration pause = usual_pause;
    for (;;) {
        http::EventReader reader{limits_.message};
        const auto stream = co_await resume(last_id);
        try {
            if (stream) co_await read_events(*stream, reader, nullptr);
        } catch (const Error& error) {
            if (error.fault() != Fault::unreachable) throw;
            log::debug("{}", error.message());
        }
        if (!reader.last_id().empty()) last_id = reader.last_id();
        pause = stream ? usual_pause : std::min(pause * 2, longest_pause);
        co_await sleep_for(pause_of(reader, pause));
    }
}

Task<> Streamable::close() {
    session_->over.set();
    if (session_->id.empty()) co_return;
    auto request = in_session("DELETE");
    request.deadline = 2s;
    try {
        co_await client_.request(std::move(request));
    } catch (const Error& error) { // the server forgets the session after a while on its own
        log::debug("the session was not ended: {}", error.message());
    }
}

} // namespace

std::unique_ptr<Conversation> make_streamable(const asio::any_io_executor& executor, Server server, Client client,
                                              Limits limits) {
    return std::make_unique<Streamable>(executor, std::move(server), std::move(client), limits);
}

} // namespace thv::relay
