// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "scripted_engine.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/failure.hpp"

using namespace thv;
using thv::engine::Api;
using thv::engine::Facts;
using thv::engine::negotiate;
using thv::test::drive;
using thv::test::Peer;
using thv::test::ScriptedServer;

namespace {

std::string answer(int status, const std::string& body) {
    return test::engine_answer(status, body, "Content-Type: application/json\r\n");
}

ScriptedServer::Script answers(std::string bytes) {
    return [bytes](Peer& peer) {
        peer.read_request();
        peer.send(bytes);
    };
}

template <typename T>
Error error_of(asio::io_context& context, Task<T> task) {
    return test::error_of([&] { drive(context, std::move(task)); });
}

} // namespace

TEST_CASE("the API version is the engine's, within what is known to work") {
    const auto [offered, spoken] = GENERATE(table<const char*, const char*>(
        {{"1.41", "1.41"}, {"1.45", "1.45"}, {"1.51", "1.51"}, {"1.55", "1.51"}, {"2.0", "1.51"}}));
    CHECK(negotiate({.version = "1", .api_version = offered}, {}) == spoken);
    CHECK(negotiate({.version = "1", .api_version = offered}, "1.43") == "1.43");
}

TEST_CASE("an engine that is too old is unsupported, and a wanted version that is none is refused") {
    const auto* offered = GENERATE("1.40", "0.99", "", "x", "1.4x", "1");
    try {
        negotiate({.version = "19.03", .api_version = offered}, {});
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::unsupported);
    }
    CHECK_THROWS_AS(negotiate({.api_version = "1.41"}, "latest"), Error);
}

TEST_CASE("a refusal carries the engine's message and the fault that its status means") {
    const auto [status, fault] = GENERATE(table<int, Fault>({{400, Fault::usage},
                                                             {401, Fault::denied},
                                                             {403, Fault::denied},
                                                             {404, Fault::not_found},
                                                             {409, Fault::conflict},
                                                             {500, Fault::internal},
                                                             {501, Fault::unsupported},
                                                             {503, Fault::unreachable}}));
    ScriptedServer server{{answers(answer(status, R"({"message": "no\nway"})"))}};
    asio::io_context context{1};
    Api api{http::UnixEndpoint{server.path()}, Facts{.podman = true}, "1.41"};
    const auto error = error_of(context, api.get("/containers/x/json"));
    CHECK(error.fault() == fault);
    CHECK(error.message() == "podman: no way");
}

TEST_CASE("a container that goes away while Podman looks at it is not found, whatever the status") {
    const auto podman = GENERATE(true, false);
    ScriptedServer server{{answers(answer(500, R"({"message": "container 1f does not exist: no such container"})"))}};
    asio::io_context context{1};
    Api api{http::UnixEndpoint{server.path()}, Facts{.podman = podman}, "1.41"};
    const auto error = error_of(context, api.get("/containers/1f/json"));
    CHECK(error.fault() == (podman ? Fault::not_found : Fault::internal));
}

TEST_CASE("a refusal without a usable message still tells the status") {
    const auto* body = GENERATE("", "<html>", "[]", R"({"message": 5})", R"({"message": ""})");
    ScriptedServer server{{answers(answer(500, body))}};
    asio::io_context context{1};
    Api api{http::UnixEndpoint{server.path()}, {}, "1.41"};
    CHECK(error_of(context, api.get("/x")).message() == "docker: answered with status 500");
}

TEST_CASE("requests carry the version, and a body as JSON") {
    std::string seen;
    {
        ScriptedServer server{{[&seen](Peer& peer) {
            seen = peer.read_request();
            peer.send(answer(201, "{}"));
        }}};
        asio::io_context context{1};
        Api api{http::UnixEndpoint{server.path()}, {}, "1.43"};
        drive(context,
              api.send({.method = "POST", .path = "/containers/create", .body = nlohmann::json{{"Image", "x"}}}));
    }
    CHECK_THAT(seen, StartsWith("POST /v1.43/containers/create HTTP/1.1\r\n"));
    CHECK_THAT(seen, ContainsSubstring("Content-Type: application/json\r\n") &&
                         ContainsSubstring("\r\n\r\n{\"Image\":\"x\"}"));
}

TEST_CASE("what is not UTF-8 never reaches the engine and is not quoted") {
    asio::io_context context{1};
    Api api{http::UnixEndpoint{"/nowhere"}, {}, "1.41"};
    const auto error =
        error_of(context, api.send({.method = "POST", .path = "/x", .body = nlohmann::json{{"Env", "A=\xff secret"}}}));
    CHECK(error.fault() == Fault::usage);
    CHECK_THAT(error.message(), !ContainsSubstring("secret"));
}

TEST_CASE("absence is an answer, and an answer that is not JSON is an error") {
    ScriptedServer server{{[](Peer& peer) {
        peer.read_request();
        peer.send(answer(404, R"({"message": "No such container"})"));
        peer.read_request();
        peer.send(answer(200, "not json"));
    }}};
    asio::io_context context{1};
    Api api{http::UnixEndpoint{server.path()}, {}, "1.41"};
    CHECK_FALSE(drive(context, api.find("/containers/x/json")));
    CHECK(error_of(context, api.find("/containers/x/json")).fault() == Fault::internal);
    CHECK_FALSE(api.lost());
}

TEST_CASE("an engine that hangs up in the middle is unreachable and lost") {
    ScriptedServer server{{answers("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")}};
    asio::io_context context{1};
    Api api{http::UnixEndpoint{server.path()}, {}, "1.41"};
    CHECK(error_of(context, api.send({.method = "POST", .path = "/containers/x/wait", .deadline = Duration::zero()}))
              .fault() == Fault::unreachable);
    CHECK(api.lost());
}
