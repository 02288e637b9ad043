// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "io/deadline.hpp"

#include <chrono>
#include <filesystem>

using namespace thv;
using namespace std::chrono_literals;
using thv::test::EngineBench;
using thv::test::Transcript;

namespace {

bool never(const Transcript&) {
    return false;
}

} // namespace

TEST_CASE("what a container writes from its first byte on is read, in order and by stream") {
    EngineBench bench;
    const auto id =
        bench(bench.containers.create(bench.config({"err", "first error", "out", "first", "out", "second"})));
    const auto stdio = bench(bench.containers.attach(id));
    bench(bench.containers.start(id));
    const auto seen = bench(test::transcript(*stdio, never));
    CHECK(seen.out == "first\nsecond\n");
    CHECK(seen.err == "first error\n");
}

TEST_CASE("what is written to a container's stdin arrives, also a megabyte at once") {
    EngineBench bench;
    const auto id = bench(bench.containers.create(bench.config({"echo"})));
    const auto stdio = bench(bench.containers.attach(id));
    bench(bench.containers.start(id));
    bench(stdio->write("hello\nthere\n"));
    const auto seen = bench(test::transcript(*stdio, [](const Transcript& t) { return t.out.size() >= 20; }));
    CHECK(seen.out == "got hello\ngot there\n");
    const std::string line(1U << 20U, 'x');
    bench(stdio->write(line + "\n"));
    const auto more =
        bench(test::transcript(*stdio, [&](const Transcript& t) { return t.out.size() >= line.size() + 5; }));
    CHECK(more.out == "got " + line + "\n");
}

TEST_CASE("closing the stdio ends a read in progress") {
    EngineBench bench;
    const auto id = bench(bench.containers.create(bench.config({"echo"})));
    const auto stdio = bench(bench.containers.attach(id));
    bench(bench.containers.start(id));
    asio::co_spawn(bench.context, sleep_for(50ms), [&](std::exception_ptr) { stdio->close(); });
    CHECK(bench(with_deadline(stdio->read(), 5s, "reading")).bytes.empty());
}

TEST_CASE("wait gives the exit code, whether the container has ended before or ends later") {
    EngineBench bench;
    const auto id = bench.started_up({"stubborn", "out", "up", "sleep"});
    SECTION("ends later") {
        asio::co_spawn(bench.context, bench.containers.stop(id, 1s),
                       [](std::exception_ptr failure) { CHECK(!failure); });
    }
    SECTION("has ended") {
        bench(bench.containers.stop(id, 1s));
    }
    CHECK(bench(bench.containers.wait(id)) == 137);
}

TEST_CASE("the exit code of the program is the exit code of wait") {
    const int code = GENERATE(0, 1, 42);
    EngineBench bench;
    const auto id = bench.started({"exit", std::to_string(code)});
    CHECK(bench(bench.containers.wait(id)) == code);
    const auto info = bench(bench.containers.inspect(id));
    REQUIRE(info);
    CHECK(info->state == "exited");
    CHECK(info->exit_code == code);
    CHECK_FALSE(info->running());
}

TEST_CASE("waiting for a container can be given up, and the connection does not linger") {
    EngineBench bench;
    const auto id = bench.started({"sleep"});
    CHECK(bench.failure(with_deadline(bench.containers.wait(id), 200ms, "waiting")).fault() == Fault::timed_out);
    CHECK(bench(bench.containers.inspect(id))->running());
}

TEST_CASE("a container is described by its labels, its state and its times") {
    EngineBench bench;
    auto config = bench.config({"sleep"});
    config.container_labels = {{"team", "tools"}, {"toolhive-name", "forged"}};
    config.port = 4711;
    const auto id = bench(bench.containers.create(config));
    const auto created = bench(bench.containers.inspect(bench.name()));
    REQUIRE(created);
    CHECK(created->id == id);
    CHECK(created->name == bench.name());
    CHECK(created->state == "created");
    CHECK(created->managed());
    CHECK(created->labels.at("team") == "tools");
    CHECK(created->labels.at("toolhive-name") == bench.name());
    CHECK(created->labels.at("toolhive-port") == "4711");
    CHECK(created->created_at);
    CHECK_FALSE(created->started_at);
    bench(bench.containers.start(id));
    bench(bench.containers.start(id));
    const auto running = bench(bench.containers.inspect(id.substr(0, 12)));
    REQUIRE(running);
    CHECK(running->running());
    REQUIRE(running->started_at);
    CHECK(*running->started_at > now() - 60s);
}

TEST_CASE("an id's prefix is no name") {
    EngineBench bench;
    const auto id = bench.started({"sleep"});
    CHECK_FALSE(bench(bench.containers.inspect(id.substr(0, 4))));
    CHECK_FALSE(bench(bench.containers.inspect("no-such-container")));
}

TEST_CASE("a container of the same name is replaced when it is ours, and never touched when it is not") {
    EngineBench bench;
    SECTION("ours") {
        const auto old = bench.started({"sleep"});
        const auto fresh = bench(bench.containers.create(bench.config({"sleep"})));
        CHECK(fresh != old);
        CHECK_FALSE(bench(bench.containers.inspect(old)));
    }
    SECTION("somebody else's") {
        const auto labels = GENERATE(nlohmann::json::object(), nlohmann::json{{"toolhive", "false"}},
                                     nlohmann::json{{"toolhive", "true"}, {"toolhive-auxiliary-workload", "true"}});
        const auto other = bench.foreign(bench.name(), labels);
        const auto error = bench.failure(bench.containers.create(bench.config({"sleep"})));
        CHECK(error.fault() == Fault::conflict);
        CHECK(error.exit() == 125);
        CHECK_THAT(error.message(), ContainsSubstring(bench.name()) && ContainsSubstring(other.substr(0, 12)));
        CHECK(bench(bench.containers.inspect(other)));
    }
}

