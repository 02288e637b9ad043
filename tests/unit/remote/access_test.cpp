// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "remote/access.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <nlohmann/json.hpp>

using namespace thv;
using namespace thv::remote;

namespace {

RunConfig remote_config(const Access& access, const std::string& url = "http://127.0.0.1:1/mcp") {
    RunConfig config;
    config.name = config.base_name = "r";
    config.remote_url = url;
    config.transport = Transport::streamable_http;
    put(config, access);
    return config;
}

const Environment environment{{{"TOOLHIVE_SECRET_TOKEN", "abc\n"}, {"TOOLHIVE_SECRET_BAD", "a\r\nX: y"}}};

Server server(const RunConfig& config) {
    secrets::EnvironmentValues values{environment};
    return server_of(config, environment, values);
}

Error refusal(const RunConfig& config) {
    try {
        server(config);
    } catch (const Error& error) {
        CHECK_THAT(error.message(), !ContainsSubstring("X: y"));
        return error;
    }
    FAIL("it was accepted");
    return Error{Fault::internal, ""};
}

} // namespace

TEST_CASE("credentials are made of the environment's secrets and of files") {
    const auto bearer = server(remote_config({.headers = {{"X-Plain", "p"}}, .bearer_secret = "TOKEN"}));
    CHECK(bearer.credentials == http::Headers{{"X-Plain", "p"}, {"Authorization", "Bearer abc"}});
    const test::TempFolder folder;
    test::spill(folder.path() / "token", "from-file\n");
    const auto file = server(remote_config({.bearer_file = (folder.path() / "token").string()}));
    CHECK(file.credentials == http::Headers{{"Authorization", "Bearer from-file"}});
}

TEST_CASE("what is missing or cannot be sent is said by name, never by value") {
    CHECK(refusal(remote_config({.bearer_secret = "NONE"})).fault() == Fault::not_found);
    CHECK_THAT(refusal(remote_config({.bearer_secret = "NONE"})).hint(), ContainsSubstring("TOOLHIVE_SECRET_NONE"));
    CHECK(refusal(remote_config({.secret_headers = {{"X-Key", "BAD"}}})).fault() == Fault::usage);
    CHECK(refusal(remote_config({.bearer_file = "/nowhere"})).fault() == Fault::usage);
    CHECK(refusal(remote_config({.ca_file = "/nowhere"}, "https://h/")).fault() == Fault::usage);
    const auto both = remote_config({.secret_headers = {{"authorization", "TOKEN"}}, .bearer_secret = "TOKEN"});
    CHECK_THAT(refusal(both).message(), ContainsSubstring("exclude each other"));
    auto stdio = remote_config({});
    stdio.transport = Transport::stdio;
    CHECK(refusal(stdio).fault() == Fault::usage);
}

TEST_CASE("a run config with a way in that is not known here is not run without it") {
    const auto* const text = GENERATE(R"({"client_id":"x"})", R"({"issuer":"https://i"})", R"({"scopes":["a"]})",
                                      R"({"bearer_token":"plain-value"})", R"({"bearer_token":7})", R"("x")");
    auto config = remote_config({});
    config.document["remote_auth_config"] = nlohmann::ordered_json::parse(text);
    CHECK_THROWS_AS(access_of(config), Error);
}

TEST_CASE("an auth config that says nothing is no obstacle, and what is unknown survives a rewrite") {
    auto config = remote_config({});
    config.document["remote_auth_config"] =
        nlohmann::ordered_json::parse(R"({"use_pkce":true,"client_id":"","scopes":[],"callback_port":8666})");
    CHECK(access_of(config) == Access{});
    put(config, {.bearer_secret = "T"});
    CHECK(config.document["remote_auth_config"]["callback_port"] == 8666);
}

TEST_CASE("the secrets of a workload are named once, wherever they are used") {
    auto config = remote_config({.secret_headers = {{"X-A", "B"}, {"X-B", "A"}}, .bearer_secret = "B"});
    CHECK(secret_names(config) == std::vector<std::string>{"A", "B"});
    config.remote_url.clear();
    config.secrets = {"Z,target=Z", "Y,as=file,target=Y", "Z,target=ZZ"};
    CHECK(secret_names(config) == std::vector<std::string>{"Y", "Z"});
    config.secrets = {"Z"};
    CHECK_THROWS_AS(secret_names(config), Error);
}

TEST_CASE("a URL is shown without what may be a key") {
    CHECK(shown_url("https://h/mcp?key=secret#x") == "https://h/mcp");
    CHECK(shown_url("https://h/mcp") == "https://h/mcp");
}
