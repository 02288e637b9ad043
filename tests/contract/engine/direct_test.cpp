// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Containers whose server is connected directly.
#include "bench.hpp"
#include "engine/direct_spec.hpp"
#include "io/deadline.hpp"
#include "io/race.hpp"
#include "support/temp_folder.hpp"

using namespace thv;
using namespace std::chrono_literals;
using thv::test::drive_past;
using thv::test::EngineBench;
using thv::test::Transcript;
using thv::test::transcript;

namespace {

struct DirectBench : EngineBench {
    DirectBench() { std::filesystem::create_directories(folder.path() / name()); }

    /// Another supervisor's.
    engine::EngineContainers supervisor() { return {connector, environment, engine::HostLimits::of_process(), places}; }
    template <typename T>
    T now(Task<T> task) {
        return drive_past(context, with_deadline(std::move(task), 30s, "the test"));
    }
    std::filesystem::path socket() const { return places.lent_folder(name()) / "socket"; }

    /// A container that was created, attached to and started.
    struct Running {
        std::string id;
        std::unique_ptr<Stdio> stdio;
    };
    Running run(engine::EngineContainers& containers_, const RunConfig& config, bool reachable = true) {
        auto id = now(containers_.create(config));
        auto stdio = now(containers_.attach(id));
        if (!reachable) std::filesystem::remove(socket());
        now(containers_.start(id));
        return {std::move(id), std::move(stdio)};
    }

    test::TempFolder folder;
    engine::DirectPlaces places{.supervisors = folder.path(), .init = THV_INIT};
};

Task<Transcript> converse(Stdio& stdio, std::string sent, std::function<bool(const Transcript&)> enough) {
    co_await stdio.write(std::move(sent));
    auto seen = co_await transcript(stdio, std::move(enough));
    co_return seen;
}

/// A write waits until it is known which way it goes, which only a read finds out.
Task<> write(Stdio& stdio, std::string sent) {
    co_await stdio.write(std::move(sent));
    co_await forever();
}
Task<> read(Stdio& stdio, std::function<bool(const Transcript&)> enough, Transcript& seen) {
    seen = co_await transcript(stdio, std::move(enough));
}
Task<Transcript> exchange(Stdio& stdio, std::string sent, std::function<bool(const Transcript&)> enough) {
    Transcript seen;
    co_await first_of(write(stdio, std::move(sent)), read(stdio, std::move(enough), seen));
    co_return seen;
}

std::function<bool(const Transcript&)> out_is(std::string text) {
    return [text = std::move(text)](const Transcript& seen) { return seen.out.size() >= text.size(); };
}

} // namespace

TEST_CASE("a server's bytes come past the engine, from the first one on, and its stderr from the engine") {
    DirectBench bench;
    auto containers = bench.supervisor();
    const auto running = bench.run(containers, bench.config({"out", "first", "err", "loud", "echo", "exit", "6"}));
    const auto enough = [](const Transcript& seen) { return seen.out.ends_with("got b\n") && seen.err == "loud\n"; };
    const auto seen = bench.now(exchange(*running.stdio, "a\nb\n", enough));
    CHECK(seen.out == "first\ngot a\ngot b\n");
    CHECK(seen.err == "loud\n");
    CHECK(running.stdio->direct());
    const auto lines = bench.now(bench.containers.last_lines(running.id, 10));
    CHECK(lines == std::vector<std::string>{"loud"});
    running.stdio->close();
    bench.now(containers.stop(running.id, 5s));
}

TEST_CASE("a container that cannot reach its supervisor is served through the engine") {
    DirectBench bench;
    auto containers = bench.supervisor();
    auto config = bench.config({"out", "first", "echo"});
    SECTION("when either way will do") {
        const auto running = bench.run(containers, config, false);
        const std::string all = "first\ngot a\n";
        const auto seen = bench.now(exchange(*running.stdio, "a\n", out_is(all)));
        CHECK(seen.out == all);
        CHECK_THAT(seen.err, StartsWith("thv-init: the server has the container's own stdin and stdout"));
        CHECK_FALSE(running.stdio->direct());
    }
    SECTION("but not when it is to be direct") {
        config.stdio_path = StdioPath::direct;
        const auto running = bench.run(containers, config, false);
        try {
            bench.now(running.stdio->read());
            FAIL("it was read");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::unsupported);
            CHECK_THAT(error.hint(), ContainsSubstring("--stdio direct"));
        }
    }
    bench.now(containers.remove(bench.name()));
}

