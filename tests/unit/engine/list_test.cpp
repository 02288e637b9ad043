// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "engine/list.hpp"
#include "scripted_engine.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"

using namespace thv;
using nlohmann::json;
using thv::test::drive;
using thv::test::ScriptedPodman;

namespace {

const json gone{{"message", "container 1f does not exist in database: no such container"}};
const json one{{{"Id", "aa"}, {"Names", {"/web"}}, {"Labels", {{"toolhive", "true"}}}}};

} // namespace

TEST_CASE("a list that a vanishing container has spoilt is asked for again, and not for ever") {
    const auto [failures, works] = GENERATE(table<std::size_t, bool>({{0, true}, {2, true}, {5, true}, {6, false}}));
    std::vector<std::pair<int, json>> answers(failures, {500, gone});
    if (works) answers.emplace_back(200, one);
    ScriptedPodman podman{answers};
    asio::io_context context{1};
    if (works) {
        const auto containers = drive(context, engine::list_managed(podman.api()));
        REQUIRE(containers.size() == 1);
        CHECK(containers.front().name == "web");
    } else {
        CHECK_THROWS_AS(drive(context, engine::list_managed(podman.api())), Error);
    }
}

TEST_CASE("of containers whose storage is lost, Podman's own list tells") {
    const auto* message = GENERATE("getting container from store \"1f\": container not known",
                                   "reading information about layer \"1f\": layer not known");
    ScriptedPodman podman{{{500, {{"message", message}}}, {200, one}}};
    asio::io_context context{1};
    CHECK(drive(context, engine::list_managed(podman.api())).size() == 1);
    CHECK(podman.asked.back().starts_with("GET /v1.41/libpod/containers/json?all=1&filters="));
}
