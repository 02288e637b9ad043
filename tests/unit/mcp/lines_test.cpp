// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/lines.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using thv::mcp::Lines;

namespace {

std::vector<std::string> cut(Lines& lines, std::string_view chunk) {
    std::vector<std::string> found;
    lines.feed(chunk, [&](std::string_view line) { found.emplace_back(line); });
    return found;
}

} // namespace

TEST_CASE("lines are the same wherever the chunks are cut") {
    const std::string stream = "one\ntwo\r\n\nfour, which is longer\n";
    const std::vector<std::string> expected{"one", "two", "", "four, which is longer"};
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        Lines lines;
        std::vector<std::string> found;
        for (std::size_t at = 0; at < stream.size(); at += size)
            for (auto& line : cut(lines, std::string_view{stream}.substr(at, size)))
                found.push_back(std::move(line));
        CHECK(found == expected);
    }
}

TEST_CASE("a line over the limit is dropped whole and counted, and the next one is whole again") {
    Lines lines{8};
    CHECK(cut(lines, "12345678\n") == std::vector<std::string>{"12345678"});
    CHECK(cut(lines, "123456789\nnext\n") == std::vector<std::string>{"next"});
    CHECK(cut(lines, "12345").empty());
    CHECK(cut(lines, "6789").empty());
    CHECK(cut(lines, "and so on\nlast\n") == std::vector<std::string>{"last"});
    CHECK(lines.too_long() == 2);
}

TEST_CASE("of a line over the limit both ends are shown, wherever the chunks are cut") {
    const std::string stream =
        std::string(600, 'a') + std::string(600, 'b') + "\n1234\n" + std::string(900, 'c') + "\n";
    for (std::size_t size = 1; size <= stream.size(); size += 37) {
        Lines lines{550};
        std::vector<std::pair<std::string, std::string>> lost;
        std::vector<std::string> found;
        for (std::size_t at = 0; at < stream.size(); at += size)
            lines.feed(
                std::string_view{stream}.substr(at, size), [&](std::string_view line) { found.emplace_back(line); },
                [&](std::string_view begin, std::string_view end) { lost.emplace_back(begin, end); });
        INFO("chunks of " << size);
        CHECK(found == std::vector<std::string>{"1234"});
        REQUIRE(lost.size() == 2);
        CHECK(lost[0] == std::pair{std::string(512, 'a'), std::string(512, 'b')});
        CHECK(lost[1] == std::pair{std::string(512, 'c'), std::string(512, 'c')});
    }
}

TEST_CASE("a line of 64 MiB in small chunks is put together in seconds at most") {
    Lines lines;
    const std::string chunk(4096, 'x');
    std::size_t found = 0;
    const auto since = std::chrono::steady_clock::now();
    for (std::size_t at = 0; at < Lines::default_limit; at += chunk.size())
        lines.feed(chunk, [](std::string_view) {});
    lines.feed("\n", [&](std::string_view line) { found = line.size(); });
    CHECK(found == Lines::default_limit);
    // Looking at every byte again for each chunk would be half a terabyte.
    CHECK(std::chrono::steady_clock::now() - since < std::chrono::seconds{10});
}
