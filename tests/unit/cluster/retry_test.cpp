// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/retry.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <vector>

using namespace thv;
using namespace thv::cluster;
using namespace std::chrono_literals;

TEST_CASE("what is repeated depends on whether the server has looked at it and whether twice is as good as once") {
    struct Row {
        int status;
        const char* retry_after;
        bool when_repeatable;
        bool otherwise;
    };
    const auto row = GENERATE(values<Row>({{429, "1", true, true},
                                           {429, "", true, true},
                                           {429, "soon", true, true},
                                           {503, "1", true, true},
                                           {503, "", true, false},
                                           {502, "", true, false},
                                           {504, "1", true, false},
                                           {500, "1", true, false},
                                           {500, "", false, false},
                                           {404, "1", false, false},
                                           {409, "1", false, false},
                                           {200, "1", false, false}}));
    CAPTURE(row.status, row.retry_after);
    CHECK(Retries{true}.after(row.status, row.retry_after, 0).has_value() == row.when_repeatable);
    CHECK(Retries{false}.after(row.status, row.retry_after, 0).has_value() == row.otherwise);
}

TEST_CASE("the server's wish is followed, spread so that not everybody comes back at once") {
    CHECK(Retries{true}.after(429, "3", 0) == Duration{3s});
    CHECK(Retries{true}.after(429, "4", 1) == Duration{5s});
    CHECK(Retries{true}.after(429, "0", 0) == Duration{100ms});
    CHECK(Retries{true}.after(429, "-5", 0) == Duration{250ms});
    CHECK(Retries{true}.after(429, "99999999999999999999", 0) == Duration{250ms});
}

TEST_CASE("neither the number of repeats nor the time that they take is without limit") {
    Retries many{true};
    int repeats = 0;
    while (many.after(503, "", 0.5))
        ++repeats;
    CHECK(repeats == 5);
    Retries slow{true};
    CHECK(slow.after(429, "20", 0));
    CHECK_FALSE(slow.after(429, "20", 0));
    CHECK_FALSE(Retries{true}.after(429, "3600", 0));
}

TEST_CASE("a broken connection is tried once more, and only when twice is as good as once") {
    Retries retries{true};
    CHECK(retries.after_break(0) == Duration{100ms});
    CHECK_FALSE(retries.after_break(0));
    CHECK_FALSE(Retries{false}.after_break(0));
}

TEST_CASE("the pauses before coming back to a lost server grow to half a minute, and shrink again when it is there") {
    using Round = Comeback::Round;
    Comeback comeback;
    std::vector<Duration> pauses;
    for (int i = 0; i < 9; ++i)
        pauses.push_back(comeback.after(Round::failed, 0).value());
    CHECK(pauses == std::vector<Duration>{500ms, 1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s});
    CHECK(comeback.after(Round::failed, 1) == Duration{37500ms});
    CHECK(comeback.after(Round::good, 1) == Duration::zero());
    CHECK(comeback.after(Round::failed, 0) == Duration{500ms});
}

TEST_CASE("a denial stands, but not at once when the server has just been away") {
    using Round = Comeback::Round;
    CHECK_FALSE(Comeback{}.after(Round::denied, 0));
    Comeback comeback;
    CHECK(comeback.after(Round::failed, 0));
    CHECK(comeback.after(Round::denied, 0) == Duration{1s});
    CHECK(comeback.after(Round::good, 0));
    CHECK_FALSE(Comeback{comeback}.after(Round::denied, 0));
    CHECK(comeback.after(Round::failed, 0));
    for (int i = 0; i < 5; ++i)
        CHECK(comeback.after(Round::denied, 0));
    CHECK_FALSE(comeback.after(Round::denied, 0));
}
