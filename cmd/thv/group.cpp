// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.hpp"
#include "thv/commands.hpp"
#include "thv/format.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace thv::commands {

constexpr Doc GroupCreate::doc{
    .name = "group create",
    .summary = "create groups",
    .examples = "thv group create tools\nthv run --group tools ghcr.io/acme/weather-mcp:1.4",
};

constexpr Doc GroupList::doc{
    .name = "group list",
    .summary = "list groups",
    .description = "The group \"default\" is always there.",
    .examples = "thv group ls\nthv group ls --format json",
    .aliases = "ls",
};

constexpr Doc GroupMove::doc{
    .name = "group mv",
    .summary = "move workloads to another group",
    .description =
        "The group is given by --to, or as the last argument. The workloads go on running.\n\nPrints the name of each "
        "workload that is in the group now.",
    .examples = "thv group mv fetch github --to tools\nthv group mv fetch --from default --to tools\n"
                "thv group mv fetch github tools",
    .aliases = "move",
};

constexpr Doc GroupRemove::doc{
    .name = "group rm",
    .summary = "remove a group",
    .description =
        "Workloads of the group move to the group \"default\", or are removed with --with-workloads. When there "
        "are any, you are asked first.",
    .examples = "thv group rm tools\nthv group rm --with-workloads --yes tools",
    .aliases = "remove delete",
};

void GroupCreate::declare(Args& args) {
    args.positional("NAME", names, "the new groups").mandatory();
}

void GroupList::declare(Args& args) {
    args.option("--format", format, "how to print").placeholder("FORMAT").one_of({"text", "json"});
    args.flag("-q,--quiet", quiet, "print names only");
}

void GroupMove::declare(Args& args) {
    args.positional("NAME", names, "the workloads; without --to, the last is the group")
        .mandatory()
        .completes(cli::Completer::workload);
    args.option("--to", to, "the group to move to").placeholder("GROUP").completes(cli::Completer::group);
    args.option("--from", from, "fail for a workload that is not in this group")
        .placeholder("GROUP")
        .completes(cli::Completer::group);
}

void GroupRemove::declare(Args& args) {
    args.positional("NAME", name, "the group").mandatory().completes(cli::Completer::group);
    args.flag("--with-workloads", with_workloads, "remove the group's workloads, too");
    args.flag("-y,--yes", yes, "do not ask");
}

Task<> GroupCreate::run(Grouping& grouping, Console& console) const {
    std::vector<GroupName> parsed;
    parsed.reserve(names.size());
    for (const auto& name : names)
        parsed.push_back(value_or_throw(GroupName::parse(name)));
    std::vector<Outcome> outcomes;
    for (const auto& name : parsed) {
        Outcome outcome{name.str(), std::nullopt};
        try {
            co_await grouping.create(name);
        } catch (const Error& error) {
            outcome.error = error;
        }
        outcomes.push_back(std::move(outcome));
    }
    console.report(outcomes);
}

Task<> GroupList::run(Grouping& grouping, Console& console) const {
    const auto groups = co_await grouping.groups();
    if (format == "json") {
        auto document = nlohmann::ordered_json::array();
        for (const auto& group : groups) {
            nlohmann::ordered_json entry;
            entry["name"] = group.name;
            entry["registered_clients"] = group.registered_clients;
            document.push_back(std::move(entry));
        }
        console.write(json_text(document));
        co_return;
    }
    if (!quiet) console.print("NAME");
    for (const auto& group : groups)
        console.print(cli::printable(group.name));
}

Task<> GroupMove::run(Query& query, Grouping& grouping, Console& console) const {
    if (!to && names.size() < 2)
        throw Error{Fault::usage, "'thv group mv' needs workloads and a group"}.hint("thv group mv NAME... --to GROUP");
    auto workloads = names;
    const auto target = to ? *to : names.back();
    if (!to) workloads.pop_back();
    for (const auto& name : workloads)
        value_or_throw(WorkloadName::parse(name));
    auto destination = value_or_throw(GroupName::parse(target));
    std::optional<GroupName> origin;
    if (from) origin = value_or_throw(GroupName::parse(*from));
    auto outcomes = co_await grouping.move(std::move(workloads), std::move(origin), std::move(destination));
    outcomes = co_await suggest_names(query, std::move(outcomes));
    console.report(outcomes);
}

namespace {

void ask(const GroupRemove& command, std::size_t members, Console& console) {
    if (command.yes) return;
    const auto question =
        fmt::format("Group '{}' has {} workload{}. {} and remove the group?", command.name, members,
                    members == 1 ? "" : "s", command.with_workloads ? "Remove them" : "Move them to 'default'");
    if (!console.confirm(question, "use --yes to go on without being asked"))
        throw Error{Fault::denied, fmt::format("group '{}' was not removed", command.name)};
}

/// Nothing is printed for what worked: it is the group that the command is about.
void require_all(const std::vector<Outcome>& outcomes, const std::string& group, Console& console) {
    for (const auto& outcome : outcomes)
        if (outcome.error) console.complain(*outcome.error);
    if (cli::exit_code_of(outcomes) == 0) return;
    console.complain(Error{Fault::partial, fmt::format("group '{}' was not removed", group)});
    throw cli::Finished{cli::exit_code_of(outcomes)};
}

} // namespace

Task<> GroupRemove::run(Grouping& grouping, Lazy<Lifecycle> lifecycle, Console& console) const {
    const auto group = value_or_throw(GroupName::parse(name));
    if (name == default_group) throw Error{Fault::denied, "the group 'default' cannot be removed"};
    const auto members = co_await grouping.members(group);
    if (!members.empty()) {
        ask(*this, members.size(), console);
        std::vector<Outcome> outcomes;
        if (with_workloads) {
            outcomes = co_await lifecycle().remove(members, {});
        } else {
            auto to = value_or_throw(GroupName::parse(default_group));
            outcomes = co_await grouping.move(members, group, std::move(to));
        }
        require_all(outcomes, name, console);
    }
    co_await grouping.erase(group);
    console.print(name);
}

} // namespace thv::commands