TEST_CASE("a program that is missing or cannot be executed ends with the codes of docker run") {
    EngineBench bench;
    auto config = bench.config({});
    auto spec_entry = GENERATE(as<std::string>{}, "/nothing/here", "/tmp");
    const int code = spec_entry == "/tmp" ? 126 : 127;
    // The image has an entrypoint; another image of the same layer has none.
    config.image = bench.image() + "-bare";
    config.cmd_args = {spec_entry};
    const auto id = bench(bench.containers.create(config));
    std::optional<int> seen;
    try {
        bench(bench.containers.start(id));
        seen = bench(bench.containers.wait(id));
    } catch (const Error& error) {
        seen = error.exit();
    }
    CHECK(seen.value_or(-1) == code);
}

TEST_CASE("a missing image is not found, and nothing is created") {
    EngineBench bench;
    auto config = bench.config({"sleep"});
    config.image = "registry.invalid/no/such:1";
    const auto error = bench.failure(bench.containers.create(config));
    CHECK(error.fault() == Fault::not_found);
    CHECK_THAT(error.message(), ContainsSubstring("registry.invalid/no/such:1"));
    CHECK_FALSE(bench(bench.containers.inspect(bench.name())));
}

TEST_CASE("a mount of a missing folder is refused, and nothing is left") {
    EngineBench bench;
    auto config = bench.config({"sleep"});
    config.volumes = {"/nonexistent/folder:/data"};
    const auto error = bench.failure(bench.containers.create(config));
    CHECK(error.exit() == 125);
    CHECK_THAT(error.message(), ContainsSubstring("/nonexistent/folder"));
    CHECK_FALSE(std::filesystem::exists("/nonexistent"));
    CHECK_FALSE(bench(bench.containers.inspect(bench.name())));
}

TEST_CASE("mounts are writable or not as the config says") {
    EngineBench bench;
    auto config = bench.config({"writable", "/rw", "writable", "/ro"});
    config.volumes = {"/tmp:/rw", "/tmp:/ro:ro"};
    const auto id = bench(bench.containers.create(config));
    bench(bench.containers.start(id));
    bench(bench.containers.wait(id));
    CHECK(bench(bench.containers.last_lines(id, 5)) == std::vector<std::string>{"/rw is writable", "/ro is read-only"});
}

TEST_CASE("a server that speaks HTTP gets a port on loopback and is told its own") {
    EngineBench bench;
    auto config = bench.config({"env", "MCP_PORT", "env", "MCP_HOST", "env", "MCP_TRANSPORT", "sleep"});
    config.transport = Transport::streamable_http;
    config.target_port = 8080;
    config.permission_profile = value_or_throw(builtin_profile("network"));
    const auto id = bench(bench.containers.create(config));
    bench(bench.containers.start(id));
    const auto info = bench(bench.containers.inspect(id));
    REQUIRE(info);
    REQUIRE(info->ports.contains(8080));
    CHECK(info->ports.at(8080) > 0);
    std::vector<std::string> lines;
    for (int round = 0; round < 100 && lines.size() < 3; ++round) {
        lines = bench(bench.containers.last_lines(id, 3));
        bench(sleep_for(50ms));
    }
    CHECK(lines == std::vector<std::string>{"MCP_PORT=8080", "MCP_HOST=0.0.0.0", "MCP_TRANSPORT=streamable-http"});
}

TEST_CASE("stop lets a container end by itself, kills one that does not, and is content with one that has ended") {
    EngineBench bench;
    SECTION("ends by itself") {
        // An init that has only just begun may lose the signal.
        const auto id = bench.started_up({"err", "up", "sleep"});
        bench(bench.containers.stop(id, 20s));
        CHECK(bench(bench.containers.wait(id)) == 143);
        bench(bench.containers.stop(id, 20s));
        bench(bench.containers.remove(id));
        bench(bench.containers.stop(id, 20s));
    }
    SECTION("does not") {
        const auto id = bench.started_up({"stubborn", "out", "up", "sleep"});
        const auto began = std::chrono::steady_clock::now();
        bench(bench.containers.stop(id, 1s));
        CHECK(bench(bench.containers.wait(id)) == 137);
        CHECK(std::chrono::steady_clock::now() - began < 8s);
    }
}

TEST_CASE("remove kills at once, and is content with what is gone") {
    EngineBench bench;
    const auto id = bench.started({"stubborn", "sleep"});
    const auto began = std::chrono::steady_clock::now();
    bench(bench.containers.remove(id));
    CHECK(std::chrono::steady_clock::now() - began < 5s);
    CHECK_FALSE(bench(bench.containers.inspect(id)));
    bench(bench.containers.remove(id));
    CHECK(bench.failure(bench.containers.wait(id)).fault() == Fault::not_found);
    CHECK(bench.failure(bench.containers.start(id)).fault() == Fault::not_found);
}
