// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "engine/attach.hpp"
#include "io/deadline.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <sys/socket.h>
#include <unistd.h>

using namespace thv;
using namespace std::chrono_literals;
using thv::test::drive;

namespace {

std::string frame(char stream, const std::string& payload) {
    const auto size = payload.size();
    std::string bytes{stream, '\0', '\0', '\0'};
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        bytes += static_cast<char>((size >> shift) & 0xffU);
    return bytes + payload;
}

/// Stdio over one end of a socket pair; the other end plays the engine.
struct Wire {
    explicit Wire(std::string early = {}) {
        int ends[2] = {-1, -1};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        engine = Fd{ends[1]};
        http::Upgraded upgraded{.head = {}, .socket = Fd{ends[0]}, .early = std::move(early)};
        stdio = drive(context, engine::stdio_over(std::move(upgraded), "unix:///test.sock"));
    }
    void send(const std::string& bytes) const {
        REQUIRE(::write(engine.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    Stdio::Chunk read() { return drive(context, with_deadline(stdio->read(), 5s, "reading")); }

    asio::io_context context{1};
    Fd engine;
    std::unique_ptr<Stdio> stdio;
};

} // namespace

TEST_CASE("frames that have arrived together are read in one piece for each stream") {
    Wire wire{frame(1, "early ")};
    CHECK(wire.read().bytes == "early ");
    Wire other;
    other.send(frame(1, "a\n") + frame(2, "x\n") + frame(1, "b\n") + frame(2, "y\n"));
    const auto out = other.read();
    CHECK(out.bytes == "a\nb\n");
    CHECK_FALSE(out.to_stderr);
    const auto err = other.read();
    CHECK(err.bytes == "x\ny\n");
    CHECK(err.to_stderr);
}

TEST_CASE("the end between frames is the end of the stream, and within one the engine broke it") {
    Wire orderly;
    orderly.send(frame(1, "last"));
    orderly.engine.close();
    CHECK(orderly.read().bytes == "last");
    CHECK(orderly.read().bytes.empty());
    CHECK(orderly.read().bytes.empty());
    Wire broken;
    broken.send(frame(1, "last").substr(0, 10));
    broken.engine.close();
    CHECK(broken.read().bytes == "la");
    try {
        broken.read();
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::unreachable);
        CHECK_THAT(error.message(), ContainsSubstring("unix:///test.sock") && ContainsSubstring("within a frame"));
    }
}

TEST_CASE("a stream that is not framed is an error") {
    Wire wire;
    wire.send("HTTP/1.1 500 surprise");
    CHECK_THROWS_AS(wire.read(), Error);
}

TEST_CASE("writes arrive whole, and fail when nobody reads any more") {
    Wire wire;
    drive(wire.context, wire.stdio->write("hello\n"));
    std::string seen(16, '\0');
    CHECK(::read(wire.engine.get(), seen.data(), seen.size()) == 6);
    CHECK(seen.substr(0, 6) == "hello\n");
    wire.engine.close();
    try {
        drive(wire.context, wire.stdio->write(std::string(1U << 20U, 'x')));
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::unreachable);
        CHECK_THAT(error.message(), ContainsSubstring("stdin is closed"));
    }
}

TEST_CASE("closing ends a read in progress, and giving up a read loses nothing") {
    Wire wire;
    try {
        drive(wire.context, with_deadline(wire.stdio->read(), 50ms, "reading"));
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::timed_out);
    }
    wire.send(frame(1, "still there"));
    CHECK(wire.read().bytes == "still there");
    asio::co_spawn(wire.context, sleep_for(50ms), [&](std::exception_ptr) { wire.stdio->close(); });
    CHECK(wire.read().bytes.empty());
}
