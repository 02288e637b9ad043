// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/permissions.hpp"
#include "engine/spec.hpp"
#include "support/catch.hpp"

using namespace thv;
using nlohmann::json;
using thv::parse_mount_declaration;
using thv::engine::container_spec;
using thv::engine::HostLimits;
using thv::engine::mounts_of;
using thv::engine::network_mode;

namespace {

constexpr HostLimits limits{.open_files = 20000, .processes = 96365};

RunConfig stdio_config() {
    RunConfig config;
    config.image = "mcp/fetch:1";
    config.name = config.container_name = config.base_name = "fetch";
    config.port = 4711;
    config.cmd_args = {"--verbose", "a b"};
    config.env_vars = {{"Z", "last"}, {"A", "1=2"}};
    config.container_labels = {{"team", "tools"}, {"toolhive", "false"}, {"toolhive-auxiliary-workload", "true"}};
    config.permission_profile = value_or_throw(builtin_profile("network"));
    return config;
}

RunConfig http_config() {
    auto config = stdio_config();
    config.transport = Transport::streamable_http;
    config.target_port = 8080;
    return config;
}

Fault fault_of(const RunConfig& config) {
    try {
        container_spec(config, limits);
    } catch (const Error& error) {
        return error.fault();
    }
    FAIL("nothing was thrown");
    return Fault::internal;
}

PermissionProfile profile(const char* text) {
    return profile_from_json(nlohmann::ordered_json::parse(text), "test");
}

} // namespace

TEST_CASE("a stdio server becomes this container") {
    CHECK(container_spec(stdio_config(), limits) == json::parse(R"({
        "Image": "mcp/fetch:1", "Cmd": ["--verbose", "a b"], "Env": ["A=1=2", "MCP_TRANSPORT=stdio", "Z=last"],
        "Labels": {"team": "tools", "toolhive": "true", "toolhive-name": "fetch", "toolhive-basename": "fetch",
                   "toolhive-transport": "stdio", "toolhive-port": "4711", "toolhive-network-isolation": "false"},
        "Tty": false, "OpenStdin": true, "StdinOnce": false,
        "AttachStdin": true, "AttachStdout": true, "AttachStderr": true,
        "HostConfig": {"NetworkMode": "bridge", "Init": true, "PidsLimit": 256, "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"], "RestartPolicy": {"Name": "no"},
            "Ulimits": [{"Name": "nofile", "Soft": 20000, "Hard": 20000}, {"Name": "nproc", "Soft": 30000, "Hard": 30000}],
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}}}})"));
}

TEST_CASE("a server that speaks HTTP gets a port on loopback and no stdin") {
    auto config = http_config();
    config.publish = {"9000:90", "91"};
    const auto spec = container_spec(config, limits);
    CHECK(spec["OpenStdin"] == false);
    CHECK(spec["AttachStdin"] == false);
    CHECK(spec["ExposedPorts"] == json::parse(R"({"8080/tcp": {}, "90/tcp": {}, "91/tcp": {}})"));
    CHECK(spec["HostConfig"]["PortBindings"] == json::parse(R"({
        "8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}], "90/tcp": [{"HostIp": "127.0.0.1", "HostPort": "9000"}],
        "91/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]})"));
    CHECK(spec["Env"] == json::parse(R"(["A=1=2", "FASTMCP_PORT=8080", "MCP_HOST=0.0.0.0", "MCP_PORT=8080",
                                         "MCP_TRANSPORT=streamable-http", "Z=last"])"));
}

TEST_CASE("MCP_HOST is what makes the server reachable, unless the user says otherwise") {
    const auto host_of = [](const RunConfig& config) {
        for (const auto& line : container_spec(config, limits)["Env"])
            if (line.get<std::string>().starts_with("MCP_HOST=")) return line.get<std::string>();
        return std::string{};
    };
    auto config = http_config();
    config.target_host = "10.0.0.1";
    CHECK(host_of(config) == "MCP_HOST=10.0.0.1");
    config.env_vars["MCP_HOST"] = "::";
    CHECK(host_of(config) == "MCP_HOST=::");
    auto on_host = http_config();
    on_host.permission_profile->network_mode = "host";
    CHECK(host_of(on_host) == "MCP_HOST=127.0.0.1");
    CHECK_FALSE(container_spec(on_host, limits)["HostConfig"].contains("PortBindings"));
}

TEST_CASE("the user cannot say where the server is to listen behind the proxy's back") {
    auto config = http_config();
    config.env_vars = {{"MCP_PORT", "1"}, {"FASTMCP_PORT", "1"}, {"MCP_TRANSPORT", "pigeon"}};
    const auto environment = container_spec(config, limits)["Env"];
    CHECK(environment == json::parse(R"(["FASTMCP_PORT=8080", "MCP_HOST=0.0.0.0", "MCP_PORT=8080",
                                         "MCP_TRANSPORT=streamable-http"])"));
}

