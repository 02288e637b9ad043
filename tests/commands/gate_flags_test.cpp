// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/audit_config.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"
#include "thv/run_flags.hpp"

#include <fmt/format.h>

#include <functional>

using namespace thv;
using namespace thv::commands;

namespace {

const Environment caller{{{"HOME", "/home/me"}}};

RunConfig config_of(const std::function<void(GateFlags&)>& change, const std::filesystem::path& cwd = "/",
                    Platform platform = Platform::engine) {
    RunFlags flags;
    flags.image = "ghcr.io/acme/weather:1.4";
    flags.transport = "stdio";
    change(flags.gate);
    return run_config_from(flags, caller, cwd, platform);
}

/// Through the file that the supervisor reads.
GatewayConfig kept(const RunConfig& config) {
    return run_config_from_json(to_json(config), "test").gateway;
}

std::string refusal(const std::function<void(GateFlags&)>& change, const std::filesystem::path& cwd = "/") {
    try {
        config_of(change, cwd);
    } catch (const Error& error) {
        return error.message();
    }
    return "(taken)";
}

} // namespace

TEST_CASE("an issuer is kept in upstream's form, with every member") {
    const auto config = config_of([](GateFlags& flags) {
        flags.issuer = "https://issuer.example";
        flags.audience = "thv";
        flags.scopes = {"openid", "mcp"};
        flags.required_scopes = {"mcp"};
    });
    const auto document = nlohmann::json::parse(to_json(config));
    CHECK(document["oidc_config"] == nlohmann::json::parse(R"({"Issuer":"https://issuer.example","Audience":"thv",
        "JWKSURL":"","ClientID":"","ClientSecret":"","CACertPath":"","AuthTokenFile":"","AllowPrivateIP":false,
        "InsecureAllowHTTP":false,"IntrospectionURL":"","ResourceURL":"","Scopes":["openid","mcp"]})"));
    CHECK(document["gateway"] == nlohmann::json::parse(R"({"required_scopes":["mcp"]})"));
    CHECK(kept(config) == config.gateway);
}

TEST_CASE("tools are listed with commas or with many flags, and overridden by a file") {
    const test::TempFolder folder;
    test::spill(folder.path() / "o.json", R"({"toolsOverride":{"fetch":{"name":"get","description":"Gets"}}})");
    const auto config = config_of(
        [](GateFlags& flags) {
            flags.tools = {"a,b", "c", "a"};
            flags.tools_override = "o.json";
        },
        folder.path());
    CHECK(config.gateway.tools == std::vector<std::string>{"a", "b", "c"});
    CHECK(config.gateway.tool_overrides.at("fetch") == ToolOverride{"get", "Gets"});
    const auto document = nlohmann::json::parse(to_json(config));
    CHECK(document["tools_filter"] == nlohmann::json{"a", "b", "c"});
    CHECK(document["tools_override"]["fetch"]["name"] == "get");
    CHECK(kept(config) == config.gateway);
}

TEST_CASE("an audit log is kept in upstream's form, beside the logs or where its file says") {
    const auto config = config_of([](GateFlags& flags) { flags.audit = true; });
    CHECK(nlohmann::json::parse(to_json(config))["audit_config"] ==
          nlohmann::json::parse(R"({"detectApplicationErrors":true,"maxDataSize":1024})"));
    CHECK(kept(config).audit);
    CHECK(kept(config).audit_file.empty());
    CHECK_FALSE(kept(config_of([](GateFlags&) {})).audit);

    const test::TempFolder folder;
    test::spill(folder.path() / "a.json", R"({"component":"c","logFile":"calls.jsonl","eventTypes":["mcp_tool_call"],
        "excludeEventTypes":["mcp_ping"],"maxDataSize":9,"includeRequestData":false})");
    const auto named = config_of([](GateFlags& flags) { flags.audit_config = "a.json"; }, folder.path());
    CHECK(kept(named).audit_file == folder.path() / "calls.jsonl");
    const auto document = nlohmann::ordered_json::parse(to_json(named))["audit_config"];
    CHECK(audit_from(document, "test") == AuditConfig{"c", {"mcp_tool_call"}, {"mcp_ping"}});
    CHECK(document["maxDataSize"] == 9);
}

