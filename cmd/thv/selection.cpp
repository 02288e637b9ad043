// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/selection.hpp"

#include "cli/suggest.hpp"
#include "thv/labels.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::commands {

namespace {

std::vector<std::string> checked(const std::vector<std::string>& names) {
    std::vector<std::string> unique;
    for (const auto& name : names) {
        value_or_throw(WorkloadName::parse(name));
        if (std::ranges::find(unique, name) == unique.end()) unique.push_back(name);
    }
    return unique;
}

void check_only_one(const Selection& selection) {
    const int said = (selection.names.empty() ? 0 : 1) + (selection.all ? 1 : 0) + (selection.by_kind() ? 1 : 0);
    if (said == 0)
        throw Error{Fault::usage, "no workload was named"}.hint("give names, --group GROUP, --label LABEL, or --all");
    if (said > 1) throw Error{Fault::usage, "names, --all, and --group or --label exclude each other"};
}

std::vector<std::string> names_of(const std::vector<Workload>& workloads,
                                  const std::function<bool(const Workload&)>& wanted) {
    std::vector<std::string> names;
    for (const auto& workload : workloads)
        if (wanted(workload)) names.push_back(workload.name);
    return names;
}

std::string hint_for(const std::string& name, const std::vector<std::string>& known) {
    return cli::did_you_mean(name, known, "run 'thv ls --all' to see every workload");
}

/// All names; none when they cannot be listed, because a suggestion is no reason to fail.
Task<std::vector<std::string>> known_names(Query& query) {
    try {
        const auto workloads = co_await query.list(Filter{});
        co_return names_of(workloads, any);
    } catch (const Error&) {
        co_return std::vector<std::string>{};
    }
}

} // namespace

void Selection::declare(cli::Args& args, std::string_view verb, cli::Completer offered) {
    args.positional("NAME", names, fmt::format("the workloads to {}", verb)).completes(offered);
    args.flag("-a,--all", all, fmt::format("{} all workloads", verb));
    args.option("-g,--group", group, fmt::format("{} the workloads of this group", verb))
        .placeholder("GROUP")
        .completes(cli::Completer::group);
    args.option("-l,--label", labels,
                fmt::format("{} the workloads with this label; repeat for more, all must match", verb))
        .placeholder("KEY=VALUE");
}

bool any(const Workload&) {
    return true;
}

Task<std::vector<std::string>> Selector::select(Selection selection,
                                                std::function<bool(const Workload&)> wanted) const {
    check_only_one(selection);
    if (!selection.names.empty()) co_return checked(selection.names);
    Filter filter;
    filter.labels = parse_label_filters(selection.labels);
    if (selection.group) {
        auto group = value_or_throw(GroupName::parse(*selection.group));
        filter.group = group.str();
        co_await grouping.members(std::move(group)); // a group that does not exist is an error, not an empty one
    }
    const auto workloads = co_await query.list(std::move(filter));
    co_return names_of(workloads, wanted);
}

Task<std::vector<Outcome>> suggest_names(Query& query, std::vector<Outcome> outcomes) {
    const auto missing = [](const Outcome& outcome) {
        return outcome.error && outcome.error->fault() == Fault::not_found;
    };
    if (std::ranges::none_of(outcomes, missing)) co_return outcomes;
    const auto known = co_await known_names(query);
    for (auto& [name, error] : outcomes) {
        if (!error || error->fault() != Fault::not_found) continue;
        // What is missing may be something of a workload that is there: its image, its group.
        if (std::ranges::find(known, name) != known.end()) continue;
        const bool better = error->hint().empty() || !cli::nearest(name, known).empty();
        if (better) error = error->hint(hint_for(name, known));
    }
    co_return outcomes;
}

Task<> suggest_or_throw(Query& query, Outcome outcome) {
    std::vector<Outcome> outcomes{std::move(outcome)};
    outcomes = co_await suggest_names(query, std::move(outcomes));
    for (const auto& [name, error] : outcomes)
        if (error) throw Error{*error};
}

Task<Workload> find_workload(Query& query, WorkloadName name) {
    auto found = co_await query.find(name);
    if (found) co_return std::move(*found);
    const auto known = co_await known_names(query);
    throw Error{Fault::not_found, fmt::format("no workload named '{}'", name.str())}.hint(hint_for(name.str(), known));
}

Task<Workload> find_served(Query& query, WorkloadName name) {
    auto workload = co_await find_workload(query, std::move(name));
    if (at_rest(workload.state) || workload.url.empty())
        throw Error{Fault::conflict, fmt::format("'{}' is not running", workload.name)}.hint(
            fmt::format("run 'thv start {}' first", workload.name));
    co_return workload;
}

} // namespace thv::commands
