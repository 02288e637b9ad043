// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/base64.hpp"
#include "core/error.hpp"
#include "engine/images.hpp"
#include "engine/registry_auth.hpp"
#include "io/files.hpp"
#include "scripted_engine.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/temp_folder.hpp"

#include <fmt/format.h>

using namespace thv;
using thv::engine::Api;
using thv::engine::ImageReference;
using thv::engine::PullProgress;
using thv::test::drive;
using thv::test::Peer;
using thv::test::ScriptedServer;

namespace {

constexpr auto there = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
constexpr auto missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 27\r\n\r\n{\"message\":\"no such image\"}";

std::string stream_of(const std::string& lines) {
    return fmt::format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n", lines.size(),
                       lines);
}

std::string refusal(int status, const std::string& message) {
    return test::engine_answer(status, nlohmann::json{{"message", message}}.dump());
}

/// An engine that gives these answers, and what it was asked.
struct Engine {
    explicit Engine(std::vector<std::string> answers)
        : server({[this, answers = std::move(answers)](Peer& peer) {
            for (const auto& bytes : answers) {
                asked.push_back(peer.read_request());
                peer.send(bytes);
            }
        }}) {}

    /// The lines of progress; throws what ensure_image throws.
    std::vector<std::string> ensure(const std::string& image, Environment environment = {}, bool podman = false) {
        asio::io_context context{1};
        auto api = std::make_shared<Api>(http::UnixEndpoint{server.path()}, engine::Facts{.podman = podman}, "1.41");
        std::vector<std::string> lines;
        const auto note = [&lines](std::string_view line) { lines.emplace_back(line); };
        drive(context, engine::ensure_image(std::move(api), std::move(environment), image, note));
        return lines;
    }
    Error failure(const std::string& image) {
        try {
            ensure(image);
        } catch (const Error& error) {
            return error;
        }
        FAIL("nothing was thrown");
        throw Error{Fault::internal, "not reached"};
    }

    std::vector<std::string> asked;
    ScriptedServer server;
};

} // namespace

TEST_CASE("an image reference is taken apart") {
    struct Case {
        const char* text;
        const char* repository;
        const char* tag;
        const char* digest;
        const char* registry;
        bool floating;
    };
    const auto c = GENERATE(Case{"fetch", "fetch", "latest", "", "docker.io", true},
                            Case{"mcp/fetch:1.2", "mcp/fetch", "1.2", "", "docker.io", false},
                            Case{"mcp/fetch:latest", "mcp/fetch", "latest", "", "docker.io", true},
                            Case{"ghcr.io/a/b:v1", "ghcr.io/a/b", "v1", "", "ghcr.io", false},
                            Case{"localhost:5000/a", "localhost:5000/a", "latest", "", "localhost:5000", true},
                            Case{"localhost/a:1", "localhost/a", "1", "", "localhost", false},
                            Case{"a@sha256:0f", "a", "", "sha256:0f", "docker.io", false},
                            Case{"r.io/a:1@sha256:0f", "r.io/a", "1", "sha256:0f", "r.io", false});
    const auto reference = ImageReference::parse(c.text);
    REQUIRE(reference);
    CHECK(reference->repository == c.repository);
    CHECK(reference->tag == c.tag);
    CHECK(reference->digest == c.digest);
    CHECK(reference->registry == c.registry);
    CHECK(reference->floating() == c.floating);
}

TEST_CASE("what is no image reference is refused") {
    const auto* text =
        GENERATE("", " ", "a b", "a\nb", "/a", "a/", "a//b", "a:", ":1", "a@", "a@sha256", "a?x=1", "a%2f");
    const auto reference = ImageReference::parse(text);
    REQUIRE_FALSE(reference);
    CHECK(reference.error().fault() == Fault::usage);
}

TEST_CASE("an image with a tag that is there is not pulled") {
    Engine engine{{there}};
    CHECK(engine.ensure("mcp/fetch:1").empty());
}

