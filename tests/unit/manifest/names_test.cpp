// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "manifest/manifest.hpp"
#include "support/catch.hpp"

#include <string>

using namespace thv;

TEST_CASE("a workload's name must fit into the names that the operator makes of it") {
    for (const auto& name : {std::string{"fetch"}, std::string{"a"}, std::string{"web-2"}, std::string(50, 'n')})
        CHECK_NOTHROW(check_cluster_name(name));
    for (const auto& name : {std::string{}, std::string{"Fetch"}, std::string{"a_b"}, std::string{"a.b"},
                             std::string{"-a"}, std::string{"a-"}, std::string(51, 'n')}) {
        CAPTURE(name);
        CHECK_THROWS_AS(check_cluster_name(name), Error);
    }
}

TEST_CASE("a workload is not named like the label of all proxies") {
    for (const auto* name : {"mcpserver", "mcpremoteproxy", "virtualmcpserver"})
        CHECK_THROWS_AS(check_cluster_name(name), Error);
}

TEST_CASE("a group's name is one of Kubernetes' own") {
    CHECK_NOTHROW(check_cluster_group("tools"));
    CHECK_NOTHROW(check_cluster_group("tools.eu-1"));
    for (const auto& name :
         {std::string{"my tools"}, std::string{"my_tools"}, std::string{"a..b"}, std::string(254, 'g')}) {
        CAPTURE(name);
        CHECK_THROWS_AS(check_cluster_group(name), Error);
    }
}

TEST_CASE("namespaces have names of up to 63 characters without dots") {
    CHECK_NOTHROW(check_cluster_namespace("team-1"));
    CHECK_NOTHROW(check_cluster_namespace(std::string(63, 'x')));
    for (const std::string name : {"", "Team", "a_b", "a.b", "-a", "a-", "a/b"})
        CHECK_THROWS_AS(check_cluster_namespace(name), Error);
    CHECK_THROWS_AS(check_cluster_namespace(std::string(64, 'x')), Error);
}
