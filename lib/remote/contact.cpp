// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "remote/contact.hpp"

#include "http/event_stream.hpp"
#include "io/deadline.hpp"
#include "io/log.hpp"

#include <fmt/format.h>

namespace thv::remote {

using namespace std::chrono_literals;

namespace {

constexpr int most_redirects = 5;
constexpr std::size_t longest_refusal = 64U << 10U;

bool keeps_method(int status) {
    return status == 301 || status == 302 || status == 307 || status == 308;
}

http::Request first_request(const Server& server, Duration limit) {
    http::Request request;
    request.target = server.address.target;
    request.deadline = limit;
    request.headers = server.credentials;
    if (server.transport == Transport::sse) {
        request.headers.emplace_back("Accept", "text/event-stream");
        return request;
    }
    request.method = "POST";
    request.headers.emplace_back("Content-Type", "application/json");
    request.headers.emplace_back("Accept", "application/json, text/event-stream");
    request.body = R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",)"
                   R"("capabilities":{},"clientInfo":{"name":"thv","version":")" THV_VERSION R"("}}})";
    return request;
}

/// The session is of no use to anybody, and a server that cannot end it says so, which is as well.
Task<> part(std::shared_ptr<http::Client> client, Server server, std::string session) {
    http::Request request;
    request.method = "DELETE";
    request.target = server.address.target;
    request.headers = server.credentials;
    request.headers.emplace_back("Mcp-Session-Id", std::move(session));
    request.deadline = 2s;
    try {
        co_await client->request(std::move(request));
    } catch (const Error& error) {
        log::debug("ending the first session failed: {}", error.message());
    }
}

Error speaks_otherwise(const Server& server, int status) {
    const bool sse = server.transport == Transport::sse;
    return Error{Fault::unsupported,
                 fmt::format("{} does not speak {} at {} (status {})", http::to_string(server.address.endpoint),
                             to_string(server.transport), shown_url(server.address.target), status)}
        .hint(fmt::format("check the path, or try --transport {}", sse ? "streamable-http" : "sse"));
}

} // namespace

Task<std::unique_ptr<http::Stream>> open_following(std::shared_ptr<http::Client> client, http::Address base,
                                                   http::Request request) {
    base.target = request.target;
    for (int count = 0;; ++count) {
        auto stream = co_await client->open(request);
        const auto* const location = stream->head().header("location");
        if (!keeps_method(stream->head().status) || location == nullptr) co_return stream;
        const auto next = http::resolve(base, *location);
        if (!next)
            throw Error{Fault::denied, fmt::format("{} sends us to another server", http::to_string(base.endpoint))}
                .hint("run it with the URL that it sends to");
        if (count == most_redirects)
            throw Error{Fault::unreachable, fmt::format("{} redirects without end", http::to_string(base.endpoint))};
        base = *next;
        request.target = base.target;
    }
}

Error locked_out(const http::Endpoint& endpoint, int status) {
    return Error{Fault::denied,
                 fmt::format("{} does not accept our credentials (status {})", http::to_string(endpoint), status)}
        .hint("give them with --remote-bearer-secret or --remote-header");
}

std::optional<Error> trouble_of(int status, const http::Endpoint& endpoint, bool with_credentials) {
    const auto where = http::to_string(endpoint);
    if (status == 401 || (status == 403 && with_credentials)) return locked_out(endpoint, status);
    if (status >= 502 && status <= 504)
        return Error{Fault::unreachable, fmt::format("{} answers with status {}", where, status)};
    return std::nullopt;
}

Task<> greet(Server server, Duration limit) {
    const auto client = std::make_shared<http::Client>(server.address.endpoint);
    auto request = first_request(server, limit);
    const auto stream = co_await open_following(client, server.address, std::move(request));
    const auto& head = stream->head();
    if (auto trouble = trouble_of(head.status, server.address.endpoint, !server.credentials.empty()))
        throw Error{*trouble};
    if (server.transport == Transport::sse) {
        if (!head.ok() || !http::is_event_stream(head)) throw speaks_otherwise(server, head.status);
        co_return;
    }
    if (head.ok()) {
        if (const auto* const session = head.header("mcp-session-id")) co_await part(client, server, *session);
        co_return;
    }
    // A server of a revision without sessions refuses this, but in the words of the protocol.
    auto reading = stream->read_all(longest_refusal);
    const auto body = co_await with_deadline(std::move(reading), limit, "reading the server's refusal");
    if (!body.contains("\"jsonrpc\"")) throw speaks_otherwise(server, head.status);
}

Task<std::optional<Error>> look(std::shared_ptr<http::Client> client, Server server) {
    http::Request request;
    request.method = "HEAD";
    request.target = server.address.target;
    request.headers = server.credentials;
    request.deadline = 10s;
    std::optional<Error> trouble;
    try {
        const auto stream = co_await open_following(client, server.address, std::move(request));
        trouble = trouble_of(stream->head().status, server.address.endpoint, !server.credentials.empty());
        while (!trouble) // to its end, so that the connection can be used again
            if ((co_await stream->read_some()).empty()) break;
    } catch (const Error& error) {
        trouble = error;
    }
    co_return trouble;
}

} // namespace thv::remote
