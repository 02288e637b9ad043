// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/log_record.hpp"
#include "cluster/log_source.hpp"
#include "support/catch.hpp"
#include "support/cluster_parts.hpp"

#include <vector>

using namespace thv;
using namespace thv::cluster;

namespace {

/// What of these lines is admitted, without stamps.
std::vector<std::string> admitted(LogCursor& cursor, const std::vector<std::string>& lines) {
    std::vector<std::string> texts;
    for (const auto& line : lines) {
        const auto record = read_record(line);
        if (cursor.admits(record)) texts.emplace_back(record.text());
    }
    return texts;
}

const std::string first = "2026-03-01T10:00:00.1Z ";
const std::string second = "2026-03-01T10:00:00.2Z ";
const std::string third = "2026-03-01T10:00:00.3Z ";
using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("a record is a stamp and a text, or a text that belongs to the line before") {
    const auto record = read_record("2026-03-01T10:00:00.123456789Z  two spaces");
    CHECK(record.text() == " two spaces");
    CHECK(format_rfc3339(record.written.value()) == "2026-03-01T10:00:00.123456789Z");
    CHECK(read_record("2026-03-01T10:00:00Z").text().empty());
    CHECK(read_record("2026-03-01T10:00:00Z ").text().empty());
    for (const auto* line : {"", "no stamp", "2026-13-01T10:00:00Z x", " 2026-03-01T10:00:00Z x"}) {
        CHECK(read_record(line).text() == line);
        CHECK_FALSE(read_record(line).written);
    }
}

TEST_CASE("what a log gives again after a break is not told twice, and what is new is not lost") {
    LogCursor cursor;
    CHECK(admitted(cursor, {first + "a", second + "b", second + "c"}) == Texts{"a", "b", "c"});
    cursor.rewind();
    CHECK(admitted(cursor, {first + "a", second + "b", second + "c", second + "d", third + "e"}) == Texts{"d", "e"});
    cursor.rewind();
    CHECK(admitted(cursor, {third + "e"}).empty());
    cursor.rewind();
    CHECK(admitted(cursor, {third + "e", third + "f", "and more", third + "g"}) == Texts{"f", "and more", "g"});
    cursor.rewind();
    CHECK(admitted(cursor, {third + "e", third + "f", "and more", third + "g", "the end"}) == Texts{"the end"});
}

TEST_CASE("a reader that has seen nothing takes everything, again and again") {
    LogCursor cursor;
    CHECK_FALSE(cursor.since());
    cursor.rewind();
    CHECK(admitted(cursor, {"without a stamp", first + "a"}) == Texts{"without a stamp", "a"});
    CHECK(format_rfc3339(cursor.since().value()) == "2026-03-01T10:00:00.1Z");
}

TEST_CASE("a clock that is set back loses no line of a log that is being read") {
    LogCursor cursor;
    CHECK(admitted(cursor, {second + "a", first + "b", third + "c"}) == Texts{"a", "b", "c"});
}

TEST_CASE("the query asks for what was asked for") {
    CHECK(log_query({.container = "mcp"}) == "container=mcp&timestamps=true");
    const auto since = parse_rfc3339("2026-03-01T10:00:00.25Z").value();
    CHECK(
        log_query({.container = "a b", .lines = 3, .since = since, .follow = true, .previous = true}) ==
        "container=a%20b&timestamps=true&tailLines=3&sinceTime=2026-03-01T10%3A00%3A00.25Z&follow=true&previous=true");
    CHECK(log_query({.container = "mcp", .lines = -1}) == "container=mcp&timestamps=true&tailLines=0");
}

TEST_CASE("a server's log and a proxy's are those of their pods") {
    const auto server = log_pods(mcp_servers, "fetch", LogSource::server);
    CHECK(server.selector == "app=fetch,toolhive-name=fetch");
    CHECK(server.container == "mcp");
    const auto proxy = log_pods(mcp_servers, "fetch", LogSource::proxy);
    CHECK(proxy.selector == "app=mcpserver,app.kubernetes.io/instance=fetch");
    CHECK(proxy.container == "toolhive");
    CHECK(log_pods(mcp_remote_proxies, "fetch", LogSource::proxy).selector ==
          "app=mcpremoteproxy,app.kubernetes.io/instance=fetch");
    CHECK_THROWS_AS(log_pods(mcp_remote_proxies, "fetch", LogSource::server), Error);
    CHECK_THROWS_AS(log_pods(mcp_server_entries, "fetch", LogSource::proxy), Error);
}

TEST_CASE("a container has a log once it has started") {
    const auto running = test::pod("fetch-0", "fetch", "mcp");
    CHECK(pod_state(running, "mcp").has_log);
    CHECK(pod_state(running, "mcp").runs);
    CHECK_FALSE(pod_state(running, "other").has_log);
    auto waiting = test::troubled(running, "CrashLoopBackOff", "", 2);
    CHECK_FALSE(pod_state(waiting, "mcp").has_log);
    waiting["status"]["containerStatuses"][0]["lastState"] = {{"terminated", {{"exitCode", 1}}}};
    CHECK(pod_state(waiting, "mcp").has_log);
    CHECK_FALSE(pod_state(waiting, "mcp").runs);
    CHECK(pod_state(waiting, "mcp").restarts == 2);
    CHECK(pod_state(Json{{"status", 1}}, "mcp").uid.empty());
}
