// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/client.hpp"
#include "proxy/control.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

using namespace thv;
namespace fs = std::filesystem;

namespace {

class Folder {
public:
    Folder()
        : path_(::mkdtemp(pattern_.data())) {}
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const fs::path& path() const { return path_; }

private:
    std::string pattern_ = (fs::temp_directory_path() / "thv-supervisors-XXXXXX").string();
    fs::path path_;
};

/// A real control socket of a supervisor that only answers, in a thread of its own.
class Answering {
public:
    Answering(const Supervisors& supervisors, const std::string& name, State state = State::running)
        : life_(FileLock::acquire(supervisors.life_lock(name), {}))
        , control_(context_.get_executor(), supervisors.life_lock(name).parent_path(),
                   {.report =
                        [state] {
                            return SupervisorReport{.pid = 42,
                                                    .state = state,
                                                    .reason = "",
                                                    .port = 4001,
                                                    .container_id = "abc",
                                                    .started_at = now()};
                        },
                    .stop = [this](Duration grace) { return stop(grace); },
                    .telling = {.metrics = [] { return std::string{"m 1\n"}; },
                                .health = [] { return proxy::Told{503, "application/json", "{}"}; }}}) {
        asio::co_spawn(context_, control_.serve(), asio::detached);
        thread_ = std::thread{[this] { context_.run(); }};
    }
    ~Answering() {
        context_.stop();
        thread_.join();
    }
    Answering(const Answering&) = delete;
    Answering& operator=(const Answering&) = delete;
    Duration grace() const { return grace_; }

private:
    Task<> stop(Duration grace) {
        grace_ = grace;
        life_.reset();
        co_return;
    }

    std::optional<FileLock> life_;
    asio::io_context context_;
    proxy::Control control_;
    std::atomic<Duration> grace_{};
    std::thread thread_;
};

template <typename T>
T drive(Task<T> task) {
    asio::io_context context;
    auto result = asio::co_spawn(context, std::move(task), asio::use_future);
    context.run();
    return result.get();
}

} // namespace

