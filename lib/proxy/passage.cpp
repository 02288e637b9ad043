// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/passage.hpp"

#include "core/text.hpp"
#include "http/event_stream.hpp"
#include "mcp/jsonrpc.hpp"
#include "proxy/endpoint_event.hpp"
#include "proxy/mailbox.hpp"
#include "remote/contact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace thv::proxy {

namespace {

constexpr std::size_t enough_queued = 256U << 10U;
constexpr std::size_t small_answer = 64U << 10U;

/// Whether a field is about one connection only (RFC 9110, 7.6.1), `connection` being the value of that field.
bool hop_by_hop(const std::string& name, std::string_view connection) {
    constexpr std::array<std::string_view, 9> always{"connection",          "keep-alive", "proxy-connection",
                                                     "proxy-authorization", "te",         "trailer",
                                                     "transfer-encoding",   "upgrade",    "proxy-authenticate"};
    if (std::ranges::find(always, name) != always.end()) return true;
    const auto listed = lower(connection);
    for (std::string_view rest{listed}; !rest.empty();) {
        const auto comma = std::min(rest.find(','), rest.size());
        auto token = rest.substr(0, comma);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        while (token.starts_with(' '))
            token.remove_prefix(1);
        while (token.ends_with(' '))
            token.remove_suffix(1);
        if (token == name) return true;
    }
    return false;
}

std::optional<std::size_t> content_length(const http::Response& head) {
    const auto* const value = head.header("content-length");
    if (value == nullptr || value->empty() || value->size() > 18) return std::nullopt;
    std::size_t length = 0;
    for (const char digit : *value) {
        if (digit < '0' || digit > '9') return std::nullopt;
        length = length * 10 + static_cast<std::size_t>(digit - '0');
    }
    return length;
}

bool is_forwarding(const std::string& name) {
    return name.starts_with("x-forwarded-") || name == "forwarded" || name == "x-real-ip";
}

/// Where a client's request goes: /mcp and /sse stand for the endpoint, wherever that is.
std::string target_for(const http::Visit& visit, const Backend& backend) {
    const auto asked = visit.target();
    const auto path = visit.path();
    const auto own = std::string_view{backend.address.target}.substr(0, backend.address.target.find('?'));
    const bool alias = path == (backend.sse ? "/sse" : "/mcp") || (path == "/" && own == "/");
    if (!backend.foreign || (path != own && !alias)) return std::string{asked};
    auto target = backend.address.target;
    if (asked.size() == path.size()) return target;
    target += target.contains('?') ? '&' : '?';
    return target.append(asked.substr(path.size() + 1));
}

bool goes_to_endpoint(std::string_view target, const Backend& backend) {
    const auto path = target.substr(0, target.find('?'));
    const auto own = std::string_view{backend.address.target}.substr(0, backend.address.target.find('?'));
    return path == own || backend.message_paths.contains(std::string{path});
}

void set_header(http::Request& request, std::string_view lower_name, const std::string& value) {
    for (auto& [name, old] : request.headers)
        if (lower(name) == lower_name) old = value;
}

constexpr std::size_t most_message_paths = 64;

/// What HTTP+SSE clients are told for what the server said: a path, so that they post to whom they connected. A server
/// in a container knows itself by other names than ours; where somebody else's server sends to somebody else again is
/// not ours to change.
std::string endpoint_for_clients(Backend& backend, Mailbox& mailbox, std::string_view said) {
    if (!backend.foreign) {
        mailbox.open(posting_target(backend.address.target, said));
        return backend.endpoint_prefix + std::string{without_authority(said)};
    }
    const auto place = http::resolve(backend.address, said);
    if (!place) return std::string{said};
    if (backend.message_paths.size() < most_message_paths)
        backend.message_paths.insert(place->target.substr(0, place->target.find('?')));
    mailbox.open(place->target);
    return backend.endpoint_prefix + place->target;
}

Task<> stream_back(std::shared_ptr<Passage> passage, std::unique_ptr<http::Stream> stream, BackendPtr backend,
                   bool rewrite) {
    std::optional<EndpointEvent> endpoint;
    if (rewrite) {
        const auto mailbox = std::make_shared<Mailbox>(backend, passage->visit->principal());
        endpoint.emplace(
            [backend, mailbox](std::string_view said) { return endpoint_for_clients(*backend, *mailbox, said); });
    }
    while (passage->visit != nullptr) {
        auto bytes = co_await stream->read_some();
        if (passage->visit == nullptr) co_return;
        const bool end = bytes.empty();
        if (endpoint) bytes = end ? endpoint->finish() : endpoint->feed(bytes);
        if (!bytes.empty() && !passage->visit->send(bytes)) co_return;
        if (end) co_return passage->visit->finish();
        if (passage->visit->queued() <= enough_queued) continue;
        passage->room.reset();
        co_await passage->room.wait();
    }
}

Task<> send_back(std::shared_ptr<Passage> passage, std::unique_ptr<http::Stream> stream, BackendPtr backend,
                 std::string fields) {
    const auto& head = stream->head();
    const auto method = passage->visit->method();
    const auto length = content_length(head);
    if (length && *length <= small_answer && method != "HEAD" && !http::is_event_stream(head)) {
        // In one piece: one write, and a length that the client can see.
        const auto body = co_await stream->read_all(small_answer);
        if (passage->visit != nullptr) passage->visit->answer(head.status, fields, body);
        co_return;
    }
    const bool rewrite = backend->sse && method == "GET" && http::is_event_stream(head);
    passage->visit->start(head.status, fields);
    if (!passage->visit->send(std::string_view{})) co_return;
    co_await stream_back(std::move(passage), std::move(stream), std::move(backend), rewrite);
}

Task<std::unique_ptr<http::Stream>> send(BackendPtr backend, http::Request request) {
    const bool counts = backend->noted && goes_to_endpoint(request.target, *backend);
    std::optional<Error> failure;
    try {
        auto opening = backend->foreign ? remote::open_following(backend->client, backend->address, std::move(request))
                                        : backend->client->open(std::move(request));
        auto stream = co_await std::move(opening);
        if (counts) backend->noted(stream->head().status, nullptr);
        co_return stream;
    } catch (const Error& error) {
        failure = error;
    }
    if (counts) backend->noted(0, &*failure);
    throw *failure;
}

/// Messages of ours to the endpoint.
Task<std::unique_ptr<http::Stream>> send_own(BackendPtr backend, std::string target, http::Request request) {
    request.target = std::move(target);
    request.headers.insert(request.headers.end(), backend->credentials.begin(), backend->credentials.end());
    auto stream = co_await send(std::move(backend), std::move(request));
    co_return stream;
}

/// What a refused request of a session was refused for.
struct Refusal {
    bool forgotten = false;          ///< the server does not know the session
    std::optional<std::string> body; ///< none: it is still to be read
};

bool may_have_forgotten(int status) {
    return status == 404 || status == 400;
}

/// 404 is what the protocol wants a server to say of a session that it does not know (MCP 2025-03-26 and later,
/// "Session Management"); servers in the manner of the official SDK's examples say 400 and -32000 instead.
Task<Refusal> refusal_of(http::Stream& stream) {
    const auto& head = stream.head();
    const auto length = content_length(head);
    const bool by_status = head.status == 404;
    if (!length || *length > small_answer) co_return Refusal{.forgotten = by_status, .body = {}};
    auto body = co_await stream.read_all(small_answer);
    const auto code = mcp::member(mcp::member(body, "error"), "code");
    const auto why = lower(mcp::unquote(mcp::member(mcp::member(body, "error"), "message")).value_or(""));
    const bool by_words = (code == "-32000" || code == "-32001") && why.contains("session");
    co_return Refusal{.forgotten = by_status || by_words, .body = std::move(body)};
}

/// The server has forgotten the session by the id that it was sent. Returns the answer to a second try; null when the
/// first answer stands, or when the client has been answered, whose passage is then over.
Task<std::unique_ptr<http::Stream>> try_again(std::shared_ptr<Passage> passage, BackendPtr backend,
                                              PassedSessionPtr session, std::string sent_id) {
    const std::string version{passage->visit->header("mcp-protocol-version").value_or("")};
    const Sender sender = [backend, target = target_for(*passage->visit, *backend)](http::Request own) {
        return send_own(backend, target, std::move(own));
    };
    const bool revived = co_await revive(session, std::move(sent_id), version, sender);
    if (passage->visit == nullptr || !revived) co_return nullptr;
    auto request = forwarded(*passage->visit, *backend);
    const auto second = second_try(request.method, request.body);
    if (second == Second::send) {
        set_header(request, "mcp-session-id", session->server_id);
        // Events of the old session mean nothing to the new one.
        std::erase_if(request.headers, [](const auto& field) { return lower(field.first) == "last-event-id"; });
        auto stream = co_await send(backend, std::move(request));
        co_return stream;
    }
    auto& visit = *std::exchange(passage->visit, nullptr);
    if (second == Second::drop) {
        visit.answer(202, {}, std::string_view{});
        co_return nullptr;
    }
    const auto message = mcp::scan(request.body);
    constexpr std::string_view why =
        "the server had forgotten this session and a new one was begun; this was not sent again, for it may rely on "
        "what the old one held: call again if it does not";
    visit.answer(200, "Content-Type: application/json\r\n",
                 mcp::error_message(message ? message->id : std::string_view{}, -32000, why));
    co_return nullptr;
}

/// The answer for a session that does not exist: that this one does is nobody else's business.
void deny_session(http::Visit& visit) {
    const auto message = mcp::scan(visit.body());
    visit.answer(404, "Content-Type: application/json\r\n",
                 mcp::error_message(message ? message->id : std::string_view{}, -32001, "Session not found"));
}

/// Remembers a session that has just begun, and forgets one that has ended.
void keep_account(const http::Visit& visit, const http::Response& head, PassedSessions& sessions) {
    const auto given = visit.header("mcp-session-id");
    if (given && visit.method() == "DELETE" && (head.ok() || head.status == 404)) return sessions.ended(*given);
    const auto* const id = head.header("mcp-session-id");
    if (given || id == nullptr || !head.ok() || visit.method() != "POST") return;
    const auto message = mcp::scan(visit.body());
    if (message && message->method == mcp::Method::initialize) sessions.begun(*id, visit.body(), visit.principal());
}

} // namespace

