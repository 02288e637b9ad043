// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/run_config.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace thv;
using thv::test::slurp;

namespace {

/// A run config as upstream writes it, with every field that the file of a container with an HTTP server has.
constexpr std::string_view weather = R"({
  "schema_version": "v0.1.0",
  "image": "ghcr.io/acme/weather-mcp:1.4.2",
  "registry_server_name": "io.github.acme/weather",
  "cmd_args": [
    "--units",
    "metric",
    "a\u003cb\u003e\u0026c"
  ],
  "name": "weather",
  "container_name": "weather",
  "base_name": "weather",
  "transport": "streamable-http",
  "host": "127.0.0.1",
  "port": 18231,
  "target_port": 8000,
  "target_host": "127.0.0.1",
  "allowed_origins": [
    "http://localhost:18231"
  ],
  "publish": [
    "9000:90",
    "91"
  ],
  "permission_profile_name_or_path": "network",
  "permission_profile": {
    "read": [
      "/srv/wx:/data"
    ],
    "network": {
      "outbound": {
        "allow_host": [
          "api.acme.test"
        ],
        "allow_port": [
          443
        ]
      },
      "inbound": {}
    }
  },
  "env_vars": {
    "FASTMCP_PORT": "8000",
    "LOG": "info",
    "MCP_PORT": "8000",
    "MCP_TRANSPORT": "streamable-http"
  },
  "debug": true,
  "volumes": [
    "/srv/wx:/data:ro"
  ],
  "container_labels": {
    "team": "ops",
    "toolhive": "true",
    "toolhive-basename": "weather"
  },
  "oidc_config": {
    "Issuer": "https://id.acme.test",
    "Scopes": null
  },
  "secrets": [
    "wx-api-key,target=WX_API_KEY"
  ],
  "isolate_network": true,
  "session_ttl": "30m",
  "proxy_mode": "streamable-http",
  "group": "tools",
  "tools_filter": [
    "forecast"
  ],
  "ignore_config": {
    "LoadGlobal": true,
    "PrintOverlays": false
  },
  "middleware_configs": [
    {
      "type": "auth",
      "parameters": {}
    },
    {
      "type": "recovery",
      "parameters": null
    }
  ],
  "scaling_config": {
    "min": 1
  }
}
)";

/// The smallest text that is a run config, with more fields.
std::string minimal(std::string_view more) {
    return R"({"name":"wx","base_name":"wx","transport":"stdio")" + std::string{more.empty() ? "" : ","} +
           std::string{more} + "}";
}

std::string refusal(std::string_view text) {
    try {
        run_config_from_json(text, "wx.json");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        return error.message();
    }
    return "accepted";
}

} // namespace

TEST_CASE("what upstream wrote is read") {
    const auto config = run_config_from_json(weather, "weather.json");
    CHECK(config.image == "ghcr.io/acme/weather-mcp:1.4.2");
    CHECK(config.cmd_args == std::vector<std::string>{"--units", "metric", "a<b>&c"});
    CHECK(key(config) == "weather");
    CHECK(config.transport == Transport::streamable_http);
    CHECK(config.port == 18231);
    CHECK(config.target_port == 8000);
    CHECK(config.publish == std::vector<std::string>{"9000:90", "91"});
    CHECK(config.permission_profile->read == std::vector<std::string>{"/srv/wx:/data"});
    CHECK(config.env_vars.at("LOG") == "info");
    CHECK(config.container_labels.at("team") == "ops");
    CHECK(config.isolate_network);
    CHECK(config.debug);
    CHECK(config.session_ttl == "30m");
    CHECK(config.group == "tools");
    CHECK(config.document["secrets"][0] == "wx-api-key,target=WX_API_KEY");
    CHECK_NOTHROW(check_runnable(config));
}

TEST_CASE("what upstream wrote is written back byte for byte") {
    CHECK(to_json(run_config_from_json(weather, "weather.json")) == weather);
}

TEST_CASE("a file with every field that upstream knows is written back byte for byte") {
    const auto file = slurp(std::filesystem::path{THV_TEST_DATA} / "every_field.json");
    CHECK(nlohmann::json::parse(file).size() == 60);
    CHECK(to_json(run_config_from_json(file, "every_field.json")) == file);
}

TEST_CASE("one change changes one line") {
    auto config = run_config_from_json(weather, "weather.json");
    config.group = "other";
    std::string expected{weather};
    expected.replace(expected.find("\"tools\","), 8, "\"other\",");
    CHECK(to_json(config) == expected);
}

