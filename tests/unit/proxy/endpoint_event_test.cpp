// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/endpoint_event.hpp"
#include "support/catch.hpp"

#include <vector>

using thv::proxy::EndpointEvent;

namespace {

std::string passed(std::string_view stream, std::size_t chunk) {
    EndpointEvent endpoint{[](std::string_view said) { return std::string{thv::proxy::without_authority(said)}; }};
    std::string out;
    for (std::size_t at = 0; at < stream.size(); at += chunk)
        out += endpoint.feed(stream.substr(at, chunk));
    return out + endpoint.finish();
}

} // namespace

TEST_CASE("the endpoint event loses its host and everything else stays, wherever chunks are cut") {
    struct Case {
        std::string from, to;
    };
    const std::string more = "event: message\ndata: {\"url\":\"http://0.0.0.0:8080/x\"}\n\n";
    for (const auto& [from, to] : std::vector<Case>{
             {"event: endpoint\ndata: http://0.0.0.0:8080/messages?s=1\n\n",
              "event: endpoint\ndata: /messages?s=1\n\n"},
             {"event: endpoint\r\ndata: https://backend/messages?s=1\r\n\r\n",
              "event: endpoint\r\ndata: /messages?s=1\r\n\r\n"},
             {"data:http://127.0.0.1:1/m\nevent:endpoint\n\n", "data:/m\nevent:endpoint\n\n"},
             {"event: endpoint\ndata: /messages?s=1\n\n", "event: endpoint\ndata: /messages?s=1\n\n"},
             {": hello\n\nevent: endpoint\ndata: http://h/m\n\n", ": hello\n\nevent: endpoint\ndata: /m\n\n"},
             {"event: message\ndata: http://h/m\n\n", "event: message\ndata: http://h/m\n\n"},
             {"no event at all", "no event at all"},
         }) {
        for (const std::size_t chunk : {1U, 3U, 1000U}) {
            INFO(from << " in chunks of " << chunk);
            const bool complete = from.ends_with("\n");
            CHECK(passed(from + (complete ? more : ""), chunk) == to + (complete ? more : ""));
        }
    }
}

TEST_CASE("a stream without events is not held back without end") {
    EndpointEvent endpoint{[](std::string_view said) { return std::string{thv::proxy::without_authority(said)}; }};
    std::string out;
    for (int i = 0; i < 100; ++i)
        out += endpoint.feed(std::string(1000, 'x'));
    CHECK(out.size() == 100'000);
}

TEST_CASE("lines of any length follow the endpoint as they are") {
    const std::string long_event = "data: " + std::string(3U << 20U, 'x') + "\n\n";
    const std::string start = "event: endpoint\ndata: http://h/m\n\n";
    for (const std::size_t chunk : {1000U, 65536U})
        CHECK(passed(start + long_event, chunk) == "event: endpoint\ndata: /m\n\n" + long_event);
}
