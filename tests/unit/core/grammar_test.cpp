// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/run_config.hpp"
#include "support/catch.hpp"

using namespace thv;

TEST_CASE("transports and proxy modes are read back from their words, transports also in capitals") {
    for (const auto transport : {Transport::stdio, Transport::sse, Transport::streamable_http}) {
        CHECK(parse_transport(to_string(transport)) == transport);
    }
    CHECK(parse_transport("STREAMABLE-HTTP") == Transport::streamable_http);
    CHECK_FALSE(parse_transport("Stdio"));
    CHECK_FALSE(parse_transport("inspector"));
    CHECK_FALSE(parse_transport(""));
    CHECK(parse_proxy_mode("sse") == ProxyMode::sse);
    CHECK(parse_proxy_mode("streamable-http") == ProxyMode::streamable_http);
    CHECK_FALSE(parse_proxy_mode("stdio"));
}

TEST_CASE("a port to publish is HOST:CONTAINER or CONTAINER") {
    CHECK(parse_publish("8080:80")->host == 8080);
    CHECK(parse_publish("8080:80")->container == 80);
    CHECK(parse_publish("65535")->container == 65535);
    CHECK(parse_publish("80")->host == 0);
    for (const std::string bad : {"", ":", "80:", ":80", "0", "0:80", "80:0", "65536", "-1", "+80", "8 0", "80/tcp",
                                  "1.2.3.4:80:80", "80:80:80", "x", "99999999999999999999"}) {
        INFO(bad);
        CHECK_FALSE(parse_publish(bad));
    }
}

TEST_CASE("a volume becomes a mount with clean absolute paths") {
    const std::vector<std::pair<std::string, Mount>> cases{
        {"/srv/wx:/data", {"/srv/wx", "/data", false}},
        {"/srv/wx:/data:ro", {"/srv/wx", "/data", true}},
        {"/srv/wx:/data:rw", {"/srv/wx", "/data", false}},
        {"./wx/:/data/", {"/home/u/wx", "/data", false}},
        {"wx:/data", {"/home/u/wx", "/data", false}},
        {"../wx:/data/../x", {"/home/wx", "/x", false}},
        {"/a/./b//c:/d", {"/a/b/c", "/d", false}},
        {"/R&D $1:/d", {"/R&D $1", "/d", false}},
        {"/:/host:ro", {"/", "/host", true}},
    };
    for (const auto& [text, mount] : cases) {
        INFO(text);
        const auto parsed = parse_volume(text, "/home/u");
        REQUIRE(parsed);
        CHECK(*parsed == mount);
    }
}

TEST_CASE("a volume that is not one is refused with the reason") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "names no target"},        {"/data", "names no target"},       {":/data", "source is empty"},
        {"/a:data", "not an absolute"}, {"/a:", "not an absolute"},         {"/a:/b:z", "'ro' or 'rw'"},
        {"/a:/b:ro:x", "'ro' or 'rw'"}, {"/a:/", "container's root"},       {"/a:/x/..", "container's root"},
        {"/a\n:/b", "newline"},         {std::string{"/a\0:/b", 6}, "NUL"},
    };
    for (const auto& [text, reason] : cases) {
        INFO(text);
        const auto parsed = parse_volume(text, "/");
        REQUIRE_FALSE(parsed);
        CHECK_THAT(parsed.error().message(), ContainsSubstring(reason));
    }
}

