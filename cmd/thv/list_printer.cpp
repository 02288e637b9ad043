// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/list_printer.hpp"

#include "cli/columns.hpp"
#include "thv/commands.hpp"
#include "thv/format.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace thv::commands {

namespace {

constexpr std::size_t rows_at_once = 500;

/// Of a workload on a cluster, "NAMESPACE/".
std::string prefix_of(const Workload& workload, bool namespaces) {
    const auto* place = workload.on_cluster();
    return namespaces && place != nullptr ? place->name_space + "/" : std::string{};
}

class Names final : public ListPrinter {
public:
    Names(bool namespaces, Console& console)
        : namespaces_(namespaces)
        , console_(console) {}
    void add(const Workload& workload) override { console_.print(prefix_of(workload, namespaces_) + workload.name); }
    void tell(const Change& change) override {
        add(change.workload);
        console_.flush();
    }
    void finish() override {}

private:
    bool namespaces_;
    Console& console_;
};

class Table final : public ListPrinter {
public:
    Table(const List& command, bool namespaces, Console& console)
        : command_(command)
        , namespaces_(namespaces)
        , console_(console) {}

    void add(const Workload& workload) override {
        batch_.push_back(workload);
        if (batch_.size() == rows_at_once) print(true);
    }
    void tell(const Change& change) override {
        batch_.push_back(change.workload);
        gone_ = change.kind == Change::Kind::gone;
        print(true);
        console_.flush();
    }
    void finish() override {
        if (!batch_.empty()) print(std::ranges::any_of(batch_, says_why));
        if (columns_) return;
        if (command_.group)
            console_.say(fmt::format("No MCP servers found in group '{}'", *command_.group));
        else
            console_.say("No MCP servers found");
    }

private:
    static bool says_why(const Workload& workload) { return !workload.reason.empty(); }

    /// The first rows decide whether there is a column for reasons.
    void print(bool reasons) {
        if (!columns_) {
            std::vector<std::string> heading{"NAME", "PACKAGE", "STATUS", "URL", "PORT", "GROUP", "CREATED"};
            if (namespaces_) heading.insert(heading.begin(), "NAMESPACE");
            if (reasons) heading.emplace_back("REASON");
            reasons_ = reasons;
            columns_.emplace(std::move(heading));
            columns_->keep("URL");
        }
        const auto at = now();
        for (const auto& workload : batch_)
            columns_->add(row(workload, at));
        batch_.clear();
        console_.write(columns_->render(console_.terminal()));
    }

    std::vector<std::string> row(const Workload& workload, Time at) const {
        std::vector<std::string> cells{workload.name,
                                       workload.package,
                                       gone_ ? "gone" : std::string{to_string(workload.state)},
                                       workload.url,
                                       workload.port == 0 ? "" : fmt::to_string(workload.port),
                                       workload.group,
                                       moment(workload.created_at, at, console_.terminal().out)};
        const auto* place = workload.on_cluster();
        if (namespaces_) cells.insert(cells.begin(), place == nullptr ? "" : place->name_space);
        if (reasons_) cells.push_back(workload.reason);
        return cells;
    }

    const List& command_;
    bool namespaces_;
    bool reasons_ = false;
    bool gone_ = false;
    Console& console_;
    std::vector<Workload> batch_;
    std::optional<cli::Columns> columns_;
};

/// The bytes are those of one array, made element by element.
class JsonArray final : public ListPrinter {
public:
    explicit JsonArray(Console& console)
        : console_(console) {}

    void add(const Workload& workload) override {
        auto text = json_text(list_json(workload));
        text.pop_back();
        console_.write(first_ ? "[\n  " : ",\n  ");
        first_ = false;
        for (std::size_t start = 0;;) {
            const auto end = text.find('\n', start);
            console_.write(std::string_view{text}.substr(start, end - start));
            if (end == std::string::npos) break;
            console_.write("\n  ");
            start = end + 1;
        }
    }
    void tell(const Change& change) override {
        constexpr std::array<std::string_view, 3> kinds{"appeared", "changed", "gone"};
        nlohmann::ordered_json line;
        line["change"] = kinds.at(static_cast<std::size_t>(change.kind));
        line["workload"] = list_json(change.workload);
        console_.print(line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
        console_.flush();
    }
    void finish() override { console_.write(first_ ? "[]\n" : "\n]\n"); }

private:
    bool first_ = true;
    Console& console_;
};

class ForClients final : public ListPrinter {
public:
    explicit ForClients(Console& console)
        : console_(console) {}
    void add(const Workload& workload) override { workloads_.push_back(workload); }
    void tell(const Change&) override {}
    void finish() override { console_.write(json_text(client_json(workloads_))); }

private:
    std::vector<Workload> workloads_;
    Console& console_;
};

} // namespace

std::unique_ptr<ListPrinter> printer_for(const List& command, bool namespaces, Console& console) {
    if (command.watch && command.format == "mcpservers")
        throw Error{Fault::usage, "--watch does not go with --format mcpservers"};
    if (command.quiet) return std::make_unique<Names>(namespaces, console);
    if (command.format == "mcpservers") return std::make_unique<ForClients>(console);
    if (command.format == "json") return std::make_unique<JsonArray>(console);
    return std::make_unique<Table>(command, namespaces, console);
}

} // namespace thv::commands
