// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "engine/inspect.hpp"
#include "support/catch.hpp"

using namespace thv;
using nlohmann::json;
using thv::engine::container_info;
using thv::engine::container_list;

namespace {

json inspected() {
    return json::parse(R"({
        "Id": "f61da9d59b14e3cb", "Name": "/fetch", "Created": "2026-11-24T09:09:01.293403497Z",
        "State": {"Status": "exited", "Running": false, "OOMKilled": true, "ExitCode": 137, "Error": "no such program",
                  "StartedAt": "2026-11-24T09:09:01.473217926Z", "FinishedAt": "0001-01-01T00:00:00Z"},
        "Config": {"Image": "mcp/fetch:1", "Labels": {"toolhive": "true", "team": "a"}},
        "HostConfig": {"PortBindings": {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}},
        "NetworkSettings": {"Bridge": "", "Ports": {
            "8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "32768"}],
            "9090/tcp": [{"HostIp": "::", "HostPort": "32769"}, {"HostIp": "0.0.0.0", "HostPort": "32770"}],
            "53/udp": [{"HostIp": "127.0.0.1", "HostPort": "53"}], "7070/tcp": null}}})");
}

} // namespace

TEST_CASE("a container is described by what its engine says of it") {
    const auto info = container_info(inspected());
    CHECK(info.id == "f61da9d59b14e3cb");
    CHECK(info.name == "fetch");
    CHECK(info.image == "mcp/fetch:1");
    CHECK(info.state == "exited");
    CHECK(info.exit_code == 137);
    CHECK(info.oom_killed);
    CHECK(info.error == "no such program");
    CHECK(info.managed());
    CHECK(info.labels.at("team") == "a");
    CHECK(info.ports == std::map<int, int>{{8080, 32768}, {9090, 32770}});
    REQUIRE(info.created_at);
    CHECK(format_rfc3339(*info.created_at) == "2026-11-24T09:09:01.293403497Z");
    REQUIRE(info.started_at);
    CHECK(format_rfc3339(*info.started_at) == "2026-11-24T09:09:01.473217926Z");
}

TEST_CASE("a container that never started has no start time") {
    auto document = inspected();
    document["State"]["StartedAt"] = "0001-01-01T00:00:00Z";
    CHECK_FALSE(container_info(document).started_at);
}

TEST_CASE("podman's own words for states are translated, and every other word is kept") {
    const auto [theirs, ours] = GENERATE(table<std::string, std::string>({{"stopped", "exited"},
                                                                          {"configured", "created"},
                                                                          {"initialized", "created"},
                                                                          {"running", "running"},
                                                                          {"paused", "paused"}}));
    auto document = inspected();
    document["State"]["Status"] = theirs;
    CHECK(container_info(document).state == ours);
}

TEST_CASE("an answer without the fields that newer APIs dropped is understood") {
    auto document = inspected();
    document["NetworkSettings"].erase("Bridge");
    document.erase("HostConfig");
    CHECK(container_info(document).ports.size() == 2);
}

TEST_CASE("fields of another type count as missing, and only an id is needed") {
    const auto document =
        json::parse(R"({"Id": "x", "Name": 1, "State": "up", "Created": 5, "NetworkSettings": {"Ports": []},
                                          "Config": {"Image": null, "Labels": {"a": 1, "b": "c"}}})");
    const auto info = container_info(document);
    CHECK(info.id == "x");
    CHECK(info.name.empty());
    CHECK(info.labels == std::map<std::string, std::string>{{"b", "c"}});
    for (const auto* text : {"null", "[]", "{}", R"({"Id": 1})"})
        CHECK_THROWS_AS(container_info(json::parse(text)), Error);
}

TEST_CASE("ports that are none are left out") {
    auto document = inspected();
    document["NetworkSettings"]["Ports"] =
        json::parse(R"({"x/tcp": [{"HostPort": "1"}], "70000/tcp": [{"HostPort": "1"}],
        "80/tcp": [{"HostPort": "99999"}, {"HostPort": "-1"}, 7, {"HostIp": "192.168.0.1", "HostPort": "80"}]})");
    CHECK(container_info(document).ports.empty());
}

TEST_CASE("a list tells the same of each container as far as it goes") {
    const auto list = container_list(json::parse(R"([
        {"Id": "d95381556b8f", "Names": ["/x3"], "Image": "docker.io/thv/x:1", "Created": 1795511331, "State": "stopped",
         "Ports": [{"IP": "127.0.0.1", "PrivatePort": 8080, "PublicPort": 37897, "Type": "tcp"},
                   {"IP": "::1", "PrivatePort": 1, "PublicPort": 2, "Type": "tcp"}, {"PrivatePort": 3, "Type": "tcp"}],
         "Labels": {"toolhive": "true"}},
        {"Id": "e", "Names": [], "Labels": null, "Ports": null, "Created": 99999999999999999}])"));
    REQUIRE(list.size() == 2);
    CHECK(list[0].name == "x3");
    CHECK(list[0].state == "exited");
    CHECK(list[0].ports == std::map<int, int>{{8080, 37897}});
    CHECK(list[0].managed());
    CHECK(format_rfc3339(*list[0].created_at) == "2026-11-24T09:08:51Z");
    CHECK_FALSE(list[1].created_at);
    CHECK_FALSE(list[1].managed());
    CHECK_THROWS_AS(container_list(json::object()), Error);
}

TEST_CASE("podman's own list, which has other names and forms for the same, is understood too") {
    const auto list = container_list(json::parse(R"([
        {"Id": "6ae6e625a4da", "Names": ["x"], "Image": "localhost/x:1", "Created": "2026-11-28T14:14:29.190447694Z",
         "State": "exited", "Labels": {"toolhive": "true"},
         "Ports": [{"host_ip": "127.0.0.1", "container_port": 8080, "host_port": 37897, "range": 1, "protocol": "tcp"},
                   {"host_ip": "192.168.0.1", "container_port": 1, "host_port": 2, "range": 1, "protocol": "tcp"}]}])"));
    REQUIRE(list.size() == 1);
    CHECK(list[0].name == "x");
    CHECK(list[0].managed());
    CHECK(list[0].ports == std::map<int, int>{{8080, 37897}});
    CHECK(format_rfc3339(list[0].created_at.value()).starts_with("2026-11-28T14:14:29"));
}
