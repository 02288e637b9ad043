// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/probe.hpp"

#include "io/log.hpp"
#include "mcp/versions.hpp"

#include <fmt/format.h>

namespace thv::proxy {

namespace {

std::string hello() {
    return fmt::format(R"({{"jsonrpc":"2.0","id":0,"method":"initialize","params":{{"protocolVersion":"{}",)"
                       R"("capabilities":{{}},"clientInfo":{{"name":"thv","version":"{}"}}}}}})",
                       mcp::latest_version, THV_VERSION);
}

http::Request probe_request(Transport transport) {
    http::Request request;
    if (transport == Transport::sse) {
        request.target = "/sse";
        request.headers = {{"Accept", "text/event-stream"}};
        return request;
    }
    request.method = "POST";
    request.target = "/mcp";
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json, text/event-stream"}};
    request.body = hello();
    return request;
}

// The probe's session is of no use to anybody, and a server that cannot end it says so, which is as well.
Task<> say_goodbye(std::shared_ptr<http::Client> client, std::string session) {
    http::Request request;
    request.method = "DELETE";
    request.target = "/mcp";
    request.headers = {{"Mcp-Session-Id", std::move(session)}};
    request.deadline = std::chrono::seconds{2};
    try {
        co_await client->request(std::move(request));
    } catch (const Error& error) {
        log::debug("ending the probe's session failed: {}", error.message());
    }
}

} // namespace

Task<int> first_status(std::shared_ptr<http::Client> client, Transport transport, Duration limit) {
    auto request = probe_request(transport);
    request.deadline = limit;
    const auto stream = co_await client->open(std::move(request));
    const auto& head = stream->head();
    const auto* const session = head.header("mcp-session-id");
    if (session != nullptr) co_await say_goodbye(client, *session);
    co_return head.status;
}

} // namespace thv::proxy
