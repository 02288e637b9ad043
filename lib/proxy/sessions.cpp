// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/sessions.hpp"

#include "http/sse.hpp"
#include "io/deadline.hpp"
#include "io/log.hpp"
#include "mcp/jsonrpc.hpp"

#include <algorithm>
#include <array>

namespace thv::proxy {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t longest_hello = 64U << 10U;
constexpr std::size_t longest_answer = 4U << 20U;
constexpr auto patience = 30s;
constexpr std::string_view initialized = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";

http::Request post(std::string_view body) {
    http::Request request;
    request.method = "POST";
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json, text/event-stream"}};
    request.body = body;
    request.deadline = patience;
    return request;
}

/// The result of `initialize`; empty when it is none.
std::string result_in(std::string_view text) {
    const auto message = mcp::scan(text);
    return message && message->kind == mcp::Kind::result ? std::string{message->body} : std::string{};
}

Task<std::string> result_of(http::Stream& stream) {
    const auto* const type = stream.head().header("content-type");
    if (type == nullptr || !type->starts_with("text/event-stream")) {
        const auto body = co_await stream.read_all(longest_answer);
        co_return result_in(body);
    }
    http::EventReader reader{longest_answer};
    for (;;) {
        const auto bytes = co_await stream.read_some();
        if (bytes.empty()) co_return std::string{};
        for (const auto& event : reader.feed(bytes))
            if (auto result = result_in(event.data); !result.empty()) co_return result;
    }
}

/// The id of the new session; empty when there is none.
Task<std::string> begin_again(std::string hello, std::string version, Sender send) {
    auto stream = co_await send(post(hello));
    const auto* const given = stream->head().header("mcp-session-id");
    if (!stream->head().ok() || given == nullptr) co_return std::string{};
    std::string id = *given;
    auto reading = result_of(*stream);
    const auto result = co_await with_deadline(std::move(reading), patience, "beginning a session anew");
    const auto spoken = mcp::unquote(mcp::member(result, "protocolVersion")).value_or("");
    if (spoken.empty() || (!version.empty() && version != spoken)) co_return std::string{};
    stream.reset();
    auto ready = post(initialized);
    ready.headers.emplace_back("Mcp-Session-Id", id);
    ready.headers.emplace_back("MCP-Protocol-Version", spoken);
    const auto told = co_await send(std::move(ready));
    co_return told->head().ok() ? id : std::string{};
}

/// Lets the others go on, also when this one is cancelled.
struct Turn {
    PassedSessionPtr session;
    explicit Turn(PassedSessionPtr of, const asio::any_io_executor& executor)
        : session(std::move(of)) {
        session->reviving = std::make_shared<Event>(executor);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
        session->reviving->set();
        session->reviving.reset();
    }
};

} // namespace

void PassedSessions::begun(std::string id, std::string_view hello, std::string principal) {
    if (id.empty()) return;
    ended(id);
    forget_old();
    auto session = std::make_shared<PassedSession>();
    session->client_id = session->server_id = id;
    session->hello = hello.size() <= longest_hello ? hello : std::string_view{};
    session->lost = session->hello.empty();
    session->principal = std::move(principal);
    session->used = std::chrono::steady_clock::now();
    places_[std::move(id)] = sessions_.insert(sessions_.end(), std::move(session));
}

void PassedSessions::forget_old() {
    const auto now = std::chrono::steady_clock::now();
    while (!sessions_.empty() && (sessions_.size() >= most_ || now - sessions_.front()->used > ttl_)) {
        places_.erase(sessions_.front()->client_id);
        sessions_.pop_front();
    }
}

PassedSessionPtr PassedSessions::find(std::optional<std::string_view> client_id) {
    const auto found = client_id ? places_.find(*client_id) : places_.end();
    if (found == places_.end()) return nullptr;
    auto session = *found->second;
    session->used = std::chrono::steady_clock::now();
    sessions_.splice(sessions_.end(), sessions_, found->second);
    return session;
}

void PassedSessions::ended(std::string_view client_id) {
    const auto found = places_.find(client_id);
    if (found == places_.end()) return;
    sessions_.erase(found->second);
    places_.erase(found);
}

Task<bool> revive(PassedSessionPtr session, std::string refused_id, std::string version, Sender send) {
    while (session->server_id == refused_id && !session->lost) {
        if (const auto other = session->reviving) {
            co_await other->wait();
            continue;
        }
        const Turn turn{session, co_await asio::this_coro::executor};
        std::string id;
        try {
            id = co_await begin_again(session->hello, version, send);
        } catch (const Error& error) {
            log::warn("a session that the server had forgotten could not be begun anew: {}", error.message());
        }
        if (id.empty())
            session->lost = true;
        else
            session->server_id = id;
    }
    co_return !session->lost;
}

Second second_try(std::string_view method, std::string_view body) {
    constexpr std::array<std::string_view, 14> repeatable{"ping",
                                                          "tools/list",
                                                          "resources/list",
                                                          "resources/templates/list",
                                                          "resources/read",
                                                          "resources/subscribe",
                                                          "resources/unsubscribe",
                                                          "prompts/list",
                                                          "prompts/get",
                                                          "completion/complete",
                                                          "logging/setLevel",
                                                          "tasks/get",
                                                          "tasks/list",
                                                          "notifications/roots/list_changed"};
    if (method == "GET") return Second::send;
    const auto message = mcp::scan(body);
    if (!message) return Second::explain;
    if (std::ranges::find(repeatable, message->method_name) != repeatable.end()) return Second::send;
    return message->kind == mcp::Kind::request ? Second::explain : Second::drop;
}

} // namespace thv::proxy
