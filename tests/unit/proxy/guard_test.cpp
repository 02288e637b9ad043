// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/guard.hpp"
#include "support/catch.hpp"

using thv::proxy::Guard;

TEST_CASE("Host may be a loopback name or what was configured, whatever the port") {
    const Guard guard{"127.0.0.1", 8080, {"https://app.example:9000/"}};
    for (const auto* host :
         {"localhost", "LocalHost:8080", "127.0.0.1:1", "[::1]:8080", "[::1]", "app.example", "app.example:443"}) {
        INFO(host);
        CHECK(guard.host_allowed(host));
    }
    for (const auto* host :
         {"", "evil.com", "localhost.evil.com", "127.0.0.1.evil.com", "evil.com:8080", "localhost:80:90",
          "user@localhost", "localhost:x", "192.168.0.7", "[::1", "::1", "localhost,evil.com", "0.0.0.0"}) {
        INFO(host);
        CHECK_FALSE(guard.host_allowed(host));
    }
}

TEST_CASE("on every address Host may also be an address, but still no name") {
    for (const auto* any : {"0.0.0.0", "::"}) {
        const Guard guard{any, 8080, {}};
        for (const auto* host : {"localhost", "192.168.0.7:8080", "10.0.0.1", "[fe80::1]:8080"}) {
            INFO(host);
            CHECK(guard.host_allowed(host));
        }
        for (const auto* host : {"evil.com", "rebind.192.168.0.7.example", "192.168.0"}) {
            INFO(host);
            CHECK_FALSE(guard.host_allowed(host));
        }
    }
}

TEST_CASE("on one address Host may be that address") {
    const Guard guard{"192.168.0.7", 8080, {}};
    CHECK(guard.host_allowed("192.168.0.7:8080"));
    CHECK_FALSE(guard.host_allowed("192.168.0.8:8080"));
    CHECK(guard.origin_allowed("http://192.168.0.7:8080"));
}

TEST_CASE("Origin may be ours or a configured one, exactly") {
    const Guard guard{"127.0.0.1", 8080, {"https://app.example/"}};
    for (const auto* origin : {"http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080",
                               "https://localhost:8080", "https://app.example", "HTTPS://APP.example"}) {
        INFO(origin);
        CHECK(guard.origin_allowed(origin));
    }
    for (const auto* origin :
         {"", "null", "http://localhost", "http://localhost:8081", "http://app.example", "https://app.example:444",
          "https://app.example.evil.com", "https://user@app.example", "https://evil.com", "*", "file://"}) {
        INFO(origin);
        CHECK_FALSE(guard.origin_allowed(origin));
    }
}

TEST_CASE("Host may be an allowed host, with or without a port") {
    const Guard guard{"0.0.0.0", 8080, {}, {"mcp.example", "fd00::7", "[fd00::8]"}};
    for (const auto* host : {"mcp.example", "MCP.example:8080", "[fd00::7]:1", "[fd00::8]"}) {
        INFO(host);
        CHECK(guard.host_allowed(host));
    }
    CHECK_FALSE(guard.host_allowed("other.example"));
    CHECK_FALSE(guard.origin_allowed("http://mcp.example"));
}
