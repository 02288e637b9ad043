// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.hpp"

#include <algorithm>
#include <numeric>

namespace thv::cli {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 8; // no column is cut below this

using Widths = std::vector<std::size_t>;

/// Takes from the widest of the columns that may be cut, one column of the terminal at a time, until the line fits or
/// nothing more can be taken.
void fit(Widths& widths, const std::vector<bool>& rigid, std::size_t available) {
    auto total = std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
    while (total > available) {
        std::size_t* widest = nullptr;
        for (std::size_t column = 0; column < widths.size(); ++column)
            if (!rigid[column] && (widest == nullptr || widths[column] > *widest)) widest = &widths[column];
        if (widest == nullptr || *widest <= narrowest) return;
        --*widest;
        --total;
    }
}

} // namespace

void Columns::add(std::vector<std::string> cells) {
    for (auto& cell : cells)
        cell = printable(cell);
    rows_.push_back(std::move(cells));
}

void Columns::keep(std::string_view heading) {
    kept_.emplace_back(heading);
}

void Columns::begin() {
    for (const auto& heading : heading_)
        rigid_.push_back(std::ranges::find(kept_, heading) != kept_.end());
    widths_.resize(heading_.size());
    if (!silent_) rows_.insert(rows_.begin(), heading_);
}

std::string Columns::render(const Terminal& terminal) {
    if (widths_.empty()) begin();
    for (const auto& row : rows_)
        for (std::size_t column = 0; column < row.size(); ++column)
            widths_[column] = std::max(widths_[column], width_of(row[column]));
    auto widths = widths_;
    if (terminal.out && !whole_) fit(widths, rigid_, static_cast<std::size_t>(terminal.width));

    std::string text;
    for (const auto& row : rows_) {
        std::string line;
        std::size_t owed = 0; // spaces to write before the next cell that is not empty
        for (std::size_t column = 0; column < row.size(); ++column) {
            const auto cell = shorten(row[column], widths[column]);
            if (!cell.empty()) line.append(owed, ' ').append(cell);
            owed = (cell.empty() ? owed : 0) + widths[column] - width_of(cell) + gap;
        }
        text += line + "\n";
    }
    rows_.clear();
    return text;
}

} // namespace thv::cli
