// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// An engine's frames of stdout and stderr, and the lines in them: what comes out does not depend on where the stream is
// cut, and is what a reader that has all of it before its eyes makes of it.
#include "core/error.hpp"
#include "cuts.hpp"
#include "engine/log_frames.hpp"
#include "mcp/lines.hpp"

#include <string>

namespace {

using namespace thv;
using fuzz::require;

struct Outcome {
    std::string out;
    std::string err;
    bool broken = false;
    bool complete = false;
    bool operator==(const Outcome&) const = default;
};

Outcome read(const std::vector<std::string_view>& pieces) {
    engine::LogFrames frames;
    engine::LogFrames::Output output;
    Outcome outcome;
    try {
        for (const auto piece : pieces)
            frames.feed(piece, output);
    } catch (const Error&) {
        outcome.broken = true;
    }
    outcome.out = output.to_stdout;
    outcome.err = output.to_stderr;
    outcome.complete = !outcome.broken && frames.at_boundary();
    return outcome;
}

Outcome expected(std::string_view stream) {
    Outcome outcome;
    while (stream.size() >= 8) {
        const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(stream[i]); };
        if (byte(0) > 3 || byte(1) + byte(2) + byte(3) != 0) {
            outcome.broken = true;
            return outcome;
        }
        std::size_t length = 0;
        for (std::size_t i = 4; i < 8; ++i)
            length = length * 256 + byte(i);
        (byte(0) >= 2 ? outcome.err : outcome.out) += stream.substr(8, length);
        if (stream.size() - 8 < length) return outcome;
        stream.remove_prefix(8 + length);
    }
    outcome.complete = stream.empty();
    return outcome;
}

/// Lines of at most 40 bytes, and the ends of longer ones.
std::string lines_of(const std::vector<std::string_view>& pieces) {
    mcp::Lines lines{40};
    std::string all;
    for (const auto piece : pieces)
        lines.feed(
            piece,
            [&](std::string_view line) {
                require(line.size() <= 40 && line.find('\n') == std::string_view::npos);
                all.append(line).append("\n");
            },
            [&](std::string_view begin, std::string_view end) {
                require(begin.size() <= 512 && end.size() <= 512 && begin.size() >= 40);
                all.append(begin.substr(0, 40)).append("...").append(end.substr(end.size() - 40)).append("\n");
            });
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto stream = fuzz::text_of(data, size);
    const auto pieces = fuzz::cut(stream);
    const auto outcome = read(pieces);
    require(outcome == expected(stream));
    require(lines_of(pieces) == lines_of({stream}));
    return 0;
}