TEST_CASE("the URL of a workload is the one its proxy answers on") {
    RunConfig config;
    config.name = "wx";
    config.port = 18231;
    CHECK(workload_url(config) == "http://127.0.0.1:18231/mcp");
    config.proxy_mode = ProxyMode::sse;
    CHECK(workload_url(config) == "http://127.0.0.1:18231/sse#wx");
    config.remote_url = "https://x.example/a%20b/sse?token=1#frag";
    CHECK(workload_url(config) == "http://127.0.0.1:18231/a%20b/sse#wx");
    config.remote_url = "https://x.example/";
    CHECK(workload_url(config) == "http://127.0.0.1:18231/sse#wx");
    config.proxy_mode = ProxyMode::streamable_http;
    CHECK(workload_url(config) == "http://127.0.0.1:18231");
    config.remote_url = "https://x.example?u=/p";
    CHECK(workload_url(config) == "http://127.0.0.1:18231");
    config.remote_url = "https://x.example/mcp/v1";
    CHECK(workload_url(config) == "http://127.0.0.1:18231/mcp/v1");
    config.remote_url.clear();
    for (const auto& [host, shown] : std::vector<std::pair<std::string, std::string>>{
             {"0.0.0.0", "127.0.0.1"}, {"localhost", "127.0.0.1"}, {"192.168.1.5", "192.168.1.5"}, {"::1", "[::1]"}}) {
        config.host = host;
        CHECK(workload_url(config) == "http://" + shown + ":18231/mcp");
    }
}

TEST_CASE("built-in permission profiles are upstream's, and a profile keeps what it does not know") {
    CHECK(to_document(*builtin_profile("none")).dump() == R"({"name":"none","network":{"outbound":{},"inbound":{}}})");
    CHECK(builtin_profile("stdio")->name == "none");
    CHECK(to_document(*builtin_profile("network")).dump() ==
          R"({"name":"network","network":{"outbound":{"insecure_allow_all":true},"inbound":{}}})");
    CHECK(builtin_profile("/etc/profile").error().fault() == Fault::not_found);

    const auto text =
        R"({"x":1,"read":["/a"],"network":{"outbound":{"allow_port":[443]},"mode":"host"},"privileged":true})";
    auto profile = profile_from_json(nlohmann::ordered_json::parse(text), "p");
    CHECK(profile.read == std::vector<std::string>{"/a"});
    CHECK(profile.network_mode == "host");
    CHECK(profile.privileged);
    CHECK(to_document(profile).dump() == text);
    profile.read.clear();
    profile.write = {"/b"};
    profile.network_mode = "";
    profile.privileged = false;
    CHECK(to_document(profile).dump() == R"({"x":1,"network":{"outbound":{"allow_port":[443]}},"write":["/b"]})");
    CHECK_THROWS_WITH(profile_from_json(nlohmann::ordered_json{{"read", "x"}}, "p"),
                      "p: field 'read' must be a list of strings");
    CHECK_THROWS_WITH(profile_from_json(nlohmann::ordered_json{{"network", 1}}, "p"),
                      "p: network: must be a JSON object");
}

TEST_CASE("the way of a stdio server's bytes survives the file, and the default is left out of it") {
    RunConfig config;
    config.name = "a";
    CHECK_FALSE(to_json(config).contains("stdio_path"));
    for (const auto path : {StdioPath::attach, StdioPath::direct}) {
        config.stdio_path = path;
        CHECK(run_config_from_json(to_json(config), "x").stdio_path == path);
    }
    CHECK_THROWS_AS(run_config_from_json(R"({"name": "a", "transport": "stdio", "stdio_path": "x"})", "x"), Error);
}

TEST_CASE("a use of a secret names the secret and its variable") {
    CHECK(parse_secret_use("github,target=TOKEN").value() == SecretUse{.name = "github", .target = "TOKEN"});
    CHECK(parse_secret_use("a,b,target=T").value().name == "a,b");
    const SecretUse file{.name = "github", .target = "TOKEN", .file = true};
    CHECK(parse_secret_use("github,target=TOKEN,as=file").value() == file);
    CHECK(parse_secret_use("github,as=file,target=TOKEN").value() == file);
    CHECK(to_string(file) == "github,as=file,target=TOKEN");
    CHECK(secret_variable(file) == "TOKEN_FILE");
    CHECK(to_string(parse_secret_use("github,target=TOKEN,as=env").value()) == "github,target=TOKEN");
    for (const auto* text :
         {"", "github", "github,target=", ",target=T", "github,target=A=B", "github,as=file", "github,target=T,as=pipe",
          "github,target=T,target=U", "a/b,target=T,as=file", "..,target=T,as=file", "a b,target=T,as=file"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_secret_use(text));
    }
}
