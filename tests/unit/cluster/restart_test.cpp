// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/restart.hpp"
#include "support/catch.hpp"

#include <chrono>

using namespace thv;
using namespace thv::cluster;
using namespace std::chrono_literals;

namespace {

constexpr auto asked = "mcpserver.toolhive.stacklok.dev/restarted-at";

Time at(std::string_view text) {
    return parse_rfc3339(text).value();
}

Sighting restarted_at(const std::string& stamp) {
    Sighting seen;
    seen.resource = mcp_servers;
    seen.deployment = {{"spec", {{"template", {{"metadata", {{"annotations", {{asked, stamp}}}}}}}}}};
    return seen;
}

} // namespace

TEST_CASE("a restart is stamped later than the last one, whatever the clock says") {
    const Json object{{"metadata", {{"annotations", {{asked, "2026-01-01T00:00:05.250Z"}}}}}};
    CHECK(at(restart_stamp(object, at("2026-01-01T00:00:09Z"))) == at("2026-01-01T00:00:09Z"));
    CHECK(at(restart_stamp(object, at("2026-01-01T00:00:01Z"))) > at("2026-01-01T00:00:05.250Z"));
    CHECK(at(restart_stamp(Json::object(), at("2026-01-01T00:00:01Z"))) == at("2026-01-01T00:00:01Z"));
}

TEST_CASE("two restarts are not asked for in one second, which the operator would take for one") {
    const auto seen = restarted_at("2026-01-01T00:00:05Z");
    CHECK(restart_pause(seen, at("2026-01-01T00:00:05.900Z")) == 1s);
    CHECK(restart_pause(seen, at("2026-01-01T00:00:04Z")) == 1s);
    CHECK(restart_pause(seen, at("2026-01-01T00:00:07Z")) == 0s);
    CHECK(restart_pause(restarted_at("never"), at("2026-01-01T00:00:07Z")) == 0s);
    CHECK(restart_pause(Sighting{}, at("2026-01-01T00:00:07Z")) == 0s);
}
