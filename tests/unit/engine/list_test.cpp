// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "engine/list.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/scripted_server.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

using namespace thv;
using thv::engine::Api;
using thv::test::drive;
using thv::test::Peer;
using thv::test::ScriptedServer;

namespace {

std::string answer(int status, const nlohmann::json& document) {
    const auto body = document.dump();
    return fmt::format("HTTP/1.1 {} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
}

ScriptedServer::Script says(std::string text) {
    return [text = std::move(text)](Peer& peer) {
        peer.read_request();
        peer.send(text);
    };
}

const auto gone = answer(500, {{"message", "container 1f does not exist in database: no such container"}});
const auto one = answer(200, {{{"Id", "aa"}, {"Names", {"/web"}}, {"Labels", {{"toolhive", "true"}}}}});

} // namespace

TEST_CASE("a list that a vanishing container has spoilt is asked for again, and not for ever") {
    const auto [failures, works] = GENERATE(table<std::size_t, bool>({{0, true}, {2, true}, {5, true}, {6, false}}));
    std::vector<ScriptedServer::Script> scripts;
    for (std::size_t number = 0; number < failures; ++number)
        scripts.push_back(says(gone));
    if (works) scripts.push_back(says(one));
    ScriptedServer server{std::move(scripts)};
    asio::io_context context{1};
    const auto api = std::make_shared<Api>(http::UnixEndpoint{server.path()}, engine::Facts{.podman = true}, "1.41");
    if (works) {
        const auto containers = drive(context, engine::list_managed(api));
        REQUIRE(containers.size() == 1);
        CHECK(containers.front().name == "web");
    } else {
        CHECK_THROWS_AS(drive(context, engine::list_managed(api)), Error);
    }
}
