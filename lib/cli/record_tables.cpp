// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/record_tables.hpp"

#include "cli/columns.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace thv::cli {

namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

constexpr std::size_t rows_at_once = 500;

/// The document of a thing that something has happened to.
Json changed(std::string_view change, const Record& record) {
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

class Rows final : public Records {
public:
    Rows(const Output& output, Shape shape, Console& console)
        : table_(output, std::move(shape), console) {}
    void add(const Record& record) override { table_.add(record.cells()); }
    void tell(std::string_view /*change*/, std::string_view /*kind*/, const Record& record) override {
        add(record);
        table_.show();
    }
    void finish() override { table_.finish(); }

private:
    Table table_;
};

/// -o custom-columns
class PickedRows final : public Records {
public:
    PickedRows(const Output& output, std::string none, Console& console)
        : picked_(output.picked())
        , table_(output, {.columns = columns_of(output), .none = std::move(none)}, console) {}
    void add(const Record& record) override { table_.add(cells_of(record.document())); }
    void tell(std::string_view change, std::string_view /*kind*/, const Record& record) override {
        table_.add(cells_of(changed(change, record)));
        table_.show();
    }
    void finish() override { table_.finish(); }

private:
    static std::vector<Column> columns_of(const Output& output) {
        std::vector<Column> columns;
        for (const auto& picked : output.picked())
            columns.push_back({.heading = picked.heading});
        return columns;
    }
    Cells cells_of(const Json& document) const {
        Cells cells;
        for (const auto& column : picked_) {
            Cells values;
            for (const auto* value : column.path.in(document))
                values.push_back(cell_of(*value));
            cells.push_back(values.empty() ? "<none>" : fmt::format("{}", fmt::join(values, ",")));
        }
        return cells;
    }

    const std::vector<PickedColumn>& picked_;
    Table table_;
};

/// A line for each thing, made of a template.
class Filled final : public Records {
public:
    Filled(const Output& output, Console& console)
        : template_(output.filled())
        , console_(console) {}
    void add(const Record& record) override { print(record.document()); }
    void tell(std::string_view change, std::string_view /*kind*/, const Record& record) override {
        print(changed(change, record));
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

/// "table {{.name}}\t{{.url}}"
class FilledTable final : public Records {
public:
    FilledTable(const Output& output, Console& console)
        : template_(output.filled())
        , table_(output, {.columns = columns_of(output), .none = {}}, console)
        , width_(columns_of(output).size()) {}
    void add(const Record& record) override { table_.add(cells_of(template_.render(record.document()))); }
    void tell(std::string_view change, std::string_view /*kind*/, const Record& record) override {
        table_.add(cells_of(template_.render(changed(change, record))));
        table_.show();
    }
    void finish() override { table_.finish(); }

private:
    static Cells split(std::string_view line) {
        Cells cells;
        while (true) {
            const auto end = line.find('\t');
            cells.emplace_back(line.substr(0, end));
            if (end == std::string_view::npos) return cells;
            line.remove_prefix(end + 1);
        }
    }
    static std::vector<Column> columns_of(const Output& output) {
        std::vector<Column> columns;
        for (auto& heading : split(output.filled().heading()))
            columns.push_back({.heading = std::move(heading)});
        return columns;
    }
    /// A tab in a value makes no column.
    Cells cells_of(std::string_view line) const {
        auto cells = split(line);
        while (cells.size() > width_) {
            cells[width_ - 1] += " " + cells[width_];
            cells.erase(cells.begin() + static_cast<std::ptrdiff_t>(width_));
        }
        cells.resize(width_);
        return cells;
    }

    const Template& template_;
    Table table_;
    std::size_t width_;
};

} // namespace

std::unique_ptr<Records> table_records(const Output& output, Shape shape, Console& console) {
    if (output.form() == Form::columns) return std::make_unique<PickedRows>(output, std::move(shape.none), console);
    if (output.form() != Form::filled) return std::make_unique<Rows>(output, std::move(shape), console);
    if (output.template_is_table()) return std::make_unique<FilledTable>(output, console);
    return std::make_unique<Filled>(output, console);
}

} // namespace thv::cli
