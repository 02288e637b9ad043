// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "plan/plan.hpp"

#include "core/name.hpp"
#include "plan/entry.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace thv::plan {

namespace {

using nlohmann::ordered_json;

/// Clients keep their URL, and the server its port, where the file leaves them open; and on a cluster what the file
/// does not tell of, which may be somebody else's.
void keep_open(RunConfig& next, const RunConfig& now) {
    if (next.port == 0) next.port = now.port;
    if (next.target_port == 0 && next.transport == now.transport) next.target_port = now.target_port;
    const auto* const rest = "k8s_spec";
    if (now.document.contains(rest) && !next.document.contains(rest)) next.document[rest] = now.document.at(rest);
}

bool differ_in_group_only(ordered_json left, ordered_json right) {
    left.erase("group");
    right.erase("group");
    return left == right;
}

Step step_for(const RunConfig& wanted, const Current& current) {
    Step step{.name = key(wanted), .next = wanted};
    const auto found = current.workloads.find(step.name);
    if (found == current.workloads.end()) {
        step.kind = Step::Kind::create;
        step.after = entry_of(step.next);
        return step;
    }
    keep_open(step.next, found->second);
    step.before = entry_of(found->second);
    step.after = entry_of(step.next);
    if (step.before == step.after)
        step.kind = Step::Kind::nothing;
    else
        step.kind = differ_in_group_only(step.before, step.after) ? Step::Kind::move : Step::Kind::update;
    return step;
}

std::set<std::string> groups_of(const Wanted& wanted) {
    std::set<std::string> groups{wanted.groups.begin(), wanted.groups.end()};
    for (const auto& config : wanted.workloads)
        groups.insert(config.group);
    return groups;
}

/// The lines of one field, each behind a sign.
std::string lines(char sign, const std::string& name, const ordered_json& entry) {
    if (!entry.contains(name)) return {};
    std::string_view text;
    const auto yaml = json_to_yaml(ordered_json{{name, entry[name]}});
    std::string result;
    for (text = yaml; !text.empty();) {
        const auto end = text.find('\n');
        result += fmt::format("{} {}\n", sign, text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return result;
}

} // namespace

bool Plan::empty() const {
    const auto idle = [](const Step& step) { return step.kind == Step::Kind::nothing; };
    return new_groups.empty() && std::ranges::all_of(steps, idle);
}

std::vector<Error> missing_groups(const Current& current, const Wanted& wanted) {
    const auto has = [](const std::vector<std::string>& groups, const std::string& group) {
        return std::ranges::find(groups, group) != groups.end();
    };
    std::vector<Error> missing;
    for (const auto& config : wanted.workloads) {
        const auto& group = config.group;
        if (group == default_group || has(current.groups, group) || has(wanted.groups, group)) continue;
        missing.push_back(
            Error{Fault::not_found, fmt::format("workload '{}': no group named '{}'", key(config), group)}.hint(
                "add it to the file's 'groups'"));
    }
    return missing;
}

Plan make_plan(const Current& current, const Wanted& wanted, bool prune) {
    Plan plan;
    for (const auto& group : wanted.groups)
        if (std::ranges::find(current.groups, group) == current.groups.end()) plan.new_groups.push_back(group);
    std::set<std::string> kept;
    for (const auto& config : wanted.workloads) {
        plan.steps.push_back(step_for(config, current));
        kept.insert(key(config));
    }
    if (!prune) return plan;
    const auto groups = groups_of(wanted);
    for (const auto& [name, config] : current.workloads)
        if (!kept.contains(name) && groups.contains(config.group))
            plan.steps.push_back({.kind = Step::Kind::remove, .name = name, .next = {}, .before = entry_of(config)});
    return plan;
}

std::string describe(const Step& step) {
    if (step.kind == Step::Kind::nothing) return {};
    const char sign = step.kind == Step::Kind::create ? '+' : step.kind == Step::Kind::remove ? '-' : '~';
    auto text = fmt::format("{} {}\n", sign, step.name);
    if (step.kind == Step::Kind::remove) return text;
    std::vector<std::string> names;
    for (const auto* entry : {&step.before, &step.after})
        for (const auto& [name, value] : entry->items())
            if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    for (const auto& name : names) {
        const bool same =
            step.before.contains(name) && step.after.contains(name) && step.before.at(name) == step.after.at(name);
        if (!same) text += lines('-', name, step.before) + lines('+', name, step.after);
    }
    return text;
}

} // namespace thv::plan
