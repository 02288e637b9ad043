// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/run_config.hpp"
#include "support/catch.hpp"

using namespace thv;

TEST_CASE("a tmpfs is a path and options that only concern it") {
    for (const auto* good : {"/tmp", "/run/x:size=64m", "/tmp:size=1g,mode=1777,uid=1000,gid=1000,exec", "/a:ro"}) {
        INFO(good);
        CHECK(parse_tmpfs(good).has_value());
    }
    for (const auto* bad : {"", "tmp", "/", "//", "/a/../b", "/a:", "/a:suid", "/a:dev", "/a:size=", "/a:size=x",
                            "/a:mode=rwx", "/a:ro,,rw", "/a\n:ro"}) {
        INFO(bad);
        CHECK_FALSE(parse_tmpfs(bad).has_value());
    }
    CHECK(parse_tmpfs("/tmp:size=64m").value().options == "size=64m");
    CHECK(parse_tmpfs("/tmp").value().target == "/tmp");
}

TEST_CASE("a tmpfs is written with its size in the shortest way, and what is said twice stays") {
    const auto [text, again] = GENERATE(table<const char*, const char*>({
        {"/tmp", "/tmp"},
        {"/tmp:size=65536k", "/tmp:size=64m"},
        {"/tmp:ro,size=1073741824,uid=7", "/tmp:ro,size=1g,uid=7"},
        {"/tmp:size=1000,size=2Gi", "/tmp:size=1000,size=2g"},
    }));
    CHECK(to_string(parse_tmpfs(text).value()) == again);
    CHECK(parse_tmpfs(again).has_value());
}

TEST_CASE("a user is a name or a number, with or without a group") {
    for (const auto* good : {"1000", "1000:1000", "node", "node:staff", "a_b.c-d"}) {
        INFO(good);
        CHECK(parse_user(good).has_value());
    }
    for (const auto* bad : {"", ":", "a:", ":b", "a b", "a:b:c", "-x", "a/b", "a=b"}) {
        INFO(bad);
        CHECK_FALSE(parse_user(bad).has_value());
    }
}

TEST_CASE("a limit of processes is a number of at least one") {
    CHECK(parse_pids("64").value() == 64);
    for (const auto* bad : {"", "0", "-1", "1.5", "many", "99999999999"}) {
        INFO(bad);
        CHECK_FALSE(parse_pids(bad).has_value());
    }
}

TEST_CASE("a run config keeps its container's options, and their mistakes are told by their fields") {
    const auto* const text = R"({"image": "i", "name": "x", "transport": "stdio", "resource_limits": {"pids": 64},
        "container_options": {"read_only": true, "tmpfs": ["/tmp:size=1m"], "user": "1000:1000"},
        "ignore_config": {"LoadGlobal": false, "PrintOverlays": false}})";
    const auto config = run_config_from_json(text, "test");
    CHECK(config.limits.pids == 64);
    CHECK(config.container_options ==
          ContainerOptions{.read_only = true, .tmpfs = {"/tmp:size=1m"}, .user = "1000:1000"});
    CHECK_FALSE(config.global_ignore);
    const auto again = run_config_from_json(to_json(config), "test");
    CHECK(again.container_options == config.container_options);
    CHECK(again.limits == config.limits);
    CHECK_FALSE(again.global_ignore);
    auto open = config;
    open.container_options = {};
    CHECK(to_json(open).find("container_options") == std::string::npos);
    for (const auto* wrong : {R"({"tmpfs": ["tmp"]})", R"({"user": ":"})", R"({"read_only": "yes"})"}) {
        const auto bad =
            std::string{R"({"image": "i", "name": "x", "transport": "stdio", "container_options": )"} + wrong + "}";
        CHECK_THROWS_WITH(run_config_from_json(bad, "test"), StartsWith("test: container_options: field '"));
    }
}
