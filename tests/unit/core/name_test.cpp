// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/name.hpp"
#include "core/workload.hpp"
#include "support/catch.hpp"

using namespace thv;

TEST_CASE("a workload name is safe as a container name, a file name and a path segment") {
    for (const std::string good : {"a", "fetch", "Fetch-2.1_x", "0", "x.y"}) {
        INFO(good);
        const auto name = WorkloadName::parse(good);
        REQUIRE(name);
        CHECK(name->str() == good);
    }
    for (const std::string bad :
         {"", ".", "..", ".hidden", "-x", "_x", "a/b", "a b", "a\n", "ä", "a:b", "a;b", "../a"}) {
        INFO(bad);
        CHECK_FALSE(WorkloadName::parse(bad));
    }
    CHECK(WorkloadName::parse(std::string(100, 'n')));
    CHECK_FALSE(WorkloadName::parse(std::string(101, 'n')));
    CHECK_FALSE(WorkloadName::parse(std::string_view{"a\0b", 3}));
}

TEST_CASE("the error about a name shows the name without control characters and says what is allowed") {
    const auto name = WorkloadName::parse("evil\x1b[31m");
    REQUIRE_FALSE(name);
    CHECK(name.error().fault() == Fault::usage);
    CHECK(name.error().message() == "'evil?[31m' is not a workload name");
    CHECK_THAT(name.error().hint(), ContainsSubstring("1 to 100"));
    CHECK(WorkloadName::parse(std::string(10'000, '/')).error().message().size() < 200);
}

TEST_CASE("a group name has lower-case letters, digits, _, - and single spaces inside") {
    for (const std::string good : {"default", "my tools", "a_b-c 1", "__mcp-optimizer__"}) {
        INFO(good);
        CHECK(GroupName::parse(good));
    }
    for (const std::string bad : {"", " ", " a", "a ", "a  b", "Tools", "a/b", "a.b", "a\tb"}) {
        INFO(bad);
        CHECK_FALSE(GroupName::parse(bad));
    }
    CHECK_FALSE(GroupName::parse(std::string(101, 'n')));
}

TEST_CASE("a workload is named after its image when it is given no name") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"ghcr.io/acme/weather:1", "acme-weather"},
        {"ghcr.io/acme/tools/weather:1.4@sha256:abc", "tools-weather"},
        {"fetch", "fetch"},
        {"fetch:latest", "fetch"},
        {"mcp/fetch", "mcp-fetch"},
        {"localhost:5000/fetch:1", "localhost-fetch"},
        {"localhost:5000/a/fetch", "a-fetch"},
        {"fetch@sha256:0123", "fetch"},
        {"_x/_y", "x-_y"},
        {"", "workload"},
        {"///", "workload"},
        {"a/b c", "a-b-c"},
        {std::string(150, 'x'), std::string(100, 'x')},
    };
    for (const auto& [image, name] : cases) {
        INFO(image);
        CHECK(name_from_image(image) == name);
        CHECK(WorkloadName::parse(name_from_image(image)));
    }
}

TEST_CASE("every state has a word of its own that is read back") {
    for (int i = 0; i <= static_cast<int>(State::policy_stopped); ++i) {
        const auto state = static_cast<State>(i);
        CHECK(parse_state(to_string(state)) == state);
    }
    CHECK(to_string(State::auth_retrying) == "auth_retrying");
    CHECK(parse_state("no such word") == State::unknown);
    CHECK(parse_state("") == State::unknown);
}
