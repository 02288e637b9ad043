// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "engine/log_frames.hpp"
#include "support/catch.hpp"

#include <vector>

using namespace thv;
using thv::engine::LogFrames;

namespace {

std::string frame(char stream, const std::string& payload) {
    const auto size = payload.size();
    std::string bytes{stream, '\0', '\0', '\0'};
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        bytes += static_cast<char>((size >> shift) & 0xffU);
    return bytes + payload;
}

std::vector<std::string> lines_of(LineCutter& cutter, std::string_view bytes) {
    std::vector<std::string> lines;
    cutter.feed(bytes, [&](std::string_view line) { lines.emplace_back(line); });
    return lines;
}

} // namespace

TEST_CASE("frames are taken apart in the same way wherever the bytes are split") {
    const auto bytes = frame(1, "out") + frame(2, "err") + frame(1, "") + frame(3, "!") + frame(0, "in") +
                       frame(1, std::string(300, 'x'));
    for (std::size_t first = 0; first <= bytes.size(); ++first) {
        for (const std::size_t second : {first, std::min(first + 1, bytes.size()), std::min(first + 9, bytes.size())}) {
            LogFrames frames;
            LogFrames::Output output;
            const std::string_view all{bytes};
            frames.feed(all.substr(0, first), output);
            frames.feed(all.substr(first, second - first), output);
            frames.feed(all.substr(second), output);
            REQUIRE(output.to_stdout == "outin" + std::string(300, 'x'));
            REQUIRE(output.to_stderr == "err!");
            REQUIRE(frames.at_boundary());
        }
    }
}

TEST_CASE("a stream that ends within a frame is not at a boundary") {
    const auto bytes = frame(1, "out");
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        LogFrames frames;
        LogFrames::Output output;
        frames.feed(std::string_view{bytes}.substr(0, size), output);
        CHECK_FALSE(frames.at_boundary());
    }
}

TEST_CASE("what is no frame is an error, and a frame of four gigabytes reserves nothing") {
    LogFrames frames;
    LogFrames::Output output;
    const auto* bytes = GENERATE("plain text that no engine frames", "\x04\0\0\0\0\0\0\x01x");
    CHECK_THROWS_AS(frames.feed({bytes, 9}, output), Error);
    LogFrames huge;
    huge.feed({"\x01\0\0\0\xff\xff\xff\xffsome", 12}, output);
    CHECK(output.to_stdout == "some");
    CHECK(output.to_stdout.capacity() < 100);
}

TEST_CASE("lines are cut at newlines wherever the bytes are split") {
    LineCutter cutter;
    CHECK(lines_of(cutter, "on") == std::vector<std::string>{});
    CHECK(lines_of(cutter, "e\ntwo\r\n\nthr") == std::vector<std::string>{"one", "two", ""});
    std::vector<std::string> last;
    cutter.finish([&](std::string_view line) { last.emplace_back(line); });
    CHECK(last == std::vector<std::string>{"thr"});
    cutter.finish([&](std::string_view line) { last.emplace_back(line); });
    CHECK(last.size() == 1);
}

TEST_CASE("a line without end is cut at the limit, and the next one is whole") {
    LineCutter cutter{10};
    CHECK(lines_of(cutter, std::string(7, 'a')).empty());
    CHECK(lines_of(cutter, std::string(1000, 'b')).empty());
    CHECK(lines_of(cutter, "\nnext\n") == std::vector<std::string>{"aaaaaaabbb", "next"});
}