http::Request forwarded(const http::Visit& visit, const Backend& backend) {
    http::Request request;
    request.method = visit.method();
    request.target = target_for(visit, backend);
    request.body = visit.body();
    request.deadline = std::chrono::minutes{15}; // of a call until its answer begins, as for stdio servers
    const auto connection = visit.header("connection").value_or("");
    constexpr std::array<std::string_view, 4> ours{"host", "origin", "content-length", "expect"};
    for (std::size_t i = 0; i < visit.fields(); ++i) {
        const auto [name, value] = visit.field(i);
        const auto key = lower(name);
        if (hop_by_hop(key, connection) || std::ranges::find(ours, key) != ours.end()) continue;
        if (is_forwarding(key) && !backend.trusts_forwarded) continue;
        if (backend.foreign && (key == "authorization" || key == "cookie")) continue;
        if (http::find_header(backend.credentials, key) != nullptr) continue;
        request.headers.emplace_back(name, value);
    }
    if (goes_to_endpoint(request.target, backend))
        request.headers.insert(request.headers.end(), backend.credentials.begin(), backend.credentials.end());
    return request;
}

std::string returned_fields(const http::Response& head, const std::string& cors_fields, const PassedSession* session) {
    const auto* const connection = head.header("connection");
    std::string fields = cors_fields;
    for (const auto& [name, value] : head.headers) {
        const auto key = lower(name);
        if (key == "content-length" || key == "date") continue;
        if (hop_by_hop(key, connection == nullptr ? std::string_view{} : *connection)) continue;
        if (!cors_fields.empty() && key.starts_with("access-control-")) continue;
        const bool mapped = session != nullptr && key == "mcp-session-id" && value == session->server_id;
        fmt::format_to(std::back_inserter(fields), "{}: {}\r\n", name, mapped ? session->client_id : value);
    }
    return fields;
}