TEST_CASE("defaults that a file leaves out are effective and stay left out") {
    const std::string text = "{\n  \"schema_version\": \"v0.1.0\",\n  \"image\": \"\",\n  \"name\": \"wx\",\n"
                             "  \"transport\": \"sse\",\n  \"host\": \"127.0.0.1\",\n  \"port\": 0,\n"
                             "  \"permission_profile\": null\n}\n";
    const auto config = run_config_from_json(text, "wx.json");
    CHECK(config.group == "default");
    CHECK(config.target_host == "127.0.0.1");
    CHECK(config.proxy_mode == ProxyMode::sse);
    CHECK(to_json(config) == text);
    auto moved = config;
    moved.group = "tools";
    CHECK_THAT(to_json(moved), ContainsSubstring("\"group\": \"tools\""));
}

TEST_CASE("fields that nobody knows survive at the end, known ones without a member at their place") {
    const auto config = run_config_from_json(
        minimal(R"("zebra":{"b":1,"a":[2]},"secrets":["s,target=S"],"alpha":1.5,"isolate_network":true)"), "wx.json");
    const auto written = to_json(config);
    CHECK(written.find("\"secrets\"") < written.find("\"isolate_network\""));
    CHECK(written.find("\"isolate_network\"") < written.find("\"zebra\""));
    CHECK(written.find("\"zebra\"") < written.find("\"alpha\""));
    CHECK(nlohmann::ordered_json::parse(written)["zebra"].dump() == R"({"b":1,"a":[2]})");
    CHECK(to_json(run_config_from_json(written, "wx.json")) == written);
}

TEST_CASE("a new run config is written with everything upstream expects") {
    RunConfig config;
    config.image = "fetch:1";
    config.name = config.container_name = config.base_name = "fetch";
    config.port = 4000;
    config.permission_profile = *builtin_profile("none");
    CHECK(to_json(config) == R"({
  "schema_version": "v0.1.0",
  "image": "fetch:1",
  "name": "fetch",
  "container_name": "fetch",
  "base_name": "fetch",
  "transport": "stdio",
  "host": "127.0.0.1",
  "port": 4000,
  "target_host": "127.0.0.1",
  "permission_profile": {
    "name": "none",
    "network": {
      "outbound": {},
      "inbound": {}
    }
  },
  "proxy_mode": "streamable-http",
  "group": "default"
}
)");
}

TEST_CASE("emptied members leave the file") {
    auto config = run_config_from_json(weather, "weather.json");
    config.cmd_args.clear();
    config.env_vars.clear();
    config.isolate_network = false;
    config.permission_profile.reset();
    const auto written = nlohmann::ordered_json::parse(to_json(config));
    CHECK_FALSE(written.contains("cmd_args"));
    CHECK_FALSE(written.contains("env_vars"));
    CHECK_FALSE(written.contains("isolate_network"));
    CHECK(written["permission_profile"].is_null());
}

TEST_CASE("a transport that is not ours is listed and kept but not run") {
    for (const std::string word : {"inspector", ""}) {
        auto text = minimal("");
        text.replace(text.find("stdio"), 5, word);
        const auto config = run_config_from_json(text, "wx.json");
        CHECK(transport_word(config) == word);
        CHECK_THAT(to_json(config), ContainsSubstring("\"transport\": \"" + word + "\""));
        CHECK_THAT(to_json(config), !ContainsSubstring("proxy_mode"));
        CHECK_THROWS_WITH(check_runnable(config), ContainsSubstring("has the transport '" + word + "'"));
    }
}

TEST_CASE("only a stdio server leaves the proxy mode to the file") {
    CHECK(run_config_from_json(minimal(R"("proxy_mode":"sse")"), "f").proxy_mode == ProxyMode::sse);
    const auto http = R"({"name":"a","transport":"streamable-http","proxy_mode":"sse"})";
    CHECK(run_config_from_json(http, "f").proxy_mode == ProxyMode::streamable_http);
    CHECK(refusal(minimal(R"("proxy_mode":"smoke")")) == "wx.json: field 'proxy_mode' must be sse or streamable-http");
}

TEST_CASE("null counts as missing, as it does in Go") {
    const auto config = run_config_from_json(
        minimal(R"("cmd_args":null,"env_vars":null,"permission_profile":null,"port":null,"group":null,"debug":null)"),
        "f");
    CHECK(config.cmd_args.empty());
    CHECK_FALSE(config.permission_profile);
    CHECK(config.group == "default");
}

TEST_CASE("a name with a slash is kept when its key has none") {
    const auto config = run_config_from_json(R"({"name":"acme/wx","base_name":"acme-wx","transport":"stdio"})", "f");
    CHECK(config.name == "acme/wx");
    CHECK(key(config) == "acme-wx");
    CHECK(refusal(R"({"name":"acme/wx","transport":"stdio"})") ==
          "wx.json: field 'name' must be a valid workload name");
}

