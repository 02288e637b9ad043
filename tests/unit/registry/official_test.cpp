// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/entry.hpp"
#include "registry/registry.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

#include <fmt/format.h>

using namespace thv;
using namespace thv::registry;
using namespace thv::test;

namespace {

std::string page_of(std::string_view server, std::string_view next = "") {
    return fmt::format(
        R"({{"servers": [{{"server": {}, "_meta": {{}}}}], "metadata": {{"nextCursor": "{}", "count": 1}}}})", server,
        next);
}

Entry only(const Page& page) {
    REQUIRE(page.catalogue.broken.empty());
    REQUIRE(page.catalogue.entries.size() == 1);
    return page.catalogue.entries.front();
}

} // namespace

TEST_CASE("an image of the official registry becomes an entry") {
    const auto page = parse_page(page_of(R"({
        "name": "io.github.acme/weather", "title": "Weather", "description": "Tells the weather", "version": "1.4.0",
        "repository": {"url": "https://github.com/acme/weather", "source": "github"},
        "packages": [
          {"registryType": "npm", "identifier": "@acme/weather", "version": "1.4.0", "transport": {"type": "stdio"}},
          {"registryType": "oci", "identifier": "ghcr.io/acme/weather:1.4",
           "transport": {"type": "streamable-http", "url": "http://localhost:8080/mcp"},
           "environmentVariables": [{"name": "KEY", "description": "a key", "isRequired": true, "isSecret": true},
                                    {"name": "UNITS", "default": "metric"}],
           "packageArguments": [{"type": "positional", "value": "serve"}, {"type": "named", "name": "--port", "value": "8080"},
                                {"type": "named", "name": "--city", "isRequired": true}, {"type": "positional"}]}]})",
                                         "abc"),
                                 "api");
    CHECK(page.next == "abc");
    const auto entry = only(page);
    CHECK(entry.name == "io.github.acme/weather");
    CHECK(entry.title == "Weather");
    CHECK(entry.image == "ghcr.io/acme/weather:1.4");
    CHECK(entry.transport == Transport::streamable_http);
    CHECK(entry.target_port == 8080);
    CHECK(entry.args == std::vector<std::string>{"serve", "--port", "8080"});
    CHECK(entry.open_args == std::vector<std::string>{"--city"});
    REQUIRE(entry.variables.size() == 2);
    CHECK(entry.variables[0] ==
          Variable{.name = "KEY", .description = "a key", .value = {}, .required = true, .secret = true});
    CHECK(entry.variables[1].value == "metric");
    CHECK(entry.repository_url == "https://github.com/acme/weather");
}

TEST_CASE("what a publisher adds for an image is heeded") {
    const auto entry = only(parse_page(page_of(R"({
        "name": "io.github.acme/files",
        "packages": [{"registryType": "oci", "identifier": "docker.io/acme/files:1", "transport": {"type": "stdio"}}],
        "_meta": {"io.modelcontextprotocol.registry/publisher-provided": {"io.github.acme": {"docker.io/acme/files:1": {
            "args": ["/projects"], "tier": "Official", "status": "Active", "tools": ["read"], "tags": ["files"],
            "metadata": {"stars": 5}, "permissions": {"network": {"outbound": {}}}}}}}})"),
                                       "api"));
    CHECK(entry.args == std::vector<std::string>{"/projects"});
    CHECK(entry.tier == "Official");
    CHECK(entry.tools == std::vector<std::string>{"read"});
    CHECK(entry.stars == 5);
    CHECK(entry.permissions["network"]["outbound"].empty());
}