TEST_CASE("an engine that cannot execute init gets the next container without it") {
    DirectBench bench;
    auto containers = bench.supervisor();
    const auto config = bench.config({"out", "first"});
    const auto id = bench.now(containers.create(config));
    std::filesystem::remove(bench.places.lent_folder(bench.name()) / "thv-init");
    try {
        bench.now(containers.start(id));
        FAIL("it was started");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::unsupported);
    }
    const auto running = bench.run(containers, config);
    CHECK(bench.now(transcript(*running.stdio, out_is("first\n"))).out == "first\n");
    CHECK_FALSE(running.stdio->direct());
}

TEST_CASE("direct stdio works for any user, with a read-only root and without privileges") {
    DirectBench bench;
    const auto config = bench.config({"echo"});
    auto spec = engine::container_spec(config, engine::HostLimits::of_process());
    spec["User"] = "1000:1000";
    spec["HostConfig"]["ReadonlyRootfs"] = true;
    const auto api = bench.api();
    const auto image = bench.now(api->get("/images/" + bench.image() + "/json"));
    const auto direct = engine::direct_spec(config, spec, image, bench.places.lent_folder(bench.name()));
    REQUIRE(direct);
    const auto link = engine::InitLink::listen(bench.context.get_executor(), bench.places.lent_folder(bench.name()),
                                               bench.places.init);
    const auto path = "/containers/create?name=" + bench.name();
    bench.now(api->send({.method = "POST", .path = path, .body = direct->spec}));
    bench.now(bench.containers.start(bench.name()));
    bench.now([](std::shared_ptr<engine::InitLink> of) -> Task<> { co_await of->decided().wait(); }(link));
    REQUIRE(link->first()->given);
    engine::PipeStdio stdio{bench.context.get_executor(), link, link->first(), nullptr};
    CHECK(bench.now(converse(stdio, "a\n", out_is("got a\n"))).out == "got a\n");
}

TEST_CASE("more processes of a server run in its container, where it is connected directly") {
    DirectBench bench;
    auto containers = bench.supervisor();
    const auto running = bench.run(containers, bench.config({"out", "first", "echo"}));
    CHECK(bench.now(transcript(*running.stdio, out_is("first\n"))).out == "first\n");
    const auto other = bench.now(containers.spawn(running.id));
    REQUIRE(other);
    CHECK(bench.now(converse(*other, "x\n", out_is("first\ngot x\n"))).out == "first\ngot x\n");
    CHECK(bench.now(converse(*running.stdio, "y\n", out_is("got y\n"))).out == "got y\n");
    CHECK(bench.now(bench.containers.spawn(running.id)) == nullptr); // it did not make that container
}

TEST_CASE("the next supervisor goes on with a container that is what it is to be, and with no other") {
    DirectBench bench;
    const auto config = bench.config({"out", "first", "echo"});
    std::string id;
    {
        auto dying = bench.supervisor();
        const auto running = bench.run(dying, config);
        id = running.id;
        CHECK(bench.now(transcript(*running.stdio, out_is("first\n"))).out == "first\n");
    }
    auto next = bench.supervisor();
    SECTION("the same") {
        CHECK(bench.now(next.adopt(config)) == id);
        const auto stdio = bench.now(next.attach(id));
        CHECK(bench.now(converse(*stdio, "x\n", out_is("got x\n"))).out == "got x\n");
    }
    SECTION("another configuration") {
        auto other = config;
        other.env_vars["NEW"] = "1";
        CHECK(bench.now(next.adopt(other)) == std::nullopt);
        CHECK_FALSE(bench.now(next.inspect(id))->running()); // it has to make room
    }
    SECTION("not directly any more") {
        auto other = config;
        other.stdio_path = StdioPath::attach;
        CHECK(bench.now(next.adopt(other)) == std::nullopt);
    }
    SECTION("not running any more") {
        bench.now(next.stop(id, 0s));
        CHECK(bench.now(next.adopt(config)) == std::nullopt);
    }
}

TEST_CASE("exit codes of a server under init are its own, and those of docker run when there is none") {
    DirectBench bench;
    auto containers = bench.supervisor();
    SECTION("its own") {
        const auto running = bench.run(containers, bench.config({"exit", "42"}));
        CHECK(bench.now(containers.wait(running.id)) == 42);
    }
    SECTION("killed") {
        const auto running = bench.run(containers, bench.config({"stubborn", "out", "up", "sleep"}));
        bench.now(transcript(*running.stdio, out_is("up\n")));
        bench.now(containers.stop(running.id, 1s));
        CHECK(bench.now(containers.wait(running.id)) == 137);
    }
    SECTION("missing") {
        auto config = bench.config({"/no/such/program"});
        config.image += "-bare";
        const auto running = bench.run(containers, config);
        CHECK(bench.now(containers.wait(running.id)) == 127);
        CHECK_THAT(bench.now(bench.containers.last_lines(running.id, 1)).at(0), ContainsSubstring("No such file"));
    }
}