TEST_CASE("the network is what the profile allows, and never more") {
    const auto [name, text, mode] = GENERATE(table<const char*, const char*, const char*>({
        {"everything", R"({"network": {"outbound": {"insecure_allow_all": true}}})", "bridge"},
        {"nothing", R"({"network": {"outbound": {}}})", "none"},
        {"empty lists", R"({"network": {"outbound": {"allow_host": [], "allow_port": []}}})", "none"},
        {"no outbound", R"({"network": {}})", "none"},
        {"no network", R"({"read": []})", "none"},
        {"lists without isolation", R"({"network": {"outbound": {"allow_host": ["a.org"]}}})", "bridge"},
        {"mode none", R"({"network": {"mode": "none", "outbound": {"insecure_allow_all": true}}})", "none"},
        {"mode host", R"({"network": {"mode": "host"}})", "host"},
        {"mode of a network", R"({"network": {"mode": "my-net"}})", "my-net"},
        {"mode bridge", R"({"network": {"mode": "bridge"}})", "bridge"},
    }));
    INFO(name);
    auto config = stdio_config();
    config.permission_profile = profile(text);
    CHECK(network_mode(config) == mode);
}

TEST_CASE("without a profile the built-in of its name counts, and without a name the one with a network") {
    auto config = stdio_config();
    config.permission_profile.reset();
    CHECK(network_mode(config) == "bridge");
    config.permission_profile_name = "none";
    CHECK(network_mode(config) == "none");
    config.permission_profile_name = "/some/file.json";
    CHECK_THROWS_AS(network_mode(config), Error);
}

TEST_CASE("what cannot be enforced is refused instead of ignored") {
    auto isolated = stdio_config();
    isolated.isolate_network = true;
    CHECK(fault_of(isolated) == Fault::unsupported);
    isolated.permission_profile = value_or_throw(builtin_profile("none"));
    CHECK(container_spec(isolated, limits)["HostConfig"]["NetworkMode"] == "none");
    auto unreachable = http_config();
    unreachable.permission_profile = value_or_throw(builtin_profile("none"));
    CHECK(fault_of(unreachable) == Fault::unsupported);
}

TEST_CASE("a privileged profile is privileged, and nothing else is") {
    auto config = stdio_config();
    CHECK_FALSE(container_spec(config, limits)["HostConfig"].contains("Privileged"));
    config.permission_profile->privileged = true;
    const auto host = container_spec(config, limits)["HostConfig"];
    CHECK(host["Privileged"] == true);
    CHECK_FALSE(host.contains("CapDrop"));
}

TEST_CASE("limits stay within what the caller may set") {
    const auto ulimits = container_spec(stdio_config(), {.open_files = {}, .processes = 1000})["HostConfig"]["Ulimits"];
    CHECK(ulimits == json::parse(R"([{"Name": "nofile", "Soft": 65536, "Hard": 65536},
                                     {"Name": "nproc", "Soft": 1000, "Hard": 1000}])"));
}

TEST_CASE("mounts come from the profile and the volumes, one for each target") {
    auto config = stdio_config();
    config.permission_profile->read = {"/data", "/etc/a:/cfg", "/x/../y/:/same"};
    config.permission_profile->write = {"/out:/same"};
    config.volumes = {"/v:/cfg:rw", "/w:/w:ro"};
    CHECK(mounts_of(config) ==
          std::vector<Mount>{
              {"/data", "/data", true}, {"/out", "/same", false}, {"/v", "/cfg", false}, {"/w", "/w", true}});
    CHECK(container_spec(config, limits)["HostConfig"]["Mounts"][0] ==
          json::parse(R"({"Type": "bind", "Source": "/data", "Target": "/data", "ReadOnly": true})"));
}

TEST_CASE("a mount that is none is an error, not a warning") {
    const auto* text = GENERATE("", "relative", "/a:relative", "/a:/b:/c", "/a;b", "$HOME", "/a:/", "volume://x:/y",
                                "/a`b`", "/a\nb", "/a|b", "/a&b");
    CHECK_FALSE(parse_mount_declaration(text, true));
}

TEST_CASE("what is no port, variable or volume is refused") {
    auto config = http_config();
    SECTION("target port") {
        config.target_port = 0;
    }
    SECTION("published port") {
        config.publish = {"x"};
    }
    SECTION("a name of a variable") {
        config.env_vars = {{"A=B", "c"}};
    }
    SECTION("an empty name of a variable") {
        config.env_vars = {{"", "c"}};
    }
    SECTION("a NUL in a variable") {
        config.env_vars = {{"A", std::string{"b\0c", 3}}};
    }
    SECTION("a relative volume") {
        config.volumes = {"src:/dst"};
    }
    CHECK(fault_of(config) == Fault::usage);
}