TEST_CASE("a live supervisor is asked over its socket, which only its owner may use") {
    const Folder folder;
    const Supervisors supervisors{folder.path()};
    const Answering answering{supervisors, "fetch"};
    const auto reports = supervisors.ask({"fetch", "other"});
    REQUIRE(reports.size() == 1);
    CHECK(reports.at("fetch").pid == 42);
    CHECK(reports.at("fetch").state == State::running);
    CHECK(reports.at("fetch").port == 4001);
    CHECK(reports.at("fetch").started_at);
    struct stat info{};
    REQUIRE(::stat((folder.path() / "fetch/control.sock").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("monitoring reads metrics and health from the control socket with HTTP") {
    const Folder folder;
    const Supervisors supervisors{folder.path()};
    const Answering answering{supervisors, "fetch"};
    const auto get = [&](const std::string& target, const std::string& method = "GET") {
        const auto path = (folder.path() / "fetch/control.sock").string();
        return drive([](std::string at, http::Request request) -> Task<http::Response> {
            http::Client client{http::UnixEndpoint{std::move(at)}};
            const auto answer = co_await client.request(std::move(request));
            co_return answer;
        }(path, {.method = method, .target = target}));
    };
    const auto metrics = get("/metrics?x");
    CHECK(metrics.status == 200);
    CHECK(metrics.body == "m 1\n");
    CHECK(*metrics.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(get("/health").status == 503);
    CHECK(get("/metrics", "HEAD").body.empty());
    CHECK(get("/stop").status == 404);
    CHECK(supervisors.ask({"fetch"}).size() == 1);
}

TEST_CASE("the longest name in a deep folder still has a control socket") {
    const Folder folder;
    const Supervisors supervisors{folder.path() / std::string(120, 'd') / std::string(120, 'e')};
    const std::string name(100, 'n');
    const Answering answering{supervisors, name};
    CHECK(supervisors.ask({name}).size() == 1);
}

TEST_CASE("the life lock tells whether a supervisor lives, whatever is left in its folder") {
    const Folder folder;
    const Supervisors supervisors{folder.path()};
    CHECK_FALSE(supervisors.alive("fetch"));
    {
        const Answering answering{supervisors, "fetch"};
        CHECK(supervisors.alive("fetch"));
    }
    CHECK_FALSE(supervisors.alive("fetch"));
    CHECK(supervisors.ask({"fetch"}).empty());
    CHECK_FALSE(drive(supervisors.stop("fetch", {})));
}

TEST_CASE("a supervisor that holds its lock but does not answer is unhealthy, not absent") {
    const Folder folder;
    const Supervisors supervisors{folder.path()};
    const auto life = FileLock::acquire(supervisors.life_lock("fetch"), {});
    asio::io_context context;
    const proxy::Control mute{context.get_executor(), folder.path() / "fetch", {}};
    const auto reports = supervisors.ask({"fetch"});
    REQUIRE(reports.contains("fetch"));
    CHECK(reports.at("fetch").state == State::unhealthy);
}

TEST_CASE("stop hands over the grace and returns when the supervisor has let go of its life") {
    const Folder folder;
    const Supervisors supervisors{folder.path()};
    const Answering answering{supervisors, "fetch"};
    CHECK(drive(supervisors.stop("fetch", std::chrono::seconds{7})));
    CHECK(answering.grace() == std::chrono::seconds{7});
    CHECK_FALSE(supervisors.alive("fetch"));
}

TEST_CASE("a supervisor serves while it answers, whatever its server does") {
    const Folder folder;
    const Supervisors supervisors{folder.path()};
    CHECK_FALSE(drive(supervisors.serves("fetch")));
    for (const auto state : {State::starting, State::running, State::unhealthy, State::unauthenticated}) {
        INFO(to_string(state));
        const Answering answering{supervisors, "fetch", state};
        CHECK(drive(supervisors.serves("fetch")));
    }
}

TEST_CASE("a supervisor that is ending does not serve, and is waited for") {
    const Folder folder;
    const Supervisors supervisors{folder.path()};
    for (const auto state : {State::stopping, State::stopped, State::error}) {
        INFO(to_string(state));
        auto ending = std::make_unique<Answering>(supervisors, "fetch", state);
        std::jthread later{[&] {
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
            ending.reset();
        }};
        CHECK_FALSE(drive(supervisors.serves("fetch")));
        CHECK_FALSE(supervisors.alive("fetch"));
    }
}

TEST_CASE("a supervisor that was killed does not serve, though it has its lock and its socket for a moment longer") {
    const Folder folder;
    const Supervisors supervisors{folder.path()};
    auto life = FileLock::acquire(supervisors.life_lock("fetch"), {});
    asio::io_context context;
    auto socket =
        std::make_unique<proxy::Control>(context.get_executor(), folder.path() / "fetch", proxy::Control::Handlers{});
    std::jthread dies{[&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        socket.reset();
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        life.reset();
    }};
    CHECK_FALSE(drive(supervisors.serves("fetch")));
    CHECK_FALSE(supervisors.alive("fetch"));
}

TEST_CASE("a supervisor that lives and does not answer is an error that says what helps") {
    const Folder folder;
    const Supervisors supervisors{folder.path()};
    const auto life = FileLock::acquire(supervisors.life_lock("fetch"), {});
    const auto error = test::error_of([&] { drive(supervisors.serves("fetch", std::chrono::milliseconds{20})); });
    CHECK(error.fault() == Fault::timed_out);
    CHECK(error.hint() == "run 'thv restart fetch'");
}

TEST_CASE("two commands cannot change one workload at the same time") {
    const Folder folder;
    const Supervisors supervisors{folder.path()};
    const auto first = drive([](const Supervisors& all) -> Task<std::shared_ptr<FileLock>> {
        auto lock = co_await all.begin_operation("fetch", {});
        co_return std::make_shared<FileLock>(std::move(lock));
    }(supervisors));
    CHECK(supervisors.busy("fetch"));
    const auto second = [](const Supervisors& all) -> Task<bool> {
        try {
            co_await all.begin_operation("fetch", std::chrono::milliseconds{20});
        } catch (const Error& error) {
            co_return error.fault() == Fault::conflict;
        }
        co_return false;
    };
    CHECK(drive(second(supervisors)));
}

TEST_CASE("a workload that is forgotten again and again is changed by one command at a time") {
    const Folder folder;
    const Supervisors supervisors{folder.path()};
    std::atomic<int> inside{0};
    std::atomic<int> crowded{0};
    const auto change = [&] {
        for (int round = 0; round < 300; ++round) {
            const auto lock = FileLock::acquire(supervisors.operation_lock("fetch"), std::chrono::seconds{30});
            if (++inside > 1 || !lock) ++crowded;
            std::ofstream{supervisors.life_lock("fetch")} << "x";
            --inside;
            supervisors.forget("fetch");
        }
    };
    {
        std::vector<std::jthread> commands;
        for (int number = 0; number < 4; ++number)
            commands.emplace_back(change);
    }
    CHECK(crowded == 0);
    CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a report that is none is an error, not a crash") {
    for (const auto* text : {"", "x", "[]", R"({"pid":"x"})", R"({"pid":1,"state":"running"})"}) {
        INFO(text);
        CHECK_THROWS_AS(report_from_json(text), Error);
    }
}
