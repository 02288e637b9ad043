// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/files.hpp"
#include "store/readiness.hpp"
#include "support/catch.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace thv;

TEST_CASE("variables that were handed over are read once, as they are, and win over those that were there") {
    Fd file{::memfd_create("test", MFD_CLOEXEC)};
    const std::string text{"A=1\0B=x=y\nz\xff\0C=\0", 16};
    REQUIRE(::write(file.get(), text.data(), text.size()) == 16);
    REQUIRE(::lseek(file.get(), 0, SEEK_SET) == 0);
    const int number = file.release();
    const auto environment =
        with_handed_over(Environment{{{"THV_HANDOVER_FD", std::to_string(number)}, {"A", "old"}, {"D", "4"}}});
    CHECK(environment.get("A") == "1");
    CHECK(environment.get("B") == "x=y\nz\xff");
    CHECK_FALSE(environment.get("C"));
    CHECK(environment.get("D") == "4");
    CHECK_FALSE(environment.get("THV_HANDOVER_FD"));
    CHECK(::fcntl(number, F_GETFD) == -1);
}

TEST_CASE("where nothing was handed over the environment stays as it is") {
    for (const auto* number : {"", "0", "2", "x", "-1"}) {
        const auto environment = with_handed_over(Environment{{{"THV_HANDOVER_FD", number}, {"A", "1"}}});
        CHECK(environment.get("A") == "1");
    }
    CHECK_THROWS(with_handed_over(Environment{{{"THV_HANDOVER_FD", "9999"}}}));
}
