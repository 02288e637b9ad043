// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.hpp"
#include "thv/commands.hpp"
#include "thv/format.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

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
    .examples = "thv group ls\nthv group ls -o json",
    .aliases = "ls",
};

constexpr Doc GroupMove::doc{
    .name = "group mv",
    .summary = "move workloads to another group",
    .description =
        "The group is given by --to, or as the last argument. The workloads go on running.\n\nPrints the name of each "
        "workload that is in the group now.",
    .examples = "thv group mv fetch github --to tools\nthv group mv fetch --from default --to tools\n"
                "thv group mv fetch github tools\nthv group mv --all --from default --to tools --dry-run",
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
    output.declare_list(args);
}

void GroupMove::declare(Args& args) {
    args.positional("NAME", names, "the workloads; without --to, the last is the group")
        .completes(cli::Completer::workload);
    args.option("--to", to, "the group to move to").placeholder("GROUP").completes(cli::Completer::group);
    args.option("--from", from, "fail for a workload that is not in this group")
        .placeholder("GROUP")
        .completes(cli::Completer::group);
    args.flag("-a,--all", all, "move all workloads, or with --from those of that group");
    args.flag("--dry-run", dry_run, "say what would be moved, and move nothing");
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
    const auto records = cli::records_for(output, {{{.heading = "NAME"}}, {}}, console);
    for (const auto& group : groups) {
        const auto document = [&group] {
            return nlohmann::ordered_json{{"name", group.name}, {"registered_clients", group.registered_clients}};
        };
        records->add({group.name, [&group] { return std::vector{group.name}; }, document});
    }
    records->finish();
}

namespace {

/// What a move would do: the same outcomes, as far as they can be told without it.
Task<std::vector<Outcome>> movable(Query& query, Grouping& grouping, std::vector<std::string> names,
                                   std::optional<GroupName> from, GroupName to) {
    static_cast<void>(co_await grouping.members(to));
    std::map<std::string, std::string> groups;
    for (const auto& workload : co_await query.list({}))
        groups.emplace(workload.name, workload.group);
    std::vector<Outcome> outcomes;
    for (auto& name : names) {
        const auto found = groups.find(name);
        std::optional<Error> error;
        if (found == groups.end())
            error.emplace(Fault::not_found, fmt::format("no workload named '{}'", name));
        else if (from && found->second != from->str())
            error.emplace(Fault::conflict, fmt::format("'{}' is in group '{}'", name, found->second));
        outcomes.push_back({std::move(name), std::move(error)});
    }
    co_return outcomes;
}

} // namespace

/// All that are not there already.
Task<std::vector<std::string>> GroupMove::everything(Query& query, const std::string& target) const {
    std::vector<std::string> found;
    for (const auto& workload : co_await query.list({.group = from}))
        if (workload.group != target) found.push_back(workload.name);
    co_return found;
}

Task<> GroupMove::run(Query& query, Grouping& grouping, Console& console) const {
    auto workloads = names;
    const bool last_is_group = !to && !names.empty();
    const auto target = to ? *to : last_is_group ? names.back() : "";
    if (last_is_group) workloads.pop_back();
    if (target.empty() || workloads.empty() != all)
        throw Error{Fault::usage, all ? "'thv group mv --all' needs a group, and no workloads"
                                      : "'thv group mv' needs workloads and a group"}
            .hint(all ? "thv group mv --all --to GROUP" : "thv group mv NAME... --to GROUP");
    for (const auto& name : workloads)
        value_or_throw(WorkloadName::parse(name));
    auto destination = value_or_throw(GroupName::parse(target));
    std::optional<GroupName> origin;
    if (from) origin = value_or_throw(GroupName::parse(*from));
    if (all && origin) static_cast<void>(co_await grouping.members(*origin)); // tells when there is none
    if (all) workloads = co_await everything(query, target);
    std::vector<Outcome> outcomes;
    if (dry_run)
        outcomes = co_await movable(query, grouping, std::move(workloads), std::move(origin), std::move(destination));
    else
        outcomes = co_await grouping.move(std::move(workloads), std::move(origin), std::move(destination));
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
