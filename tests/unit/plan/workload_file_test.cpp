// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "plan/workload_file.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace thv;
using namespace thv::plan;

namespace {

constexpr auto good = R"(version: 1
groups: [tools, default]
profiles:
  hub-only:
    network: {outbound: {allow_host: [github.com]}}
workloads:
  github:
    image: mcp/github:1
    group: tools
    profile: hub-only
    volumes: ["data:/data"]
  time:
    image: mcp/time:1
    transport: stdio
    profile: none
  away:
    remote_url: https://mcp.example.com/mcp
)";

struct Read {
    explicit Read(std::vector<std::string> texts, Reading reading = {}) {
        std::vector<Source> sources;
        for (std::size_t at = 0; at < texts.size(); ++at)
            sources.push_back({"f" + std::to_string(at + 1), std::move(texts[at]), "/folder"});
        wanted = read_files(sources, reading, mistakes);
    }
    bool complains(std::string_view start) const {
        return std::ranges::any_of(mistakes, [&](const Error& error) { return error.message().starts_with(start); });
    }
    std::vector<Error> mistakes;
    Wanted wanted;
};

} // namespace

TEST_CASE("a workload file tells of groups, profiles and workloads") {
    const Read read{{good}};
    REQUIRE(read.mistakes.empty());
    CHECK(read.wanted.groups == std::vector<std::string>{"tools"});
    REQUIRE(read.wanted.workloads.size() == 3);
    const auto& github = read.wanted.workloads[0];
    CHECK(github.group == "tools");
    CHECK(github.volumes == std::vector<std::string>{"/folder/data:/data"});
    REQUIRE(github.permission_profile);
    CHECK(github.permission_profile->name == "hub-only");
    CHECK(github.permission_profile->write == std::vector<std::string>{"/folder/data:/data"});
    CHECK(read.wanted.workloads[1].permission_profile_name == "none");
    CHECK(read.wanted.workloads[2].remote_url == "https://mcp.example.com/mcp");
}

TEST_CASE("what is written is read as the same again") {
    const Read first{{good}};
    const auto text = to_file(first.wanted.groups, first.wanted.workloads);
    const Read second{{text}};
    INFO(text);
    for (const auto& mistake : second.mistakes)
        FAIL_CHECK(mistake.message());
    CHECK(to_file(second.wanted.groups, second.wanted.workloads) == text);
    CHECK(second.wanted.workloads.size() == 3);
}

TEST_CASE("every mistake is in one report, with its place") {
    const Read read{{"version: 2\n",
                     "version: 1\nwhat: is this\ngroups: [Tools]\nworkloads:\n  a: {image: i, imagee: j, memory: x}\n"
                     "  b: {transport: stdio}\n  c: 7\n  d: {image: i, remote_url: http://x}\n  ../e: {image: i}\n"
                     "  f: {image: i, profile: unheard-of}\n  g: {image: i, port: 8080}\n  h: {image: i, port: 8080}\n",
                     "version: 1\nworkloads:\n  g: {image: i}\n", "a: b\na: c\n", "- 1\n"}};
    for (const auto* start :
         {"f1: field 'version' must be 1", "f2: there is no field 'what'", "f2: field 'groups'",
          "f2: workloads.a: there is no field 'imagee'", "f2: workloads.a: field 'memory'",
          "f2: workloads.b: it must have one of 'image' and 'remote_url'", "f2: workloads.c: it must be a table",
          "f2: workloads.d: it must have one of", "f2: workloads.../e", "f2: workloads.f: field 'profile' must be",
          "g and f2: workloads.h have the same port 8080", "f2: workloads.g and f3: workloads.g are the same workload",
          "f4:2:1", "f5"}) {
        INFO(start);
        CHECK(read.complains(start));
    }
    CHECK(read.mistakes.size() == 14);
}

TEST_CASE("on a cluster profiles are names only, and others are a mistake") {
    const Read read{{good}, {.on_cluster = true}};
    CHECK(read.complains("f1: workloads.github: field 'profile' must be none or network here"));
    CHECK(read.wanted.workloads.front().permission_profile_name == "none");
}

TEST_CASE("what keeps a workload from being run is a mistake of the file, and the others are read on") {
    const Read read{{good}, {.check = [](const RunConfig& config) {
                        if (config.name == "github") throw Error{Fault::unsupported, "not here"};
                    }}};
    REQUIRE(read.mistakes.size() == 1);
    CHECK(read.mistakes[0].message() == "f1: workloads.github: not here");
    CHECK(read.wanted.workloads.size() == 2);
}

TEST_CASE("on a cluster two workloads may have the same port") {
    const Read read{{"version: 1\nworkloads: {a: {image: i, port: 8080}, b: {image: i, port: 8080}}\n"},
                    {.on_cluster = true}};
    CHECK(read.mistakes.empty());
}
