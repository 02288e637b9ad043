// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/record_tables.hpp"

#include "cli/columns.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>

namespace thv::cli {

namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

constexpr std::size_t rows_at_once = 500;

/// The document of a thing, with what has happened to it, if anything has.
Json document_of(const Record& record, std::string_view change) {
    if (change.empty()) return record.document();
    Json document{{"change", change}};
    document.update(record.document());
    return document;
}

/// A table of rows that come one by one. The first rows decide whether a sparse column is there.
class Table {
public:
    Table(const Output& output, Shape shape, Console& console)
        : output_(output)
        , shape_(std::move(shape))
        , console_(console) {}

    void add(Cells cells) {
        batch_.push_back(std::move(cells));
        if (batch_.size() == rows_at_once) print(true);
    }
    void show() {
        print(true);
        console_.flush();
    }
    void finish() {
        if (!batch_.empty() || (!columns_ && shape_.none.empty())) print(false);
        if (!columns_) console_.say(shape_.none);
    }

private:
    /// `open`: more rows may come.
    void print(bool open) {
        if (!columns_) begin(open);
        for (auto& cells : batch_)
            columns_->add(picked(std::move(cells)));
        batch_.clear();
        console_.write(columns_->render(console_.terminal()));
    }

    void begin(bool open) {
        Cells heading;
        for (std::size_t at = 0; at < shape_.columns.size(); ++at) {
            const auto& column = shape_.columns[at];
            const auto filled = [at](const Cells& cells) { return !cells[at].empty(); };
            const bool there = (!column.wide || output_.form() == Form::wide) &&
                               (!column.sparse || open || std::ranges::any_of(batch_, filled));
            if (!there) continue;
            shown_.push_back(at);
            heading.push_back(column.heading);
        }
        columns_ = std::make_unique<Columns>(std::move(heading));
        for (const auto& column : shape_.columns)
            if (column.kept) columns_->keep(column.heading);
        if (!output_.headings()) columns_->without_heading();
        if (!output_.cuts()) columns_->whole();
    }

    Cells picked(Cells cells) const {
        Cells kept;
        for (const auto at : shown_)
            kept.push_back(std::move(cells[at]));
        return kept;
    }

    const Output& output_;
    Shape shape_;
    Console& console_;
    std::vector<Cells> batch_;
    std::vector<std::size_t> shown_; ///< the columns of the shape that are in the table
    std::unique_ptr<Columns> columns_;
};

/// Makes the cells of a thing; the change is empty unless something has happened to it.
using MakeCells = std::function<Cells(const Record& record, std::string_view change)>;

class Rows final : public Records {
public:
    Rows(const Output& output, Shape shape, Console& console, MakeCells cells)
        : table_(output, std::move(shape), console)
        , cells_(std::move(cells)) {}
    void add(const Record& record) override { table_.add(cells_(record, {})); }
    void tell(std::string_view change, std::string_view /*kind*/, const Record& record) override {
        table_.add(cells_(record, change));
        table_.show();
    }
    void finish() override { table_.finish(); }

private:
    Table table_;
    MakeCells cells_;
};

std::vector<Column> columns_called(const Cells& headings) {
    std::vector<Column> columns;
    columns.reserve(headings.size());
    for (const auto& heading : headings)
        columns.push_back({.heading = heading});
    return columns;
}

/// -o custom-columns
std::unique_ptr<Records> picked_rows(const Output& output, std::string none, Console& console) {
    Cells headings;
    for (const auto& picked : output.picked())
        headings.push_back(picked.heading);
    const auto cells = [&picked = output.picked()](const Record& record, std::string_view change) {
        const auto document = document_of(record, change);
        Cells row;
        for (const auto& column : picked) {
            Cells values;
            for (const auto* value : column.path.in(document))
                values.push_back(cell_of(*value));
            row.push_back(values.empty() ? "<none>" : fmt::format("{}", fmt::join(values, ",")));
        }
        return row;
    };
    return std::make_unique<Rows>(output, Shape{columns_called(headings), std::move(none)}, console, cells);
}

Cells split_at_tabs(std::string_view line) {
    Cells cells;
    while (true) {
        const auto end = line.find('\t');
        cells.emplace_back(line.substr(0, end));
        if (end == std::string_view::npos) return cells;
        line.remove_prefix(end + 1);
    }
}

/// "table {{.name}}\t{{.url}}"
std::unique_ptr<Records> filled_rows(const Output& output, Console& console) {
    auto columns = columns_called(split_at_tabs(output.filled().heading()));
    const auto cells = [&filled = output.filled(), width = columns.size()](const Record& record,
                                                                           std::string_view change) {
        auto row = split_at_tabs(filled.render(document_of(record, change)));
        while (row.size() > width) { // a tab in a value makes no column
            row[width - 1] += " " + row[width];
            row.erase(row.begin() + static_cast<std::ptrdiff_t>(width));
        }
        row.resize(width);
        return row;
    };
    return std::make_unique<Rows>(output, Shape{std::move(columns), {}}, console, cells);
}

/// A line for each thing, made of a template.
class Filled final : public Records {
public:
    Filled(const Output& output, Console& console)
        : template_(output.filled())
        , console_(console) {}
    void add(const Record& record) override { print(document_of(record, {})); }
    void tell(std::string_view change, std::string_view /*kind*/, const Record& record) override {
        print(document_of(record, change));
        console_.flush();
    }
    void finish() override {}

private:
    void print(const Json& document) {
        const auto text = template_.render(document);
        console_.print(console_.terminal().out ? printable_lines(text) : text);
    }

    const Template& template_;
    Console& console_;
};

} // namespace

std::unique_ptr<Records> table_records(const Output& output, Shape shape, Console& console) {
    if (output.form() == Form::columns) return picked_rows(output, std::move(shape.none), console);
    if (output.form() == Form::filled && output.template_is_table()) return filled_rows(output, console);
    if (output.form() == Form::filled) return std::make_unique<Filled>(output, console);
    const auto cells = [](const Record& record, std::string_view /*change*/) { return record.cells(); };
    return std::make_unique<Rows>(output, std::move(shape), console, cells);
}

} // namespace thv::cli
