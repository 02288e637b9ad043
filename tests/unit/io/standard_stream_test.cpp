// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "io/deadline.hpp"
#include "io/standard_stream.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/temp_folder.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

using namespace thv;
using namespace std::chrono_literals;

namespace {

enum class Kind { pipe, socket };

/// The reading and the writing end.
std::pair<Fd, Fd> ends(Kind kind) {
    std::array<int, 2> made{};
    const int failed =
        kind == Kind::pipe ? ::pipe2(made.data(), O_CLOEXEC) : ::socketpair(AF_UNIX, SOCK_STREAM, 0, made.data());
    REQUIRE(failed == 0);
    return {Fd{made[0]}, Fd{made[1]}};
}

bool non_blocking(const Fd& fd) {
    return (::fcntl(fd.get(), F_GETFL) & O_NONBLOCK) != 0;
}

Task<std::string> read_all(InputStream& stream) {
    std::string all;
    while (true) {
        const auto more = co_await with_deadline(stream.read(), 10s, "reading");
        if (more.empty()) co_return all;
        all += more;
    }
}

} // namespace

TEST_CASE("more than a pipe or a socket holds goes through, and both stay as they were for others") {
    const auto kind = GENERATE(Kind::pipe, Kind::socket);
    const std::string sent(3U << 20U, 'x');
    asio::io_context context{1};
    auto [from, to] = ends(kind);
    InputStream input{context.get_executor(), from.get()};
    std::optional<OutputStream> output{std::in_place, context.get_executor(), to.get()};
    bool taken = false;
    const auto write = [](std::optional<OutputStream>& into, std::string bytes, bool& done) -> Task<> {
        done = co_await into->write(std::move(bytes));
        into.reset();
    };
    CHECK_FALSE(non_blocking(to));
    to.close(); // the stream has its own
    asio::co_spawn(context, write(output, sent, taken), [](const std::exception_ptr&) {});
    CHECK(test::drive(context, read_all(input)) == sent);
    CHECK(taken);
    CHECK_FALSE(non_blocking(from));
}

TEST_CASE("a stream that nobody reads any more says so") {
    const auto kind = GENERATE(Kind::pipe, Kind::socket);
    asio::io_context context{1};
    auto [from, to] = ends(kind);
    OutputStream output{context.get_executor(), to.get()};
    from.close();
    CHECK_FALSE(test::drive(context, output.write("x")));
}

TEST_CASE("files are read and written as well") {
    const test::TempFolder folder;
    const auto path = folder.path() / "file";
    asio::io_context context{1};
    {
        const Fd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
        OutputStream output{context.get_executor(), file.get()};
        CHECK(test::drive(context, output.write(std::string(100'000, 'y'))));
    }
    const Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    InputStream input{context.get_executor(), file.get()};
    CHECK(test::drive(context, read_all(input)) == std::string(100'000, 'y'));
    const Fd nothing{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    InputStream empty{context.get_executor(), nothing.get()};
    CHECK(test::drive(context, read_all(empty)).empty());
    const Fd full{::open("/dev/full", O_WRONLY | O_CLOEXEC)};
    OutputStream disk{context.get_executor(), full.get()};
    CHECK_THROWS_AS(test::drive(context, disk.write("x")), Error);
}
