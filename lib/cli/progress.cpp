// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.hpp"

#include "cli/document.hpp"
#include "cli/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace thv::cli {

namespace {

using namespace std::chrono_literals;
using Phase = Pull::Phase;

constexpr auto between_drawings = 100ms;
constexpr auto between_objects = 500ms;
constexpr int widest_bar = 40;
constexpr int narrowest_bar = 8;

int columns_of_stderr() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// All pulls that go on as one, which is as far as the least advanced.
Pull together(const std::map<std::string, Pull>& pulls) {
    Pull sum;
    sum.image = pulls.size() == 1 ? pulls.begin()->first : fmt::format("{} images", pulls.size());
    sum.phase = Phase::unpacking;
    for (const auto& [image, pull] : pulls) {
        sum.phase = std::min(sum.phase, pull.phase);
        sum.layers += pull.layers;
        sum.layers_done += pull.layers_done;
        sum.current += pull.current;
        sum.total += pull.total;
    }
    return sum;
}

std::string bar(double share, int width) {
    const auto filled = static_cast<std::size_t>(share * width);
    std::string drawn(filled, '=');
    if (filled < static_cast<std::size_t>(width)) drawn += '>';
    drawn.resize(static_cast<std::size_t>(width), ' ');
    return "[" + drawn + "]";
}

std::string how_far(const Pull& pull) {
    if (pull.total > 0)
        return fmt::format("{:3}%  {:.1f} of {:.1f} MB", pull.current * 100 / pull.total,
                           static_cast<double>(pull.current) / 1e6, static_cast<double>(pull.total) / 1e6);
    if (pull.layers > 0) return fmt::format("{} of {} layers", pull.layers_done, pull.layers);
    return {};
}

/// "Pulling IMAGE  [====>   ]  45%  1.2 of 2.7 MB" in at most so many columns: first the bar gives way, then the name,
/// then the numbers.
std::string fitted(const Pull& pull, int columns) {
    const auto verb = pull.phase == Phase::unpacking ? "Unpacking " : "Pulling ";
    const auto name = verb + printable(pull.image);
    const auto end = how_far(pull);
    const auto tail = end.empty() ? std::string{} : "  " + end;
    const int left = columns - static_cast<int>(width_of(name) + tail.size());
    if (pull.total > 0 && left >= narrowest_bar + 4) {
        const auto share = std::min(1.0, static_cast<double>(pull.current) / static_cast<double>(pull.total));
        return fmt::format("{}  {}{}", name, bar(share, std::min(left - 4, widest_bar)), tail);
    }
    if (left >= 0) return name + tail;
    const auto room = columns - static_cast<int>(tail.size());
    if (room >= 16) return shorten(name, static_cast<std::size_t>(room)) + tail;
    return shorten(name, static_cast<std::size_t>(std::max(columns, 1)));
}

bool has_ended(const Pull& pull) {
    return pull.phase == Phase::pulled || pull.phase == Phase::failed;
}

std::string_view name_of(Phase phase) {
    static constexpr std::array names{"pulling", "waiting", "downloading", "unpacking", "pulled", "failed"};
    return names[static_cast<std::size_t>(phase)];
}

} // namespace

void ProgressFlag::declare(Args& args) {
    args.option("--progress", style, "how pulls of images, and long waits, are shown on stderr")
        .one_of({"auto", "plain", "none", "json"})
        .placeholder("STYLE");
}

ProgressDisplay::ProgressDisplay(Console& console, const ProgressFlag& flag)
    : ProgressDisplay(console, flag, {.columns = columns_of_stderr}) {}

ProgressDisplay::ProgressDisplay(Console& console, const ProgressFlag& flag, Surroundings surroundings)
    : console_(console)
    , style_(style_of(console, flag))
    , around_(std::move(surroundings))
    , next_(around_.now()) {}

ProgressDisplay::~ProgressDisplay() {
    erase();
}

ProgressDisplay::Style ProgressDisplay::style_of(const Console& console, const ProgressFlag& flag) {
    if (flag.style == "plain") return Style::plain;
    if (flag.style == "none") return Style::none;
    if (flag.style == "json") return Style::json;
    return console.terminal().err ? Style::drawn : Style::plain;
}

Progress ProgressDisplay::sink() {
    return {[this](std::string_view line) { say(line); }, [this](const Pull& pull) { see(pull); }};
}

void ProgressDisplay::say(std::string_view line) {
    if (style_ == Style::none) return;
    if (style_ == Style::json) {
        const nlohmann::ordered_json object{{"event", "message"}, {"text", line}};
        return console_.draw(json_line(object));
    }
    erase();
    console_.say(line);
}

void ProgressDisplay::see(const Pull& pull) {
    if (style_ == Style::none) return;
    if (style_ == Style::json) return write_json(pull);
    if (style_ == Style::plain) {
        if (const auto line = line_of(pull); !line.empty()) console_.say(printable(line));
        return;
    }
    if (pulls_.empty()) next_ = around_.now() + between_drawings;
    if (!has_ended(pull)) {
        pulls_[pull.image] = pull;
        return draw();
    }
    pulls_.erase(pull.image);
    erase();
    if (const auto line = line_of(pull); !line.empty()) console_.say(printable(line));
}

void ProgressDisplay::draw() {
    const auto now = around_.now();
    if (now < next_) return;
    next_ = now + between_drawings;
    // The last column stays free: writing there makes some terminals begin a new line.
    auto line = fitted(together(pulls_), around_.columns() - 1);
    if (line == shown_) return;
    const auto before = width_of(shown_);
    const auto width = width_of(line);
    // Blanks instead of an escape sequence: no terminal is too simple for them.
    console_.draw(fmt::format("\r{}{}", line, std::string(before > width ? before - width : 0, ' ')));
    shown_ = std::move(line);
}

void ProgressDisplay::erase() {
    if (shown_.empty()) return;
    console_.draw(fmt::format("\r{}\r", std::string(width_of(shown_), ' ')));
    shown_.clear();
}

void ProgressDisplay::write_json(const Pull& pull) {
    auto& before = pulls_[pull.image];
    const bool first_or_last = pull.phase == Phase::begun || has_ended(pull);
    const auto now = around_.now();
    // What has not changed is not told again, and bytes not for each piece that comes.
    const bool changed = pull.phase != before.phase || pull.current != before.current || pull.layers != before.layers ||
                         pull.layers_done != before.layers_done;
    if (!first_or_last && (!changed || (pull.phase == before.phase && now < next_))) return;
    next_ = now + between_objects;
    before = pull;
    const auto seconds = std::chrono::duration<double>(pull.elapsed).count();
    nlohmann::ordered_json object{{"event", name_of(pull.phase)},
                                  {"image", pull.image},
                                  {"current", pull.current},
                                  {"total", pull.total},
                                  {"layers_done", pull.layers_done},
                                  {"layers", pull.layers},
                                  {"elapsed", std::round(seconds * 1000) / 1000}};
    console_.draw(json_line(object));
    if (has_ended(pull)) pulls_.erase(pull.image);
}

} // namespace thv::cli
