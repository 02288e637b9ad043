// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.hpp"
#include "cli/text.hpp"
#include "support/catch.hpp"
#include "support/console_texts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace thv;
using namespace std::chrono_literals;
using cli::Console;
using cli::ProgressDisplay;
using Phase = Pull::Phase;

namespace {

/// A display with a clock and a width of the test's own, and the bytes that stderr gets.
struct Display {
    explicit Display(bool terminal, std::string style = "auto")
        : console(texts.streams(), {.err = terminal})
        , flag{std::move(style)} {
        shown.emplace(
            console, flag,
            ProgressDisplay::Surroundings{.now = [this] { return now; }, .columns = [this] { return columns; }});
    }

    void see(Phase phase, std::int64_t current = 0, std::int64_t total = 0, std::string image = "r.io/fetch:1") {
        shown->see({.image = std::move(image),
                    .phase = phase,
                    .layers = total > 0 ? 2U : 0U,
                    .layers_done = 0,
                    .current = current,
                    .total = total,
                    .elapsed = 3200ms});
    }

    /// What has been written since the last time.
    std::string take() { return std::exchange(texts.err, {}); }

    ConsoleTexts texts;
    std::chrono::steady_clock::time_point now;
    int columns = 80;
    Console console;
    cli::ProgressFlag flag;
    std::optional<ProgressDisplay> shown;
};

} // namespace

TEST_CASE("on a terminal a line is drawn after a tenth of a second, and is gone when the pull is done") {
    Display display{true};
    display.see(Phase::begun);
    display.now += 99ms;
    display.see(Phase::waiting);
    CHECK(display.take().empty());
    display.now += 1ms;
    display.see(Phase::waiting);
    const std::string waiting = "Pulling r.io/fetch:1";
    CHECK(display.take() == "\r" + waiting);
    display.now += 100ms;
    display.see(Phase::downloading, 1'000'000, 4'000'000);
    const auto drawn = display.take();
    INFO(drawn);
    CHECK(drawn.starts_with("\rPulling r.io/fetch:1  [="));
    CHECK(drawn.ends_with("]   25%  1.0 of 4.0 MB"));
    display.see(Phase::pulled, 4'000'000, 4'000'000);
    const auto blank = "\r" + std::string(drawn.size() - 1, ' ') + "\r";
    CHECK(display.take() == blank + "Pulled r.io/fetch:1 (4.0 MB in 3.2s)\n");
}

TEST_CASE("a line is drawn at most ten times per second, only when it has changed, and covers the one before") {
    Display display{true};
    display.see(Phase::begun);
    display.now += 100ms;
    display.see(Phase::downloading, 1, 4'000'000);
    const auto first = display.take();
    CHECK_FALSE(first.empty());
    display.now += 99ms;
    display.see(Phase::downloading, 2'000'000, 4'000'000);
    CHECK(display.take().empty());
    display.now += 1ms;
    display.see(Phase::downloading, 1, 4'000'000);
    CHECK(display.take().empty());
    display.now += 100ms;
    display.see(Phase::waiting);
    CHECK(display.take() == "\rPulling r.io/fetch:1" + std::string(first.size() - 21, ' '));
}

TEST_CASE("what is said while a line is drawn stands where the line was") {
    Display display{true};
    display.see(Phase::begun);
    display.now += 100ms;
    display.see(Phase::waiting);
    display.take();
    display.shown->say("Using the local image");
    CHECK(display.take() == "\r" + std::string(20, ' ') + "\rUsing the local image\n");
    display.now += 100ms;
    display.see(Phase::waiting);
    CHECK(display.take() == "\rPulling r.io/fetch:1");
    display.shown.reset();
    CHECK(display.take() == "\r" + std::string(20, ' ') + "\r");
}

