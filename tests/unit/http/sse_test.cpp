// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "http/sse.hpp"
#include "support/catch.hpp"

using namespace thv;
using thv::http::Event;
using thv::http::EventReader;
using Events = std::vector<Event>;

namespace {

Events read_in_pieces(std::string_view bytes, std::size_t size) {
    EventReader reader{1000};
    Events events;
    for (std::size_t at = 0; at < bytes.size(); at += size)
        for (auto& event : reader.feed(bytes.substr(at, size)))
            events.push_back(std::move(event));
    return events;
}

} // namespace

TEST_CASE("events are the same however the stream is cut and its lines end") {
    const auto [bytes, expected] = GENERATE(table<std::string, Events>({
        {"data: one\n\ndata: two\n\n", {{"message", "one"}, {"message", "two"}}},
        {"data: one\r\n\r\ndata: two\r\n\r\n", {{"message", "one"}, {"message", "two"}}},
        {"data: one\r\rdata: two\r\r", {{"message", "one"}, {"message", "two"}}},
        {"\xef\xbb\xbf"
         "event: endpoint\ndata:/messages?id=1\n\n",
         {{"endpoint", "/messages?id=1"}}},
        {"data: a\ndata:  b\ndata\ndata:c\n\n", {{"message", "a\n b\n\nc"}}},
        {": comment\nid: 7\nretry: 10\ndata: x\nunknown: y\n\n", {{"message", "x"}}},
        {"event: lonely\n\ndata: x\n\n", {{"message", "x"}}},
        {"id: 1\ndata:\n\n", {{"message", ""}}},
        {"data: never finished\n", {}},
        {"\n\n\n", {}},
    }));
    const auto size = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{1000});
    CAPTURE(bytes, size);
    CHECK(read_in_pieces(bytes, size) == expected);
}

TEST_CASE("an event without end is refused instead of kept") {
    EventReader reader{100};
    CHECK(reader.feed("data: " + std::string(90, 'x')).empty());
    CHECK_THROWS_AS(reader.feed("xxxxxxxxxx"), Error);
    EventReader lines{100};
    CHECK_THROWS_AS(
        [&] {
            for (int count = 0; count < 60; ++count)
                lines.feed("data: x\n");
        }(),
        Error);
}

TEST_CASE("ids and the time to wait are remembered for the next connection") {
    EventReader reader{100};
    reader.feed("id: 1\ndata: a\n\nid: 2\ndata: cut of");
    CHECK(reader.last_id() == "1");
    CHECK(reader.retry() == std::nullopt);
    reader.feed("f\n\nid: 3\nretry: 1500\ndata:\n\nretry: soon\nid: 4\n\n");
    CHECK(reader.last_id() == "4");
    CHECK(reader.retry() == std::chrono::milliseconds{1500});
    reader.feed("data: without one\n\nid\n\n");
    CHECK(reader.last_id().empty());
}
