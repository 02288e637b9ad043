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
    explicit Columns(std::vector<std::string> heading) { rows_.push_back(std::move(heading)); }

    /// Cells that came from outside are made printable here.
    void add(std::vector<std::string> cells);
    /// A column that is never cut, because it is there to be copied.
    void keep(std::string_view heading);
    /// The lines. On a terminal the widest other columns are cut so that each line fits, if it can; anywhere else
    /// nothing is cut.
    std::string render(const Terminal& terminal) const;

private:
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::string> kept_;
};

} // namespace thv::cli
