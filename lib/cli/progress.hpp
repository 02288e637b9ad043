// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/args.hpp"
#include "cli/console.hpp"
#include "core/progress.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace thv::cli {

/// The value of --progress: auto is a line drawn anew on a terminal and plain elsewhere.
struct ProgressFlag {
    std::string style = "auto";

    void declare(Args& args);
};

/// Tells a person, or a program (json), how far pulls are; all of it on stderr. The line that is drawn on a terminal
/// appears a tenth of a second after a pull began, fits the terminal, and is gone before anything is said through this
/// object and when it goes out of scope. Must outlive the sinks that it gives.
class ProgressDisplay {
public:
    struct Surroundings {
        std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
        std::function<int()> columns; ///< of the terminal that is stderr
    };
    ProgressDisplay(Console& console, const ProgressFlag& flag);
    ProgressDisplay(Console& console, const ProgressFlag& flag, Surroundings surroundings);
    ~ProgressDisplay();
    ProgressDisplay(const ProgressDisplay&) = delete;
    ProgressDisplay& operator=(const ProgressDisplay&) = delete;

    Progress sink();
    void say(std::string_view line);
    void see(const Pull& pull);

private:
    enum class Style { drawn, plain, none, json };
    using Moment = std::chrono::steady_clock::time_point;

    static Style style_of(const Console& console, const ProgressFlag& flag);
    void draw();
    void erase();
    std::string drawn_line() const;
    void write_json(const Pull& pull);

    Console& console_;
    Style style_;
    Surroundings around_;
    std::map<std::string, Pull> pulls_; ///< those that go on, by image
    Moment next_;                       ///< no earlier than this something is drawn, or written, again
    std::string shown_;
};

} // namespace thv::cli
