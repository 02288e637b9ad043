// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "plan/entry.hpp"
#include "plan/profile.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace thv::plan;
using nlohmann::ordered_json;

namespace {

ordered_json entry(std::string_view text) {
    return ordered_json::parse(text);
}

/// As `thv run` stores it: with the variables and labels of its own.
RunConfig stored() {
    return run_config_from_json(R"({"schema_version": "v0.1.0", "image": "mcp/fetch:1", "name": "fetch",
        "container_name": "fetch", "base_name": "fetch", "transport": "streamable-http", "host": "127.0.0.1",
        "port": 18080, "target_port": 8080, "permission_profile": {"name": "network",
        "network": {"outbound": {"insecure_allow_all": true}, "inbound": {}}, "read": ["/srv/data:/data"]},
        "env_vars": {"MCP_TRANSPORT": "streamable-http", "MCP_PORT": "8080", "FASTMCP_PORT": "8080", "LOG": "info"},
        "volumes": ["/srv/data:/data:ro"], "container_labels": {"toolhive": "true", "toolhive-name": "fetch",
        "toolhive-basename": "fetch", "toolhive-transport": "streamable-http", "toolhive-port": "18080", "team": "a"},
        "resource_limits": {"memory_bytes": 536870912, "milli_cpus": 1500, "pids": 64},
        "container_options": {"read_only": true, "tmpfs": ["/tmp:size=64m"], "user": "1000:1000"}, "group": "default",
        "middleware_configs": [{"type": "auth"}], "stateless": true})",
                                "stored");
}

} // namespace

TEST_CASE("an entry has short names, and neither what follows from the rest nor defaults") {
    CHECK(entry_of(stored()) == entry(R"({"image": "mcp/fetch:1", "transport": "streamable-http",
        "env": {"LOG": "info"}, "volumes": ["/srv/data:/data:ro"], "memory": "512m", "cpus": "1500m", "pids": 64,
        "read_only": true, "tmpfs": ["/tmp:size=64m"], "user": "1000:1000", "port": 18080,
        "target_port": 8080, "labels": {"team": "a"}, "stateless": true})"));
}

TEST_CASE("a server variable that was set to something else is the user's, and stays") {
    auto config = stored();
    config.env_vars["MCP_PORT"] = "9999";
    CHECK(entry_of(config)["env"] == entry(R"({"LOG": "info", "MCP_PORT": "9999"})"));
}

TEST_CASE("an entry becomes a run config with the same entry again") {
    const auto first = entry_of(stored());
    auto config = config_of("fetch", first, "test", "/");
    config.permission_profile = with_mounts(builtin_profile("network").value(), "",
                                            {Mount{.source = "/srv/data", .target = "/data", .read_only = true}});
    CHECK(entry_of(config) == first);
    CHECK(key(config) == "fetch");
    CHECK(config.limits.memory == 536870912);
}

TEST_CASE("a profile is told by its name when it is a built-in one, and otherwise whole") {
    const auto [document, word] = GENERATE(table<std::string, std::string>({
        {R"({"name": "network", "network": {"outbound": {"insecure_allow_all": true}}})", "null"},
        {R"({"network": {"outbound": {}, "inbound": {}}})", R"("none")"},
        {R"({"name": "none"})", R"("none")"},
        {R"({"name": "x", "network": {"mode": "host", "outbound": {"insecure_allow_all": true}}})", "null"},
        {R"({"name": "x", "read": ["/etc"], "network": {"mode": "host"}})", R"({"name": "x", "read": ["/etc"]})"},
        {R"({"privileged": true})", R"({"privileged": true})"},
    }));
    RunConfig config;
    config.permission_profile = profile_from_json(entry(document), "test");
    CHECK(profile_word(config) == entry(word));
}

TEST_CASE("numbers and truth values of a table become text, as YAML is written") {
    const auto config = config_of("x", entry(R"({"image": "i", "env": {"A": 1, "B": true, "C": "c"}})"), "test", "/");
    CHECK(config.env_vars == std::map<std::string, std::string>{{"A", "1"}, {"B", "true"}, {"C", "c"}});
}

TEST_CASE("relative volumes are taken from the file's folder") {
    const auto config = config_of("x", entry(R"({"image": "i", "volumes": ["data:/data", "/a:/b:ro"]})"), "test", "/f");
    CHECK(config.volumes == std::vector<std::string>{"/f/data:/data", "/a:/b:ro"});
}

TEST_CASE("what an entry must not hold is told with its place") {
    const auto [text, message] = GENERATE(table<std::string, std::string>({
        {R"({"image": 7})", "w: field 'image' must be"},
        {R"({"image": "i", "memory": "lots"})", "w: field 'memory'"},
        {R"({"image": "i", "cpus": true})", "w: field 'cpus'"},
        {R"({"image": "i", "pids": 0})", "w: field 'pids'"},
        {R"({"image": "i", "tmpfs": ["x"]})", "w: field 'tmpfs'"},
        {R"({"image": "i", "user": "a b"})", "w: field 'user'"},
        {R"({"image": "i", "volumes": ["a"]})", "w: field 'volumes'"},
        {R"({"image": "i", "volumes": ["/a:/x", "/b:/x"]})", "w: field 'volumes' has the target '/x' twice"},
        {R"({"image": "i", "port": 70000})", "w: field 'port' must be"},
        {R"({"image": "i", "env": {"": "x"}})", "w: field 'env_vars' must be"},
    }));
    CHECK_THROWS_WITH(config_of("x", entry(text), "w", "/"), Catch::Matchers::StartsWith(message));
}

TEST_CASE("fields of run configs that an entry calls otherwise, or leaves out, are unknown to it") {
    const auto fields = entry(R"({"image": "i", "cmd_args": [], "name": "x", "imagee": 1, "stateless": true,
                                  "session_isolation": "shared"})");
    CHECK(unknown_fields(fields) == std::vector<std::string>{"cmd_args", "name", "imagee"});
}