TEST_CASE("a wrong field is named, its value is not") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"[]", "wx.json: must be a JSON object"},
        {"null", "wx.json: must be a JSON object"},
        {"{}", "field 'name' must be a valid workload name"},
        {R"({"name":"../x"})", "field 'name' must be a valid workload name"},
        {R"({"name":"a","base_name":"../x"})", "field 'base_name' must be a valid workload name"},
        {R"({"name":"a","base_name":"a","container_name":"-x"})", "field 'container_name'"},
        {R"({"name":7})", "field 'name' must be a string"},
        {minimal(R"("image":[])"), "field 'image' must be a string"},
        {minimal(R"("port":"18231")"), "field 'port' must be an integer from 0 to 65535"},
        {minimal(R"("port":65536)"), "field 'port' must be an integer from 0 to 65535"},
        {minimal(R"("port":-1)"), "field 'port' must be an integer from 0 to 65535"},
        {minimal(R"("target_port":1.5)"), "field 'target_port' must be an integer"},
        {minimal(R"("cmd_args":"--x")"), "field 'cmd_args' must be a list of strings"},
        {minimal(R"("cmd_args":[{}])"), "field 'cmd_args' must be a list of strings"},
        {minimal(R"("env_vars":["A=1"])"), "field 'env_vars' must be an object of strings"},
        {minimal(R"("env_vars":{"A":1})"), "field 'env_vars' must be an object of strings"},
        {minimal(R"("env_vars":{"A=B":"hunter2"})"), "field 'env_vars' must be an object whose names"},
        {minimal(R"("env_vars":{"A":"hunter2\u0000"})"), "field 'env_vars' must be an object of strings without NUL"},
        {minimal(R"("publish":["80/tcp"])"), "field 'publish' must be a list of HOST:CONTAINER"},
        {minimal(R"("isolate_network":"yes")"), "field 'isolate_network' must be true or false"},
        {minimal(R"("session_ttl":"-1h")"), "field 'session_ttl' must be a duration"},
        {minimal(R"("session_ttl":"soon")"), "field 'session_ttl' must be a duration"},
        {minimal(R"("group":"Tools/..")"), "field 'group' must be a valid group name"},
        {minimal(R"("schema_version":1)"), "field 'schema_version' must be a string"},
        {minimal(R"("permission_profile":{"read":"/x"})"),
         "permission_profile: field 'read' must be a list of strings"},
        {minimal(R"("permission_profile":"none")"), "permission_profile: must be a JSON object"},
    };
    for (const auto& [text, message] : cases) {
        INFO(text);
        CHECK_THAT(refusal(text), StartsWith("wx.json: ") && ContainsSubstring(message));
        CHECK_THAT(refusal(text), !ContainsSubstring("hunter2"));
    }
}

TEST_CASE("text that is not UTF-8 is refused on the way out, too") {
    RunConfig config;
    config.name = "wx";
    config.cmd_args = {"\xff\xfe"};
    CHECK_THROWS_AS(to_json(config), Error);
}

TEST_CASE("memory is written with docker's and with Kubernetes' units") {
    CHECK(parse_memory("512m").value() == 512LL << 20);
    CHECK(parse_memory("512Mi").value() == 512LL << 20);
    CHECK(parse_memory("1.5g").value() == 3LL << 29);
    CHECK(parse_memory("1024").value() == 1024);
    CHECK(parse_memory("2kb").value() == 2048);
    for (const auto* text : {"", "m", "-1m", "0", "1x", "1mm", "nan", "1e9", "999999999999t"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_memory(text));
    }
}

TEST_CASE("CPUs are written as cores and as thousandths") {
    CHECK(parse_cpus("0.5").value() == 500);
    CHECK(parse_cpus("2").value() == 2000);
    CHECK(parse_cpus("250m").value() == 250);
    for (const auto* text : {"", "0", "-1", "1x", "0.0001", "99999999"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_cpus(text));
    }
}

TEST_CASE("limits and secrets survive the file, and limits of another form are refused") {
    RunConfig config;
    config.name = "a";
    config.limits = {.memory = 1024, .milli_cpus = 250, .pids = {}};
    config.secrets = {"s,target=T"};
    const auto again = run_config_from_json(to_json(config), "x");
    CHECK(again.limits == config.limits);
    CHECK(again.secrets == config.secrets);
    for (const auto* limits : {"1", R"({"memory_bytes": "1"})", R"({"memory_bytes": 0})", R"({"milli_cpus": -1})"}) {
        CAPTURE(limits);
        const auto text = std::string{R"({"name": "a", "transport": "stdio", "resource_limits": )"} + limits + "}";
        CHECK_THROWS_AS(run_config_from_json(text, "x"), Error);
    }
}
