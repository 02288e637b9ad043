// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "store/readiness.hpp"
#include "support/catch.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace thv;

TEST_CASE("a ready supervisor tells its URL") {
    CHECK(url_from_line(ready_line("http://127.0.0.1:1/mcp")) == "http://127.0.0.1:1/mcp");
}

TEST_CASE("a failed supervisor's error arrives whole") {
    const auto sent =
        Error{Fault::conflict, "port 80 is taken by 'nginx'\n  second line"}.hint("choose another").exits(125);
    try {
        url_from_line(failure_line(sent));
        FAIL("an error was expected");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::conflict);
        CHECK(error.message() == sent.message());
        CHECK(error.hint() == "choose another");
        CHECK(error.exit() == 125);
    }
}

TEST_CASE("anything else from a supervisor is an internal error") {
    for (const auto* line : {"", "nonsense", "[]", "42", "{}", R"({"fault":99,"message":"x"})"}) {
        INFO(line);
        try {
            url_from_line(line);
            FAIL("an error was expected");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::internal);
        }
    }
}

TEST_CASE("a supervisor learns from its environment whom to tell, and for how long to wait") {
    const int fd = ::open("/dev/null", O_WRONLY);
    const auto launched =
        Launched::from(Environment{{{"THV_READY_FD", std::to_string(fd)}, {"THV_START_TIMEOUT_MS", "1500"}}});
    REQUIRE(launched.report_to);
    CHECK(launched.report_to->get() == fd);
    CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(launched.patience == std::chrono::milliseconds{1500});
}

TEST_CASE("a command that a person typed has nobody to tell") {
    for (const auto* nonsense : {"x", "-1", "0", "2", "7x"}) {
        INFO(nonsense);
        const auto launched =
            Launched::from(Environment{{{"THV_READY_FD", nonsense}, {"THV_START_TIMEOUT_MS", "soon"}}});
        CHECK_FALSE(launched.report_to);
        CHECK_FALSE(launched.patience);
    }
}