TEST_CASE("a missing image is pulled by its repository and tag, and progress is told") {
    std::vector<std::string> asked;
    {
        Engine engine{
            {missing, stream_of("{\"status\":\"Pulling from mcp/fetch\",\"id\":\"1\"}\n{\"status\":\"Done\"}\n")}};
        const auto lines = engine.ensure("r.io/mcp/fetch:1");
        REQUIRE(lines.size() == 2);
        CHECK(lines[0] == "Pulling r.io/mcp/fetch:1");
        CHECK_THAT(lines[1], StartsWith("Pulled r.io/mcp/fetch:1 (in "));
        asked = engine.asked;
    }
    REQUIRE(asked.size() == 2);
    CHECK_THAT(asked[0], StartsWith("GET /v1.41/images/r.io/mcp/fetch:1/json "));
    CHECK_THAT(asked[1], StartsWith("POST /v1.41/images/create?fromImage=r.io%2Fmcp%2Ffetch&tag=1 "));
    CHECK_THAT(asked[1], !ContainsSubstring("X-Registry-Auth"));
}

TEST_CASE("a digest is pulled by the digest") {
    Engine engine{{missing, stream_of("{}")}};
    engine.ensure("a:1@sha256:0f");
    CHECK_THAT(engine.asked[1], ContainsSubstring("fromImage=a&tag=sha256%3A0f "));
}

TEST_CASE("latest is pulled although it is there, and stands in for one that cannot be pulled") {
    const auto broken = stream_of(R"({"errorDetail":{"message":"registry is down"},"error":"registry is down"})");
    Engine fresh{{there, stream_of("{}")}};
    CHECK(fresh.ensure("fetch").size() == 2);
    Engine offline{{there, broken}};
    const auto lines = offline.ensure("fetch:latest");
    REQUIRE(lines.size() == 2);
    CHECK_THAT(lines[1], ContainsSubstring("Using the local image") && ContainsSubstring("registry is down"));
}

TEST_CASE("an image that was built on podman is found under localhost") {
    Engine engine{{missing, there}};
    CHECK(engine.ensure("fetch", {}, true).empty());
    CHECK_THAT(engine.asked[1], StartsWith("GET /v1.41/images/localhost/fetch/json "));
}

TEST_CASE("a failed pull names the image and the registry's reason") {
    const auto [answer, fault] = GENERATE(table<std::string, Fault>({
        {stream_of("{\"status\":\"x\"}\n{\"error\":\"manifest unknown: no such tag\"}\n"), Fault::not_found},
        {stream_of(R"({"errorDetail":{"message":"unauthorized: log in first"}})"), Fault::denied},
        {refusal(500, "connection refused!"), Fault::unreachable},
        {refusal(404, "repository not found"), Fault::not_found},
    }));
    Engine engine{{missing, answer}};
    const auto error = engine.failure("mcp/fetch:1");
    CHECK(error.fault() == fault);
    CHECK_THAT(error.message(), StartsWith("cannot pull image 'mcp/fetch:1': ") && !ContainsSubstring("docker: "));
    CHECK_FALSE(error.hint().empty());
}