TEST_CASE("images are named in full") {
    const auto [package, image] = GENERATE(table<std::string, std::string>({
        {R"("identifier": "ghcr.io/a/b:1", "version": "2")", "ghcr.io/a/b:1"},
        {R"("identifier": "a/b", "version": "2")", "a/b:2"},
        {R"("identifier": "a/b@sha256:00", "version": "2")", "a/b@sha256:00"},
        {R"("identifier": "a/b", "registryBaseUrl": "https://docker.io", "version": "2")", "a/b:2"},
        {R"("identifier": "a/b", "registryBaseUrl": "https://ghcr.io", "version": "2")", "ghcr.io/a/b:2"},
        {R"("identifier": "localhost:5000/b")", "localhost:5000/b"},
    }));
    const auto server = fmt::format(R"({{"name": "x", "packages": [{{"registryType": "oci", {}}}]}})", package);
    CHECK(only(parse_page(page_of(server), "api")).image == image);
}

TEST_CASE("a server that is elsewhere is taken when there is no image, and none when there is neither") {
    const auto entry =
        only(parse_page(page_of(R"({"name": "a.b/c", "packages": [{"registryType": "npm", "identifier": "c"}],
        "remotes": [{"type": "sse", "url": "https://h.example/sse", "headers": [{"name": "Authorization", "isSecret": true,
        "isRequired": true}]}]})"),
                        "api"));
    CHECK(entry.remote());
    CHECK(entry.transport == Transport::sse);
    REQUIRE(entry.headers.size() == 1);
    CHECK(entry.headers[0].required);
    const auto none =
        parse_page(page_of(R"({"name": "a/b", "packages": [{"registryType": "pypi", "identifier": "c"}]})"), "api");
    CHECK(none.catalogue.entries.empty());
    CHECK(none.catalogue.broken.empty());
}

TEST_CASE("deleted servers are not listed") {
    const auto page = parse_page(R"({"servers": [{"server": {"name": "x", "packages": [{"registryType": "oci",
        "identifier": "i:1"}]}, "_meta": {"io.modelcontextprotocol.registry/official": {"status": "deleted"}}}]})",
                                 "api");
    CHECK(page.catalogue.entries.empty());
    CHECK(page.next.empty());
}

TEST_CASE("files in the official form are read as well") {
    const auto text = R"({"version": "1", "meta": {}, "data": {"servers": [{"name": "io.example/x", "packages":
        [{"registryType": "oci", "identifier": "i:1", "transport": {"type": "stdio"}}]}]}})";
    const auto catalogue = parse_catalogue(text, "r.json");
    REQUIRE(catalogue.entries.size() == 1);
    CHECK(catalogue.entries[0].image == "i:1");
    CHECK(parse_catalogue(R"({"servers": []})", "r.json").entries.empty());
}

TEST_CASE("pages that are none are refused, and broken servers named") {
    for (const std::string text : {"", "[]", "{}", R"({"servers": {}})", R"({"servers": [], "metadata": 3})",
                                   R"({"servers": [], "metadata": {"nextCursor": 3}})"})
        CHECK(error_of([&] { static_cast<void>(parse_page(text, "api")); }).fault() == Fault::usage);
    CHECK(parse_page(R"({"servers": null})", "api").catalogue.entries.empty());
    const auto page =
        parse_page(R"({"servers": [7, {"name": "x", "packages": [{"registryType": "oci", "identifier": 7}]},
        {"name": "y", "packages": [{"registryType": "oci", "identifier": "i:1", "transport": {"type": "carrier pigeon"}}]}]})",
                   "api");
    CHECK(page.catalogue.entries.empty());
    CHECK(page.catalogue.broken.size() == 3);
}

TEST_CASE("a server is found by its name or by the last part of it") {
    Catalogue catalogue;
    for (const auto* name : {"fetch", "io.a/time", "io.a/fetch", "io.a/git", "io.b/git"})
        catalogue.entries.push_back({.name = name, .image = "i:1"});
    catalogue.broken.push_back({"io.c/bad", Error{Fault::usage, "bad"}});
    CHECK(pick(catalogue, "fetch")->name == "fetch");
    CHECK(pick(catalogue, "time")->name == "io.a/time");
    CHECK(pick(catalogue, "io.b/git")->name == "io.b/git");
    CHECK_FALSE(pick(catalogue, "im"));
    CHECK_FALSE(pick(catalogue, "nothing"));
    const auto several = error_of([&] { static_cast<void>(pick(catalogue, "git")); });
    CHECK(several.fault() == Fault::conflict);
    CHECK_THAT(several.message(), ContainsSubstring("io.a/git, io.b/git"));
    CHECK(error_of([&] { static_cast<void>(pick(catalogue, "bad")); }).message() == "bad");
}
