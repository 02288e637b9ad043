// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.hpp"
#include "thv/commands.hpp"
#include "thv/format.hpp"
#include "thv/labels.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace thv::commands {

constexpr Doc List::doc{
    .name = "list",
    .summary = "list workloads",
    .description =
        "Shows what runs, or is on its way there, or should be running and is not well. Workloads that are at "
        "rest (stopped, failed for good) are shown with --all.\n\nThe column REASON is there when a workload "
        "has something to say about its state.",
    .examples = "thv ls\nthv ls --all --group tools\nthv ls --format json | jq -r '.[].url'\n"
                "# what an AI client needs in its configuration\nthv ls --format mcpservers",
    .aliases = "ls ps",
};

void List::declare(Args& args) {
    args.flag("-a,--all", all, "show workloads that are not running, too");
    args.option("--group", group, "only the workloads of this group")
        .placeholder("GROUP")
        .completes(cli::Completer::group);
    args.option("-l,--label", labels, "only workloads with this label; repeat for more, all must match")
        .placeholder("KEY=VALUE");
    args.option("--format", format, "how to print").placeholder("FORMAT").one_of({"text", "json", "mcpservers"});
    args.flag("-q,--quiet", quiet, "print names only");
}

namespace {

std::string table(const std::vector<Workload>& workloads, const cli::Terminal& terminal) {
    const auto says_why = [](const Workload& workload) { return !workload.reason.empty(); };
    const bool reasons = std::ranges::any_of(workloads, says_why);
    std::vector<std::string> heading{"NAME", "PACKAGE", "STATUS", "URL", "PORT", "GROUP", "CREATED"};
    if (reasons) heading.emplace_back("REASON");
    cli::Columns columns{std::move(heading)};
    columns.keep("URL");
    const auto at = now();
    for (const auto& workload : workloads) {
        std::vector<std::string> cells{workload.name,
                                       workload.package,
                                       std::string{to_string(workload.state)},
                                       workload.url,
                                       workload.port == 0 ? "" : fmt::to_string(workload.port),
                                       workload.group,
                                       moment(workload.created_at, at, terminal.out)};
        if (reasons) cells.push_back(workload.reason);
        columns.add(std::move(cells));
    }
    return columns.render(terminal);
}

void say_hidden(std::size_t hidden, Console& console) {
    if (hidden > 0 && console.terminal().err)
        console.say(fmt::format("{} not running; use --all to see {}", hidden, hidden == 1 ? "it" : "them"));
}

void print(const List& command, const std::vector<Workload>& workloads, Console& console) {
    if (command.quiet) {
        for (const auto& workload : workloads)
            console.print(workload.name);
    } else if (command.format == "mcpservers") {
        console.write(json_text(client_json(workloads)));
    } else if (command.format == "json") {
        auto document = nlohmann::ordered_json::array();
        for (const auto& workload : workloads)
            document.push_back(list_json(workload));
        console.write(json_text(document));
    } else if (!workloads.empty()) {
        console.write(table(workloads, console.terminal()));
    } else if (command.group) {
        console.say(fmt::format("No MCP servers found in group '{}'", *command.group));
    } else {
        console.say("No MCP servers found");
    }
}

} // namespace

Task<> List::run(Query& query, Grouping& grouping, Console& console) const {
    Filter filter;
    filter.labels = parse_label_filters(labels);
    if (group) filter.group = value_or_throw(GroupName::parse(*group)).str();
    auto workloads = co_await query.list(filter);
    if (group && workloads.empty()) {
        // A typing error in the group's name must not look like an empty group.
        auto name = value_or_throw(GroupName::parse(*group));
        co_await grouping.members(std::move(name));
    }
    const auto found = workloads.size();
    if (!all) std::erase_if(workloads, [](const Workload& workload) { return at_rest(workload.state); });
    print(*this, workloads, console);
    if (!quiet && format == "text") say_hidden(found - workloads.size(), console);
}

} // namespace thv::commands
