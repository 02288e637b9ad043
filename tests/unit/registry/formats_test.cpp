// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/entry.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

#include <fmt/format.h>

using namespace thv;
using namespace thv::registry;
using namespace thv::test;

namespace {

constexpr std::string_view two_servers = R"({
  "version": "1.0.0", "last_updated": "2026-01-02T03:04:05Z",
  "servers": {
    "weather": {
      "description": "Tells the weather", "image": "ghcr.io/acme/weather:1.4", "transport": "streamable-http",
      "args": ["--metric"], "target_port": 8080, "tier": "Community", "status": "Active",
      "env_vars": [
        {"name": "KEY", "description": "a key", "required": true, "secret": true},
        {"name": "UNITS", "description": "", "required": false, "default": "metric"}
      ],
      "permissions": {"network": {"outbound": {"allow_host": ["api.example.com"], "allow_port": [443]}}},
      "tools": ["forecast"], "tags": ["weather"], "repository_url": "https://example.com/weather",
      "metadata": {"stars": 12, "pulls": 3400, "last_updated": "2026-01-01T00:00:00Z"},
      "future": {"anything": 1}
    }
  },
  "remote_servers": {
    "away": {
      "description": "Elsewhere", "url": "https://mcp.example.com/mcp", "transport": "sse",
      "headers": [{"name": "X-Api-Key", "description": "a key", "required": true, "secret": true}],
      "oauth_config": {"issuer": "https://id.example.com"}
    }
  }
})";

std::string with_server(std::string_view fields) {
    return fmt::format(R"({{"servers": {{"fine": {{"image": "img", "transport": "stdio"}}, "x": {}}}}})", fields);
}

} // namespace

TEST_CASE("a registry file tells all that is needed to run its servers") {
    const auto catalogue = parse_catalogue(two_servers, "r.json");
    CHECK(catalogue.broken.empty());
    CHECK(catalogue.last_updated == "2026-01-02T03:04:05Z");
    REQUIRE(catalogue.entries.size() == 2);
    const auto& away = catalogue.entries[0];
    CHECK(away.name == "away");
    CHECK(away.remote());
    CHECK(away.url == "https://mcp.example.com/mcp");
    CHECK(away.transport == Transport::sse);
    CHECK(away.oauth);
    REQUIRE(away.headers.size() == 1);
    CHECK(away.headers[0] ==
          Variable{.name = "X-Api-Key", .description = "a key", .value = {}, .required = true, .secret = true});
    const auto& weather = catalogue.entries[1];
    CHECK_FALSE(weather.remote());
    CHECK(weather.image == "ghcr.io/acme/weather:1.4");
    CHECK(weather.transport == Transport::streamable_http);
    CHECK(weather.args == std::vector<std::string>{"--metric"});
    CHECK(weather.target_port == 8080);
    REQUIRE(weather.variables.size() == 2);
    CHECK(weather.variables[1].value == "metric");
    CHECK_FALSE(weather.variables[0].value);
    CHECK(weather.tools == std::vector<std::string>{"forecast"});
    CHECK(weather.stars == 12);
    CHECK(weather.pulls == 3400);
    CHECK(weather.permissions["network"]["outbound"]["allow_host"][0] == "api.example.com");
}

TEST_CASE("what is read is written in the same form") {
    const auto catalogue = parse_catalogue(two_servers, "r.json");
    const auto again = parse_catalogue(to_json(catalogue), "again");
    CHECK(again.entries == catalogue.entries);
    CHECK(again.last_updated == catalogue.last_updated);
    CHECK(parse_catalogue(to_json(Catalogue{}), "empty").entries.empty());
}

