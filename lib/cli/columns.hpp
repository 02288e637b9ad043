// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/terminal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace thv::cli {

/// A table for people and for scripts: a heading, columns two spaces apart, no borders, no spaces at the end of a line.
class Columns {
public:
    explicit Columns(std::vector<std::string> heading)
        : heading_(std::move(heading)) {}

    /// Cells that came from outside are made printable here.
    void add(std::vector<std::string> cells);
    /// A column that is never cut, because it is there to be copied.
    void keep(std::string_view heading);
    /// Leaves the heading out, for programs that count lines.
    void without_heading() { silent_ = true; }
    /// Nothing is cut, not even on a terminal.
    void whole() { whole_ = true; }
    /// The lines of what was added since the last call, the heading being the first of all. On a terminal the widest
    /// other columns are cut so that each line fits, if it can; anywhere else nothing is cut. A long table that is
    /// rendered in pieces has columns that only ever get wider.
    std::string render(const Terminal& terminal);
    /// How many rows wait to be rendered.
    std::size_t waiting() const { return rows_.size(); }

private:
    void begin();

    std::vector<std::string> heading_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> widths_;
    std::vector<bool> rigid_;
    std::vector<std::string> kept_;
    bool silent_ = false;
    bool whole_ = false;
};

} // namespace thv::cli