Task<> pass(std::shared_ptr<Passage> passage, BackendPtr backend, std::string cors_fields) {
    auto request = forwarded(*passage->visit, *backend);
    const bool ends = request.method == "DELETE" || request.method == "HEAD";
    const auto session =
        backend->sessions ? backend->sessions->find(passage->visit->header("mcp-session-id")) : PassedSessionPtr{};
    const bool foreign = session && session->principal != passage->visit->principal();
    if (foreign || !may_post(*passage->visit, *backend))
        co_return deny_session(*std::exchange(passage->visit, nullptr));
    const auto sent_id = session ? session->server_id : std::string{};
    if (session) set_header(request, "mcp-session-id", sent_id);
    auto stream = co_await send(backend, std::move(request));
    if (passage->visit == nullptr) co_return;
    if (session && !ends && may_have_forgotten(stream->head().status)) {
        auto refusal = co_await refusal_of(*stream);
        std::unique_ptr<http::Stream> again;
        if (refusal.forgotten && passage->visit != nullptr)
            again = co_await try_again(passage, backend, session, sent_id);
        if (passage->visit == nullptr) co_return;
        if (!again && refusal.body) {
            const auto fields = returned_fields(stream->head(), cors_fields, session.get());
            co_return passage->visit->answer(stream->head().status, fields, *refusal.body);
        }
        if (again) stream = std::move(again);
    }
    if (backend->foreign && stream->head().status == 401) throw remote::locked_out(backend->address.endpoint, 401);
    if (backend->sessions) keep_account(*passage->visit, stream->head(), *backend->sessions);
    const auto fields = returned_fields(stream->head(), cors_fields, session.get());
    co_await send_back(std::move(passage), std::move(stream), std::move(backend), fields);
}

} // namespace thv::proxy
