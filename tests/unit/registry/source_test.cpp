// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/address_check.hpp"
#include "registry/fetch.hpp"
#include "registry/search.hpp"
#include "registry/source.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace thv;
using namespace thv::registry;
using namespace thv::test;
using nlohmann::ordered_json;
using Kind = Source::Kind;

TEST_CASE("an API counts before a URL, and that before a file") {
    ordered_json settings = ordered_json::object();
    CHECK(source_of(settings, "c") == Source{});
    settings["local_registry_path"] = "/r.json";
    CHECK(source_of(settings, "c") == Source{.kind = Kind::file, .place = "/r.json"});
    settings["registry_url"] = "https://h.example/r.json";
    CHECK(source_of(settings, "c") == Source{.kind = Kind::url, .place = "https://h.example/r.json"});
    settings["registry_api_url"] = "https://api.example/";
    settings["allow_private_registry_ip"] = true;
    CHECK(source_of(settings, "c") == Source{.kind = Kind::api, .place = "https://api.example", .allow_private = true});
    settings["registry_api_url"] = 7;
    CHECK_THAT(error_of([&] { static_cast<void>(source_of(settings, "c")); }).message(),
               ContainsSubstring("registry_api_url"));
}

TEST_CASE("a new source takes the place of the old one and leaves other settings alone") {
    ordered_json settings{{"registry_api_url", "https://a.example"},
                          {"secrets", {{"provider_type", "encrypted"}}},
                          {"allow_private_registry_ip", true}};
    put(settings, {.kind = Kind::url, .place = "https://b.example/r.json"});
    CHECK(settings.dump() == R"({"secrets":{"provider_type":"encrypted"},"registry_url":"https://b.example/r.json"})");
    put(settings, {.kind = Kind::file, .place = "/r.json", .allow_private = false});
    CHECK(settings["local_registry_path"] == "/r.json");
    put(settings, Source{});
    CHECK(settings.dump() == R"({"secrets":{"provider_type":"encrypted"}})");
}

TEST_CASE("a registry is named without what may be a key") {
    CHECK(to_string({.kind = Kind::url, .place = "https://h.example/r.json?token=s3cret"}) ==
          "https://h.example/r.json");
    CHECK(to_string({.kind = Kind::file, .place = "/r.json"}) == "the file '/r.json'");
    CHECK(to_string(Source{}) == "the catalogue of thv");
}

TEST_CASE("only https is asked, and this machine by http") {
    for (const std::string url : {"https://h.example/r.json", "http://127.0.0.1:8080/r.json", "http://localhost/r.json",
                                  "http://[::1]:1/r.json", "https://10.0.0.1/"})
        CHECK_NOTHROW(check_url(url));
    for (const std::string url : {"http://h.example/r.json", "http://10.0.0.1/r.json", "ftp://h.example/r.json",
                                  "https://user:s3cret@h.example/", "http://127.0.0.1.example/", "https://"}) {
        const auto error = error_of([&] { check_url(url); });
        CHECK(error.fault() == Fault::usage);
        CHECK_THAT(error.message(), !ContainsSubstring("s3cret"));
    }
}

TEST_CASE("addresses that are not public") {
    for (const auto* address :
         {"10.1.2.3", "127.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
          "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1",
          "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"})
        CHECK(is_private_address(address));
    for (const auto* address : {"8.8.8.8", "172.32.0.1", "172.15.0.1", "100.128.0.1", "192.169.0.1", "2606:4700::1111",
                                "::ffff:8.8.8.8", "64:ff9b::808:808", "h.example", ""})
        CHECK_FALSE(is_private_address(address));
    CHECK(is_loopback("127.9.9.9"));
    CHECK_FALSE(is_loopback("127.0.0.1.example"));
    CHECK_FALSE(is_loopback("10.0.0.1"));
}

TEST_CASE("a search finds words anywhere and shows the best first") {
    std::vector<Entry> entries{
        {.name = "io.a/fetch-more", .description = "b"},
        {.name = "github", .description = "Issues and pull requests", .tags = {"git"}},
        {.name = "git", .description = "Repositories"},
        {.name = "io.a/fetch", .description = "Pages of the web"},
        {.name = "time", .description = "Time zones", .tools = {"fetch_time"}},
        {.name = "crawler", .description = "", .tags = {"fetch"}},
    };
    const auto names = [&](std::string_view query) {
        std::vector<std::string> out;
        for (const auto& entry : search(entries, query))
            out.push_back(entry.name);
        return out;
    };
    CHECK(names("fetch") == std::vector<std::string>{"io.a/fetch", "io.a/fetch-more", "crawler", "time"});
    CHECK(names("GIT") == std::vector<std::string>{"git", "github"});
    CHECK(names(" pull  issues ") == std::vector<std::string>{"github"});
    CHECK(names("nothing").empty());
    CHECK(names("").size() == entries.size());
}
