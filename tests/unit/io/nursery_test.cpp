// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "io/deadline.hpp"
#include "io/nursery.hpp"
#include "io/race.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"

#include <chrono>
#include <stdexcept>
#include <vector>

using namespace thv;
using namespace std::chrono_literals;
using thv::test::drive;

namespace {

/// Notes when a task begins and when it is over, however it ends.
struct Trace {
    std::vector<std::string> notes;
    struct Span {
        Trace& trace;
        std::string name;
        Span(Trace& its_trace, std::string its_name)
            : trace(its_trace)
            , name(std::move(its_name)) {
            trace.notes.push_back(name + " begins");
        }
        Span(const Span&) = delete;
        Span& operator=(const Span&) = delete;
        ~Span() { trace.notes.push_back(name + " is over"); }
    };
};
using Notes = std::vector<std::string>;

Task<> lasting(Trace& trace, std::string name) {
    const Trace::Span span{trace, std::move(name)};
    co_await forever();
}

Task<> short_lived(Trace& trace, std::string name) {
    const Trace::Span span{trace, std::move(name)};
    co_await sleep_for(1ms);
}

Task<> failing() {
    co_await sleep_for(1ms);
    throw Error{Fault::conflict, "a child failed"};
}

Task<> main_that_ends(Trace& trace, Nursery& nursery) {
    nursery.start(lasting(trace, "a"));
    nursery.start(short_lived(trace, "b"));
    while (trace.notes.size() < 3)
        co_await sleep_for(1ms);
    trace.notes.emplace_back("main ends");
}

Task<> main_that_waits(Trace& trace, Nursery& nursery, bool fails) {
    const Trace::Span span{trace, "main"};
    nursery.start(lasting(trace, "a"));
    if (fails) nursery.start(failing());
    co_await forever();
}

Task<> main_that_throws(Trace& trace, Nursery& nursery) {
    nursery.start(lasting(trace, "a"));
    co_await sleep_for(1ms);
    throw std::runtime_error{"main failed"};
}

Task<> main_of_many(Trace& trace, Nursery& nursery) {
    for (int round = 0; round < 1000; ++round) {
        nursery.start(short_lived(trace, "x"));
        if (round % 100 == 0) co_await sleep_for(2ms);
    }
    while (trace.notes.size() < 2000)
        co_await sleep_for(1ms);
}

} // namespace

TEST_CASE("what is started in a nursery ends with it") {
    Trace trace;
    drive(with_nursery([&trace](Nursery& nursery) { return main_that_ends(trace, nursery); }));
    CHECK(trace.notes == Notes{"a begins", "b begins", "b is over", "main ends", "a is over"});
}

TEST_CASE("a task of a nursery that fails ends everything, and its failure is thrown") {
    Trace trace;
    CHECK_THROWS_WITH(drive(with_nursery([&trace](Nursery& nursery) { return main_that_waits(trace, nursery, true); })),
                      "a child failed");
    CHECK(trace.notes == Notes{"main begins", "a begins", "main is over", "a is over"});
}

TEST_CASE("a main task that fails takes the others with it") {
    Trace trace;
    CHECK_THROWS_WITH(drive(with_nursery([&trace](Nursery& nursery) { return main_that_throws(trace, nursery); })),
                      "main failed");
    CHECK(trace.notes == Notes{"a begins", "a is over"});
}

TEST_CASE("a nursery that is cancelled has ended its tasks when it returns") {
    Trace trace;
    auto nursery = with_nursery([&trace](Nursery& started) { return main_that_waits(trace, started, false); });
    CHECK_THROWS_AS(drive(with_deadline(std::move(nursery), 20ms, "testing")), Error);
    CHECK(trace.notes == Notes{"main begins", "a begins", "main is over", "a is over"});
}

TEST_CASE("a nursery carries a thousand tasks") {
    Trace trace;
    drive(with_nursery([&trace](Nursery& nursery) { return main_of_many(trace, nursery); }));
    CHECK(trace.notes.size() == 2000);
}