TEST_CASE("an audit log that is wanted with more than there is is refused, when typed and when run") {
    const test::TempFolder folder;
    const auto [text, word] = GENERATE(std::pair{R"({"includeRequestData":true})", "includeRequestData"},
                                       std::pair{R"({"includeResponseData":true})", "includeResponseData"},
                                       std::pair{R"({"detectApplicationErrors":false})", "detectApplicationErrors"},
                                       std::pair{R"({"maxDelegationDepth":3})", "maxDelegationDepth"},
                                       std::pair{R"({"logfile":"x"})", "logfile"},
                                       std::pair{R"({"eventTypes":["mcp_nothing"]})", "mcp_nothing"},
                                       std::pair{R"({"excludeEventTypes":["vmcp_workflow_started"]})", "vmcp_workflow"},
                                       std::pair{R"({"eventTypes":"mcp_ping"})", "eventTypes"});
    INFO(text);
    test::spill(folder.path() / "a.json", text);
    CHECK_THAT(refusal([](GateFlags& flags) { flags.audit_config = "a.json"; }, folder.path()),
               StartsWith("--audit-config a.json") && ContainsSubstring(word));
    if (std::string_view{word} == "eventTypes") return; // that is not even read from a run config
    const auto config = run_config_from_json(
        fmt::format(R"({{"name":"a","image":"i","transport":"stdio","audit_config":{}}})", text), "test");
    CHECK_THROWS_AS(adopted(config, Platform::engine), Error);
}

TEST_CASE("the metrics' port is a port, and not the clients'") {
    CHECK(kept(config_of([](GateFlags& flags) { flags.metrics_port = 9464; })).metrics_port == 9464);
    for (const int port : {0, -1, 70000})
        CHECK_THAT(refusal([&](GateFlags& flags) { flags.metrics_port = port; }), StartsWith("--metrics-port"));
}

TEST_CASE("limits are checked when they are typed, and kept as they were") {
    const auto config =
        config_of([](GateFlags& flags) { flags.limits = {"sessions=500", "body-bytes=16m", "call-total=1h"}; });
    CHECK(config.gateway.limits.at("body-bytes") == "16m");
    CHECK(kept(config) == config.gateway);
    for (const auto* limit : {"sessions", "sessions=", "sessions=x", "sessions=0", "sessions=-1", "speed=1", "=1",
                              "body-time=fast", "sessions=5s"}) {
        INFO(limit);
        CHECK_THAT(refusal([&](GateFlags& flags) { flags.limits = {limit}; }), StartsWith("--limit"));
    }
}

TEST_CASE("ways to let clients in that exclude or lack something are refused") {
    const test::TempFolder folder;
    test::spill(folder.path() / "t", "0123456789abcdef\n");
    const auto refused = [&](const std::function<void(GateFlags&)>& change) { return refusal(change, folder.path()); };
    CHECK_THAT(refused([](GateFlags& flags) {
                   flags.token_file = "t";
                   flags.token_variable = "T";
               }),
               ContainsSubstring("exclude each other"));
    CHECK_THAT(refused([](GateFlags& flags) { flags.issuer = "https://i.example"; }),
               ContainsSubstring("without an audience"));
    CHECK_THAT(refused([](GateFlags& flags) { flags.audience = "thv"; }), ContainsSubstring("need an issuer"));
    CHECK_THAT(refused([](GateFlags& flags) { flags.required_scopes = {"mcp"}; }), ContainsSubstring("scopes"));
    CHECK_THAT(refused([](GateFlags& flags) { flags.issuer = "issuer.example"; }), StartsWith("--oidc-issuer"));
    CHECK_THAT(refused([](GateFlags& flags) { flags.token_file = "none"; }), StartsWith("--bearer-token-file"));
    CHECK_THAT(refused([](GateFlags& flags) { flags.allowed_hosts = {"https://a.example"}; }),
               StartsWith("--allowed-hosts"));
    CHECK(config_of([](GateFlags& flags) { flags.token_file = "t"; }, folder.path()).gateway.token_file ==
          folder.path() / "t");
}

TEST_CASE("a cluster does not take what it would not enforce") {
    CHECK_THROWS_AS(config_of([](GateFlags& flags) { flags.tools = {"a"}; }, "/", Platform::cluster), Error);
}

TEST_CASE("a run config whose protection is unknown here is not run without it") {
    for (const auto* field :
         {R"("authz_config":{"version":"1.0"})", R"("authz_config_path":"/p")", R"("audit_config_path":"/p")",
          R"("validating_webhooks":[{"name":"w"}])", R"("rate_limit_config":{"perSecond":5})",
          R"("token_exchange_config":{"token_url":"https://id.example"})"}) {
        INFO(field);
        const auto config =
            run_config_from_json(fmt::format(R"({{"name":"a","image":"i","transport":"stdio",{}}})", field), "test");
        CHECK_THROWS_AS(adopted(config, Platform::engine), Error);
    }
}
