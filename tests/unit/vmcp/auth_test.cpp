// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "vmcp/auth.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace thv;
using namespace thv::vmcp;
using Json = nlohmann::ordered_json;

namespace {

Strategy found() {
    return {.type = "header_injection", .origin = Strategy::Origin::discovered, .reference = "github", .settings = {}};
}

AuthConfig config(const char* text) {
    return auth_config_from(Json::parse(text), "vmcp.yaml");
}

std::string chosen(const std::optional<AuthConfig>& config, const std::optional<Strategy>& discovered) {
    const auto strategy = resolve(config, "fetch", discovered);
    return strategy ? strategy->type : "none";
}

} // namespace

TEST_CASE("credentials found at a backend are not sent when the configuration is inline") {
    CHECK(chosen(config(R"({"source": "inline"})"), found()) == "none");
    CHECK(chosen(config("{}"), found()) == "none");
    CHECK(chosen(config(R"({"backends": {"other": {"type": "obo"}}})"), found()) == "none");
}

TEST_CASE("which strategy counts depends on the source") {
    const auto* own = R"({"source": "SOURCE", "default": {"type": "xaa"}, "backends": {"fetch": {"type": "obo"}}})";
    const auto* fallback = R"({"source": "SOURCE", "default": {"type": "xaa"}})";
    const auto with = [](std::string text, const std::string& source) {
        text.replace(text.find("SOURCE"), 6, source);
        return config(text.c_str());
    };
    CHECK(chosen(std::nullopt, found()) == "header_injection");
    CHECK(chosen(std::nullopt, std::nullopt) == "none");
    CHECK(chosen(with(own, "discovered"), found()) == "header_injection");
    CHECK(chosen(with(own, "discovered"), std::nullopt) == "obo");
    CHECK(chosen(with(fallback, "discovered"), std::nullopt) == "xaa");
    CHECK(chosen(with(own, "inline"), found()) == "obo");
    CHECK(chosen(with(fallback, "inline"), found()) == "xaa");
}

TEST_CASE("a configuration may be the whole file or its part outgoingAuth") {
    CHECK(chosen(config(R"({"outgoingAuth": {"source": "inline", "default": {"type": "xaa"}}})"), std::nullopt) ==
          "xaa");
}

TEST_CASE("a mistake in a configuration is named with its field") {
    const std::vector<std::pair<const char*, const char*>> mistakes{
        {"1", "vmcp.yaml"},
        {R"({"source": "both"})", "'source'"},
        {R"({"default": {}})", "default: field 'type'"},
        {R"({"backends": []})", "'backends'"},
        {R"({"backends": {"a": {"type": 1}}})", "backends.a: field 'type'"},
        {R"({"outgoingAuth": {"source": 1}})", "outgoingAuth: field 'source'"},
    };
    for (const auto& [text, part] : mistakes) {
        CAPTURE(text);
        try {
            config(text);
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::usage);
            CHECK(error.message().find(part) != std::string::npos);
        }
    }
}

TEST_CASE("the platform's ways to authenticate have names of their own") {
    const std::vector<std::pair<std::string, std::string>> words{
        {"tokenExchange", "token_exchange"},
        {"headerInjection", "header_injection"},
        {"unauthenticated", "unauthenticated"},
        {"upstreamInject", "upstream_inject"},
        {"awsSts", "aws_sts"},
        {"obo", "obo"},
        {"xaa", "xaa"},
    };
    for (const auto& [word, type] : words) {
        const auto strategy = strategy_from({.name = "a", .type = word, .settings = {}});
        REQUIRE(strategy);
        CHECK(strategy->type == type);
        CHECK(strategy->reference == "a");
    }
    for (const auto* word : {"bearerToken", "embeddedAuthServer", ""})
        CHECK(strategy_from({.name = "a", .type = word, .settings = {}}).error().fault() == Fault::unsupported);
}
