// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "relay/conversation.hpp"

#include "io/deadline.hpp"
#include "io/log.hpp"
#include "io/race.hpp"
#include "mcp/lines.hpp"
#include "relay/headers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace thv::relay {

namespace {

constexpr int server_error = -32000;
constexpr int invalid_request = -32600;

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

} // namespace

Call::Call(const asio::any_io_executor& executor, std::string line, const mcp::Message& scanned)
    : text(std::move(line))
    , message(scanned)
    , over(executor) {
    // The views must be of our own copy.
    if (const auto own = mcp::scan(text)) message = *own;
    revision = own_revision(message);
}

Conversation::Conversation(const asio::any_io_executor& executor, Server server, Client client, Limits limits)
    : executor_(executor)
    , server_(std::move(server))
    , limits_(limits)
    , client_(server_.address.endpoint, limits.at_once)
    , ends_(std::move(client))
    , writer_(executor, ends_.write, limits.unread)
    , fewer_(executor) {}

Task<Ending> Conversation::run() {
    co_await with_nursery([this](Nursery& nursery) { return main(nursery); });
    co_return ending_;
}

Task<> Conversation::main(Nursery& nursery) {
    nursery_ = &nursery;
    co_await first_of(talk(), writer_.run());
}

Task<> Conversation::talk() {
    co_await open();
    mcp::Lines lines{limits_.message};
    for (bool end = false; !end;) {
        auto bytes = co_await ends_.read();
        end = bytes.empty();
        if (end) bytes = "\n"; // the last line may lack its own
        std::deque<std::string> complete;
        const auto dropped = lines.too_long();
        lines.feed(bytes, [&complete](std::string_view line) { complete.emplace_back(line); });
        if (lines.too_long() != dropped) {
            const auto why = fmt::format("a message of more than {} bytes", limits_.message);
            co_await writer_.put(mcp::error_message({}, invalid_request, why));
        }
        for (auto& line : complete)
            if (!is_blank(line)) co_await take(std::move(line));
    }
    co_await finish();
}

/// Requests and answers go out side by side. Notifications keep their place in the order, for what follows may rely on
/// them; and nothing passes `initialize`.
Task<> Conversation::take(std::string line) {
    const auto message = mcp::scan(line);
    if (!message) {
        co_await writer_.put(mcp::error_message({}, message.error().code, message.error().reason));
        co_return;
    }
    if (message->method == mcp::Method::cancelled) {
        const auto target = find(message->request_id);
        if (target && target->revision) {
            target->over.set(); // ending its exchange is how this era cancels
            co_return;
        }
    }
    while (held_ > limits_.waiting) {
        fewer_.reset();
        co_await fewer_.wait();
    }
    const auto call = std::make_shared<Call>(executor_, std::move(line), *message);
    const bool in_order =
        call->message.kind == mcp::Kind::notification || call->message.method == mcp::Method::initialize;
    calls_.push_back(call);
    held_ += call->text.size();
    if (in_order)
        co_await carry(call);
    else
        begin(carry(call));
}

Task<> Conversation::carry(CallPtr call) {
    const bool counts = call->is_request() && !call->endless();
    while (counts && running_ >= limits_.at_once) {
        fewer_.reset();
        co_await fewer_.wait();
    }
    running_ += counts ? 1 : 0;
    std::optional<Error> failure;
    try {
        co_await send(call);
    } catch (const Error& error) {
        failure = error;
    }
    running_ -= counts ? 1 : 0;
    if (failure && call->is_request() && !call->answered) {
        call->answered = true;
        co_await writer_.put(mcp::error_message(call->message.id, server_error, failure->message()));
    } else if (failure) {
        log::warn("a message of the client's did not reach the server: {}", failure->message());
    }
    held_ -= call->text.size();
    calls_.remove(call);
    fewer_.set();
}

Task<> Conversation::send(CallPtr call) {
    if (call->is_request()) {
        if (!call->over.is_set()) co_await first_of(ask(call), call->over.wait());
        co_return;
    }
    co_await with_deadline(tell(call), limits_.told, "telling the server");
}

CallPtr Conversation::find(std::string_view id) const {
    if (id.empty()) return nullptr;
    for (const auto& call : calls_)
        if (call->is_request() && call->message.id == id) return call;
    return nullptr;
}

Task<bool> Conversation::deliver(std::string text, CallPtr to) {
    const auto message = mcp::scan(text);
    if (!message) {
        log::warn("the server sent what is no JSON-RPC message: {}", message.error().reason);
        co_return false;
    }
    const bool answer = message->kind == mcp::Kind::result || message->kind == mcp::Kind::error;
    const auto call = answer ? find(message->id) : nullptr;
    if (answer && (!call || call->answered)) {
        log::warn("the server answered what was not asked");
        co_return false;
    }
    if (call) call->answered = true;
    co_await writer_.put(text);
    if (call && call != to) call->over.set();
    co_return call&& call == to;
}

http::Request Conversation::post(const Call& call) const {
    http::Request request;
    request.method = "POST";
    request.target = server_.address.target;
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json, text/event-stream"}};
    request.body = call.text;
    request.deadline = limits_.answered;
    return request;
}

Task<> Conversation::fail_all(std::string why) {
    const auto all = calls_; // a call may end meanwhile
    for (const auto& call : all) {
        if (!call->is_request() || std::exchange(call->answered, true)) continue;
        co_await writer_.put(mcp::error_message(call->message.id, server_error, why));
    }
    co_await with_deadline(writer_.flushed(), limits_.farewell, "waiting for the client to take its answers");
}

Task<> Conversation::until_answered() {
    const auto waited_for = [this] {
        return std::ranges::any_of(calls_, [](const auto& call) { return !call->endless(); });
    };
    while (waited_for()) {
        fewer_.reset();
        co_await fewer_.wait();
    }
}

Task<> Conversation::finish() {
    auto ending = Ending::answered;
    try {
        co_await with_deadline(until_answered(), limits_.farewell, "waiting for the last answers");
    } catch (const Error& error) {
        if (error.fault() != Fault::timed_out) throw;
        ending = Ending::unanswered;
    }
    co_await close();
    co_await with_deadline(writer_.flushed(), limits_.farewell, "waiting for the client to take its answers");
    ending_ = ending;
}

Error refused(int status, const http::Endpoint& endpoint) {
    const auto where = http::to_string(endpoint);
    if (status == 401 || status == 403)
        return Error{Fault::denied, fmt::format("{} does not let us in (status {})", where, status)};
    return Error{Fault::unreachable, fmt::format("{} answered with status {}", where, status)};
}

Task<Ending> relay(Server server, Client client, Limits limits) {
    const auto executor = co_await asio::this_coro::executor;
    const auto conversation = server.mode == ProxyMode::sse
                                  ? make_sse(executor, std::move(server), std::move(client), limits)
                                  : make_streamable(executor, std::move(server), std::move(client), limits);
    const auto ending = co_await conversation->run();
    co_return ending;
}

} // namespace thv::relay