TEST_CASE("a line fits the terminal, whatever its width is") {
    Display display{true};
    display.see(Phase::begun);
    for (display.columns = 1; display.columns < 140; ++display.columns) {
        display.now += 100ms;
        display.see(Phase::downloading, 1'000'000 + display.columns * 1'000'000, 400'000'000);
        const auto drawn = display.take();
        const auto line = drawn.substr(0, drawn.find_last_not_of(' ') + 1);
        INFO(line);
        CHECK(static_cast<int>(cli::width_of(line)) - 1 <= std::max(display.columns - 1, 1));
    }
    display.columns = 50;
    display.now += 100ms;
    display.see(Phase::unpacking, 4'000'000, 4'000'000);
    CHECK(display.take().starts_with("\rUnpacking r.io/fetch:1  100%  4.0 of 4.0 MB"));
}

TEST_CASE("pulls that go on at once are one line") {
    Display display{true};
    display.see(Phase::begun);
    display.see(Phase::begun, 0, 0, "r.io/other:2");
    display.now += 100ms;
    display.see(Phase::downloading, 1'000'000, 4'000'000);
    CHECK(display.take().starts_with("\rPulling 2 images  ["));
    display.see(Phase::failed);
    CHECK(display.take().ends_with(" \r"));
    display.now += 100ms;
    display.see(Phase::downloading, 1'000'000, 2'000'000, "r.io/other:2");
    CHECK(display.take().starts_with("\rPulling r.io/other:2  ["));
}

TEST_CASE("what an image is called cannot play with the terminal") {
    for (const bool terminal : {true, false}) {
        Display display{terminal};
        display.see(Phase::begun, 0, 0, "a\x1b[2Jb");
        display.now += 100ms;
        display.see(Phase::waiting, 0, 0, "a\x1b[2Jb");
        display.see(Phase::pulled, 0, 0, "a\x1b[2Jb");
        const auto written = display.take();
        CHECK(written.find('\x1b') == std::string::npos);
        CHECK(written.find("Pulled a?") != std::string::npos);
    }
}

TEST_CASE("where nothing can be drawn each phase is a line") {
    for (const bool terminal : {false, true}) {
        Display display{terminal, terminal ? "plain" : "auto"};
        display.see(Phase::begun);
        display.now += 1s;
        display.see(Phase::waiting);
        display.see(Phase::downloading, 1, 2);
        display.see(Phase::unpacking, 2, 2);
        display.shown->say("Asking http://example.test");
        display.see(Phase::pulled, 12'340'000, 12'340'000);
        CHECK(display.take() ==
              "Pulling r.io/fetch:1\nAsking http://example.test\nPulled r.io/fetch:1 (12.3 MB in 3.2s)\n");
    }
}

TEST_CASE("--progress none says nothing") {
    Display display{true, "none"};
    display.see(Phase::begun);
    display.now += 1s;
    display.see(Phase::downloading, 1, 2);
    display.shown->say("Asking http://example.test");
    display.see(Phase::pulled, 2, 2);
    display.shown.reset();
    CHECK(display.take().empty());
}

TEST_CASE("--progress json writes an object per line, for each phase and then twice per second") {
    Display display{true, "json"};
    const auto events = [&display] {
        std::vector<nlohmann::json> events;
        auto text = display.take();
        for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1))
            events.push_back(nlohmann::json::parse(text.substr(0, end)));
        return events;
    };
    display.see(Phase::begun);
    display.see(Phase::downloading, 1, 4);
    display.see(Phase::downloading, 2, 4);
    const auto first = events();
    REQUIRE(first.size() == 2);
    CHECK(first[0]["event"] == "pulling");
    CHECK(first[1] == nlohmann::json{{"event", "downloading"},
                                     {"image", "r.io/fetch:1"},
                                     {"current", 1},
                                     {"total", 4},
                                     {"layers_done", 0},
                                     {"layers", 2},
                                     {"elapsed", 3.2}});
    display.now += 500ms;
    display.see(Phase::downloading, 1, 4);
    CHECK(events().empty());
    display.see(Phase::downloading, 3, 4);
    display.shown->say("a \"message\"");
    display.see(Phase::pulled, 4, 4);
    const auto last = events();
    REQUIRE(last.size() == 3);
    CHECK(last[0]["current"] == 3);
    CHECK(last[1] == nlohmann::json{{"event", "message"}, {"text", "a \"message\""}});
    CHECK(last[2]["event"] == "pulled");
}
