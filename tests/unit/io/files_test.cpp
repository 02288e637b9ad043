// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

using namespace thv;

namespace {

constexpr std::size_t limit = 100'000;

std::filesystem::path pipe_in(const test::TempFolder& folder) {
    auto path = folder.path() / "pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    return path;
}

} // namespace

TEST_CASE("a pipe is read to its end where a stream will do, and refused where a file is wanted") {
    const test::TempFolder folder;
    const auto path = pipe_in(folder);
    const std::string half(limit / 2, 'x');
    std::jthread writer{[&] {
        std::ofstream stream{path};
        stream << half << std::flush;
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        stream << half;
    }};
    CHECK(read_stream(path, limit) == half + half);
    CHECK_THROWS_WITH(read_file(path), Catch::Matchers::EndsWith("is not a regular file"));
}

TEST_CASE("files, large ones, none and folders are the same to both ways of reading but for the words") {
    const test::TempFolder folder;
    const auto path = folder.path() / "file";
    CHECK_FALSE(read_stream(path, limit));
    CHECK_FALSE(read_stream(path / "below", limit));
    std::ofstream{path} << std::string(limit, 'x');
    CHECK(read_stream(path, limit) == read_file(path, limit));
    for (const auto read : {&read_stream, &read_file}) {
        const auto error = test::error_of([&] { read(path, limit - 1); });
        CHECK(error.fault() == Fault::usage);
        CHECK_THAT(error.message(), Catch::Matchers::EndsWith("is larger than 99999 bytes"));
        CHECK(test::error_of([&] { read(folder.path(), limit); }).fault() == Fault::usage);
    }
    CHECK(read_stream("/dev/null", limit) == "");
}

TEST_CASE("a signal ends the wait for a pipe's writer") {
    const test::TempFolder folder;
    const auto path = pipe_in(folder);
    struct sigaction action{};
    struct sigaction before{};
    action.sa_handler = [](int) {};
    REQUIRE(::sigaction(SIGUSR1, &action, &before) == 0);
    const auto reader = ::pthread_self();
    std::jthread signals{[reader](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            ::pthread_kill(reader, SIGUSR1);
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
    }};
    CHECK(test::error_of([&] { read_stream(path, limit); }).fault() == Fault::interrupted);
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const Fd in{ends[0]};
    const Fd out{ends[1]};
    CHECK(test::error_of([&] { read_to_end(in.get(), "stdin", limit); }).fault() == Fault::interrupted);
    signals.request_stop();
    signals.join();
    ::sigaction(SIGUSR1, &before, nullptr);
}
