// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "thv/run_flags.hpp"

#include <nlohmann/json.hpp>

#include <functional>

using namespace thv;
using namespace thv::commands;

namespace {

RunFlags to(const std::string& url) {
    RunFlags flags;
    flags.image = url;
    return flags;
}

RunConfig config_of(const RunFlags& flags, Platform platform = Platform::engine) {
    return run_config_from(flags, Environment{}, "/work", platform);
}

} // namespace

TEST_CASE("a URL becomes the run config of a remote server, as the other program writes it") {
    auto flags = to("https://api.example.com:8443/some/mcp?tenant=1");
    flags.group = "tools";
    flags.labels = {"team=a"};
    flags.remote.secret_headers = {"X-Api-Key=KEY"};
    flags.remote.headers = {"X-Tenant=a=b"};
    flags.remote.bearer_secret = "TOKEN";
    flags.remote.ca_file = "ca.pem";
    auto document = nlohmann::ordered_json::parse(to_json(config_of(flags)));
    CHECK(document == nlohmann::ordered_json::parse(R"({
        "schema_version": "v0.1.0", "image": "", "remote_url": "https://api.example.com:8443/some/mcp?tenant=1",
        "remote_auth_config": {"use_pkce": false, "bearer_token": "TOKEN,target=bearer_token",
            "cached_token_expiry": "0001-01-01T00:00:00Z", "cached_secret_expiry": "0001-01-01T00:00:00Z"},
        "name": "example", "container_name": "example", "base_name": "example", "transport": "streamable-http",
        "host": "127.0.0.1", "port": 0, "target_host": "api.example.com:8443", "permission_profile": null,
        "container_labels": {"team": "a"}, "proxy_mode": "streamable-http", "thv_ca_bundle": "/work/ca.pem",
        "group": "tools", "header_forward": {"add_plaintext_headers": {"X-Tenant": "a=b"},
            "add_headers_from_secret": {"X-Api-Key": "KEY"}}})"));
    const auto again = run_config_from_json(document.dump(), "test");
    CHECK(remote::access_of(again) == flags.remote.access("/work"));
}

TEST_CASE("names from hosts") {
    const auto [url, name] = GENERATE(table<std::string, std::string>({
        {"https://api.githubcopilot.com/mcp", "githubcopilot"},
        {"https://example.com", "example"},
        {"http://localhost:8000/mcp", "localhost"},
        {"http://127.0.0.1:8000/mcp", "127-0-0-1"},
    }));
    CHECK(config_of(to(url)).name == name);
}

TEST_CASE("the URL for clients has the path of the remote server") {
    const auto [url, transport, path] = GENERATE(table<std::string, std::string, std::string>({
        {"https://h.example/mcp?key=1", "streamable-http", "/mcp"},
        {"https://h.example/a/b", "streamable-http", "/a/b"},
        {"https://h.example/", "streamable-http", ""},
        {"https://h.example/a/sse", "sse", "/a/sse#h"},
    }));
    auto flags = to(url);
    flags.name = "h";
    flags.transport = transport;
    flags.proxy_port = 4000;
    CHECK(workload_url(config_of(flags)) == "http://127.0.0.1:4000" + path);
}

TEST_CASE("what does not go with a remote server, or without one, is refused") {
    using Change = std::function<void(RunFlags&)>;
    const auto [change, message] = GENERATE(table<Change, std::string>({
        {[](RunFlags& f) { f.image = "https://user:secret@h.example/"; }, "the URL holds a user name"},
        {[](RunFlags& f) { f.image = "https://"; }, "the remote server: the URL has no proper host and port"},
        {[](RunFlags& f) { f.env = {"A=1"}; }, "no flags for a container"},
        {[](RunFlags& f) { f.arguments = {"x"}; }, "no arguments"},
        {[](RunFlags& f) { f.transport = "stdio"; }, "--transport stdio does not go with a remote server"},
        {[](RunFlags& f) { f.remote.secret_headers = {"secret"}; }, "--remote-header takes NAME=SECRET"},
        {[](RunFlags& f) { f.remote.secret_headers = {"a b=x"}; }, "'a b' is no name of a header"},
        {[](RunFlags& f) { f.remote.secret_headers = {"Mcp-Session-Id=x"}; }, "is set by the proxy itself"},
        {[](RunFlags& f) { f.remote.headers = {"Content-Length=secret"}; }, "is set by the proxy itself"},
        {[](RunFlags& f) {
             f.image = "mcp/fetch";
             f.target_port = 1;
             f.remote.bearer_secret = "X";
         },
         "for remote servers only"},
    }));
    auto flags = to("https://h.example/mcp");
    change(flags);
    try {
        config_of(flags);
        FAIL("it was accepted");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        CHECK_THAT(error.message(), ContainsSubstring(message));
        CHECK_THAT(error.message(), !ContainsSubstring("secret@"));
    }
}

TEST_CASE("a cluster gets no remote server from here, and one from elsewhere is checked") {
    CHECK_THROWS_AS(config_of(to("https://h.example/mcp"), Platform::cluster), Error);
    const auto config = config_of(to("https://h.example/mcp"));
    CHECK_THROWS_AS(adopted(config, Platform::cluster), Error);
    CHECK(adopted(config, Platform::engine).env_vars.empty());
    auto oauth = config;
    oauth.document["remote_auth_config"] = {{"client_id", "x"}};
    CHECK_THROWS_AS(adopted(oauth, Platform::engine), Error);
}