TEST_CASE("one entry that cannot be used hides no other, and says why") {
    const auto [fields, why] = GENERATE(table<std::string, std::string>({
        {R"([])", "must be a JSON object"},
        {R"({"transport": "stdio"})", "it must have an image"},
        {R"({"image": "img"})", "field 'transport' must be stdio, sse or streamable-http"},
        {R"({"image": "img", "transport": "telepathy"})", "field 'transport'"},
        {R"({"image": 7, "transport": "stdio"})", "field 'image' must be a string"},
        {R"({"image": "a b", "transport": "stdio"})", "no image reference"},
        {R"({"image": "--privileged", "transport": "stdio"})", "no image reference"},
        {R"({"image": "img", "transport": "stdio", "target_port": 70000})", "field 'target_port'"},
        {R"({"image": "img", "transport": "stdio", "args": "x"})", "field 'args' must be a list"},
        {R"({"image": "img", "transport": "stdio", "args": ["a\u0000b"]})", "without NUL"},
        {R"({"image": "img", "transport": "stdio", "env_vars": {}})", "field 'env_vars' must be a list"},
        {R"({"image": "img", "transport": "stdio", "env_vars": [{"name": "A=B"}]})", "no usable name"},
        {R"({"image": "img", "transport": "stdio", "env_vars": [{"name": ""}]})", "no usable name"},
        {R"({"image": "img", "transport": "stdio", "env_vars": [{"name": "A", "required": "yes"}]})", "'required'"},
        {R"({"image": "img", "transport": "stdio", "permissions": []})", "must be a JSON object"},
        {R"({"image": "img", "transport": "stdio", "permissions": {"read": "/"}})", "field 'read'"},
    }));
    const auto catalogue = parse_catalogue(with_server(fields), "r.json");
    REQUIRE(catalogue.broken.size() == 1);
    CHECK(catalogue.broken[0].name == "x");
    CHECK_THAT(catalogue.broken[0].error.message(), StartsWith("r.json: x: ") || StartsWith("r.json: x"));
    CHECK_THAT(catalogue.broken[0].error.message(), ContainsSubstring(why));
    REQUIRE(catalogue.entries.size() == 1);
    CHECK(catalogue.entries[0].name == "fine");
}

TEST_CASE("names and URLs of remote servers are checked") {
    const auto [name, url, transport] = GENERATE(table<std::string, std::string, std::string>({
        {"x", "ftp://h.example/", "sse"},
        {"x", "https://user:pw@h.example/", "sse"},
        {"x", "https://h.example/", "stdio"},
        {"a b", "https://h.example/", "sse"},
        {"", "https://h.example/", "sse"},
        {"../../x\\u001b", "https://h.example/", "sse"},
    }));
    const auto text =
        fmt::format(R"({{"remote_servers": {{"{}": {{"url": "{}", "transport": "{}"}}}}}})", name, url, transport);
    const auto catalogue = parse_catalogue(text, "r.json");
    CHECK(catalogue.entries.empty());
    REQUIRE(catalogue.broken.size() == 1);
    CHECK_THAT(catalogue.broken[0].error.message(), !ContainsSubstring("pw"));
}

TEST_CASE("what is no registry is refused as a whole") {
    const auto [text, why] = GENERATE(table<std::string, std::string>({
        {"", "not valid JSON"},
        {"<html>", "not valid JSON"},
        {"[]", "must be a JSON object"},
        {"{}", "it has no 'servers'"},
        {R"({"servers": "x"})", "field 'servers' must be an object"},
        {R"({"servers": {}, "remote_servers": []})", "field 'remote_servers'"},
        {R"({"data": {}})", "field 'servers' must be a list"},
        {R"({"data": {"servers": {}}})", "'servers' must be a list"},
        {std::string(largest_registry + 1, ' '), "larger than"},
        {std::string(200, '[') + std::string(200, ']'), "nested more than"},
    }));
    const auto error = error_of([&content = text] { static_cast<void>(parse_catalogue(content, "r.json")); });
    CHECK(error.fault() == Fault::usage);
    CHECK_THAT(error.message(), StartsWith("r.json: ") && ContainsSubstring(why));
}

TEST_CASE("counts that are none are left out") {
    const auto catalogue = parse_catalogue(
        R"({"servers": {"x": {"image": "i", "transport": "stdio", "metadata": {"stars": -1, "pulls": 1e300}}}})", "r");
    REQUIRE(catalogue.entries.size() == 1);
    CHECK(catalogue.entries[0].stars == 0);
    CHECK(catalogue.entries[0].pulls == 0);
}
