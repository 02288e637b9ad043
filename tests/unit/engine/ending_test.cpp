// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "engine/container_calls.hpp"
#include "scripted_engine.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/failure.hpp"

using namespace thv;
using namespace std::chrono_literals;
using nlohmann::json;
using thv::test::drive;
using thv::test::error_of;
using thv::test::ScriptedPodman;

namespace {

const json improper{{"message", "container 1f is running or paused, refusing to clean up: container state improper"}};
const json none{{"message", "no container with name or ID \"web\" found: no such container"}};

json inspected(const std::string& state) {
    return {{"Id", "1f"}, {"Name", "/web"}, {"State", {{"Status", state}}}};
}

} // namespace

TEST_CASE("a stop that Podman refuses is content with what has ended, and repeated for what runs") {
    asio::io_context context{1};
    SECTION("gone") {
        ScriptedPodman podman{{{500, improper}, {404, none}}};
        drive(context, engine::stop_container(podman.api(), "web", 1s));
        CHECK(podman.asked.size() == 2);
    }
    SECTION("ended, or on its way out") {
        const auto* state = GENERATE("removing", "exited", "stopped", "created");
        ScriptedPodman podman{{{500, improper}, {200, inspected(state)}}};
        drive(context, engine::stop_container(podman.api(), "web", 1s));
        CHECK(podman.asked.size() == 2);
    }
    SECTION("still there") {
        const auto* state = GENERATE("running", "stopping");
        ScriptedPodman podman{{{500, improper}, {200, inspected(state)}, {204, nullptr}}};
        drive(context, engine::stop_container(podman.api(), "web", 1s));
        CHECK(podman.asked.back() == "POST /v1.41/containers/web/stop?t=1");
    }
}

TEST_CASE("a stop that Podman refuses for a paused container is refused at once") {
    asio::io_context context{1};
    ScriptedPodman podman{{{500, improper}, {200, inspected("paused")}}};
    CHECK_THROWS_AS(drive(context, engine::stop_container(podman.api(), "web", 1s)), Error);
}

TEST_CASE("a stop that is refused for another reason fails with it") {
    asio::io_context context{1};
    ScriptedPodman podman{{{500, {{"message", "no space left on device"}}}}};
    const auto error = error_of([&] { drive(context, engine::stop_container(podman.api(), "web", 1s)); });
    CHECK(error.message() == "podman: no space left on device");
}

TEST_CASE("a removal is tried again where that helps") {
    const auto [message, again] = GENERATE(
        table<std::string, bool>({{"unlinkat /x/userdata/shm: device or resource busy", true},
                                  {"cannot remove container 1f as it is running: container state improper", true},
                                  {"read-only file system", false}}));
    asio::io_context context{1};
    ScriptedPodman podman{{{409, none}, {500, {{"message", message}}}, {404, none}}};
    if (again) {
        drive(context, engine::remove_container(podman.api(), "web"));
        CHECK(podman.asked == std::vector<std::string>{"POST /v1.41/containers/web/kill?signal=KILL",
                                                       "DELETE /v1.41/containers/web?force=1&v=1",
                                                       "DELETE /v1.41/containers/web?force=1&v=1"});
    } else {
        CHECK_THROWS_AS(drive(context, engine::remove_container(podman.api(), "web")), Error);
    }
}

TEST_CASE("of the storage that has a name only what Podman left of that image is removed") {
    const json leftover{
        {"Id", "5e"}, {"Command", {"storage"}}, {"State", "storage"}, {"Names", {"web"}}, {"ImageID", "a1"}};
    const auto with = [&](const char* field, const json& value) {
        auto entry = leftover;
        entry[field] = value;
        return entry;
    };
    const json image{{"Id", "sha256:a1"}};
    asio::io_context context{1};
    const auto remove = [&](const ScriptedPodman& podman) {
        return drive(context, engine::remove_leftover(podman.api(), "web", "img", 1ms));
    };
    SECTION("that is somebody else's, or no entry at all") {
        const json strangers{with("Command", {"buildah"}),
                             with("Names", {"web-2"}),
                             with("ImageID", "a2"),
                             with("State", "created"),
                             with("Names", "web"),
                             with("Command", nullptr),
                             with("ImageID", 7),
                             with("Names", json::array()),
                             json("web"),
                             json::object()};
        CHECK_FALSE(remove(ScriptedPodman{{{200, image}, {200, strangers}}}));
    }
    SECTION("that is Podman's own") {
        const json listed = json::array({with("Names", {"web-2"}), leftover});
        ScriptedPodman podman{{{200, image}, {200, listed}, {200, listed}, {404, none}, {204, nullptr}}};
        CHECK(remove(podman));
        CHECK(podman.asked.at(1) == "GET /v1.41/libpod/containers/json?all=1&external=1");
        CHECK(podman.asked.back() == "DELETE /v1.41/containers/5e?force=1&v=1");
    }
    SECTION("that is a container a moment later, or another one's") {
        const auto later = GENERATE_COPY(with("State", "created"), with("Id", "60"));
        CHECK_FALSE(
            remove(ScriptedPodman{{{200, image}, {200, json::array({leftover})}, {200, json::array({later})}}}));
    }
    SECTION("whose image nobody knows any more") {
        CHECK_FALSE(remove(ScriptedPodman{{{404, {{"message", "no such image"}}}}}));
    }
}