TEST_CASE("an engine that dies during a pull is unreachable") {
    Engine engine{{missing, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{"}};
    CHECK(engine.failure("mcp/fetch:1").fault() == Fault::unreachable);
}

TEST_CASE("the state of a pull sums up the layers") {
    PullProgress progress;
    CHECK(progress.state() == Pull{.image = {}, .phase = Pull::Phase::waiting});
    for (const auto* line :
         {R"({"status":"Pulling from library/fetch","id":"latest"})", R"({"status":"Already exists","id":"a"})",
          R"({"status":"Downloading","progressDetail":{"current":1500000,"total":4000000},"id":"b"})", "not json", "[]",
          "", R"({"status":"Downloading","progressDetail":{"current":-5,"total":"x"},"id":"c"})",
          R"({"status":"Download complete","id":"c"})", R"({"status":"Digest: sha256:0"})"})
        CHECK_FALSE(progress.feed(line));
    CHECK(progress.state() == Pull{.image = {},
                                   .phase = Pull::Phase::downloading,
                                   .layers = 3,
                                   .layers_done = 2,
                                   .current = 1500000,
                                   .total = 4000000});
    CHECK_FALSE(progress.feed(R"({"status":"Extracting","progressDetail":{"current":7,"total":9},"id":"b"})"));
    CHECK(progress.state() == Pull{.image = {},
                                   .phase = Pull::Phase::unpacking,
                                   .layers = 3,
                                   .layers_done = 3,
                                   .current = 4000000,
                                   .total = 4000000});
    CHECK(progress.feed(R"({"errorDetail":{"message":"no space left"}})") == "no space left");
}

TEST_CASE("who wants more than lines is told of each phase of a pull") {
    using Phase = Pull::Phase;
    const auto phases = [](const std::vector<std::string>& answers) {
        Engine engine{answers};
        std::vector<Phase> seen;
        const Progress progress{[](std::string_view) {},
                                [&seen](const Pull& pull) {
                                    CHECK(pull.image == "r.io/fetch:1");
                                    if (seen.empty() || seen.back() != pull.phase) seen.push_back(pull.phase);
                                }};
        asio::io_context context{1};
        auto api = std::make_shared<Api>(http::UnixEndpoint{engine.server.path()}, engine::Facts{}, "1.41");
        try {
            drive(context, engine::ensure_image(std::move(api), {}, "r.io/fetch:1", progress));
        } catch (const Error&) {
            CHECK(seen.back() == Phase::failed);
        }
        return seen;
    };
    CHECK(phases({missing, stream_of(R"({"status":"Pull complete","id":"a"})")}) ==
          std::vector{Phase::begun, Phase::pulled});
    CHECK(phases({missing, stream_of(R"({"error":"no space left"})")}) == std::vector{Phase::begun, Phase::failed});
}

TEST_CASE("local images are known by all their references, and a list of junk is none") {
    const auto references = [](const char* list) {
        test::ScriptedPodman podman{{{200, nlohmann::json::parse(list)}}};
        asio::io_context context{1};
        return drive(context, engine::image_references(podman.api()));
    };
    CHECK(references(R"([{"RepoTags": ["docker.io/b/web:2", "docker.io/library/a:1"]},
                         {"RepoTags": null}, {"RepoTags": ["<none>:<none>", 7, ""]},
                         {"RepoTags": ["a:1"]}, {}, null, {"RepoTags": 4}])") ==
          std::vector<std::string>{"a:1", "b/web:2"});
    CHECK_THROWS_AS(references(R"({"message": "x"})"), Error);
}

TEST_CASE("a registry gets the login that was given for it, and no other") {
    test::TempFolder folder;
    test::spill(folder.path() / "config.json", R"({"auths": {
        "https://index.docker.io/v1/": {"auth": "aHViOnB3"}, "ghcr.io": {"auth": "bWU6c2VjcmV0OngK"},
        "quay.io": {"identitytoken": "tok"}, "empty.io": {}, "bad.io": {"auth": "***"}}})");
    const Environment environment{{{"DOCKER_CONFIG", folder.path().string()},
                                   {"REGISTRY_MY_HOST_IO_USERNAME", "u"},
                                   {"REGISTRY_MY_HOST_IO_PASSWORD", "p"},
                                   {"REGISTRY_USERNAME", "generic"},
                                   {"REGISTRY_PASSWORD", "generic"}}};
    const auto login = [&](const char* registry) {
        const auto header = drive(engine::registry_auth(environment, registry));
        return header.empty() ? nlohmann::json{} : nlohmann::json::parse(base64_decode(header).value_or(""));
    };
    CHECK(login("docker.io") ==
          nlohmann::json{{"username", "hub"}, {"password", "pw"}, {"serveraddress", "https://index.docker.io/v1/"}});
    CHECK(login("ghcr.io") ==
          nlohmann::json{{"username", "me"}, {"password", "secret:x\n"}, {"serveraddress", "ghcr.io"}});
    CHECK(login("quay.io") == nlohmann::json{{"identitytoken", "tok"}, {"serveraddress", "quay.io"}});
    CHECK(login("my-host.io") == nlohmann::json{{"username", "u"}, {"password", "p"}, {"serveraddress", "my-host.io"}});
    for (const auto* registry : {"empty.io", "bad.io", "other.io"})
        CHECK(login(registry).is_null());
}
