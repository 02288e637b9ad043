// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "store/groups.hpp"

#include "core/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thv {

using nlohmann::ordered_json;

namespace {

/// Upstream's own group for its tool-search feature.
constexpr std::string_view hidden_group = "__mcp-optimizer__";

GroupFile empty_group(std::string_view name) {
    GroupFile group;
    group.name = name;
    return group;
}

GroupFile load(const JsonFolder& folder, const std::string& name) {
    static_cast<void>(value_or_throw(GroupName::parse(name)));
    const auto where = folder.file(name).string();
    const auto text = folder.read(name);
    if (!text) return empty_group(name);
    auto group = group_from_json(*text, where);
    if (group.name != name) throw Error{Fault::usage, fmt::format("{}: describes another group", where)};
    return group;
}

} // namespace

GroupFile group_from_json(std::string_view text, std::string_view where) {
    GroupFile group;
    group.document = parse_json(text, where);
    const Fields fields{group.document, where};
    group.name = fields.text("name");
    if (!GroupName::parse(group.name)) fields.wrong("name", "a valid group name");
    group.registered_clients = fields.texts("registered_clients");
    return group;
}

std::string to_json(const GroupFile& group) {
    ordered_json out{{"name", group.name}, {"registered_clients", group.registered_clients}};
    for (const auto& [field, value] : group.document.items()) {
        if (!out.contains(field)) out[field] = value;
    }
    return to_go_json(out) + '\n';
}

Groups::Groups(std::filesystem::path folder, RunConfigs& configs)
    : folder_(std::move(folder))
    , configs_(configs) {}

Groups::Scan Groups::scan() const {
    auto names = folder_.names();
    std::erase(names, hidden_group);
    if (std::ranges::find(names, default_group) == names.end()) names.emplace_back(default_group);
    std::ranges::sort(names);
    Scan scan;
    for (const auto& name : names) {
        try {
            scan.groups.push_back(load(folder_, name));
        } catch (const Error& error) {
            scan.broken.push_back({name, error});
        }
    }
    return scan;
}

bool Groups::exists(const GroupName& name) const {
    return name.str() == default_group || folder_.contains(name.str());
}

std::vector<std::string> Groups::members(const GroupName& name) const {
    std::vector<std::string> out;
    for (const auto& config : configs_.scan().configs) {
        if (config.group == name.str()) out.push_back(key(config));
    }
    return out;
}

void Groups::create(const GroupName& name) {
    if (name.str() == hidden_group)
        throw Error{Fault::denied, fmt::format("the group name '{}' is reserved", name.str())};
    const auto held = lock();
    const bool made =
        name.str() != default_group && create_atomic(folder_.file(name.str()), to_json(empty_group(name.str())));
    if (!made) throw Error{Fault::conflict, fmt::format("a group named '{}' exists already", name.str())};
}

void Groups::erase(const GroupName& name) {
    if (name.str() == default_group) throw Error{Fault::denied, "the group 'default' cannot be removed"};
    require(name);
    const auto held = lock();
    const auto configs = configs_.scan();
    const auto member = [&name](const RunConfig& config) { return config.group == name.str(); };
    if (std::ranges::any_of(configs.configs, member)) {
        throw Error{Fault::conflict, fmt::format("the group '{}' still has workloads", name.str())}.hint(
            "move or remove them first");
    }
    if (!configs.broken.empty()) {
        const auto& broken = configs.broken.front();
        throw Error{Fault::conflict,
                    fmt::format("the group of workload '{}' cannot be told: {}", broken.name, broken.error.message())}
            .hint("repair or remove that file first");
    }
    require(name);
    remove_file(folder_.file(name.str()));
}

void Groups::update(const GroupName& name, const std::function<void(GroupFile&)>& change) {
    const auto held = pin(name);
    auto group = load(folder_, name.str());
    const auto before = to_json(group);
    change(group);
    group.name = name.str();
    const auto after = to_json(group);
    if (after != before) write_atomic(folder_.file(name.str()), after);
}

FileLock Groups::pin(const GroupName& name) {
    require(name);
    auto held = lock();
    require(name);
    if (name.str() == default_group && !folder_.contains(default_group)) {
        // Somebody else's file is as good as ours, so it does not matter who wins.
        create_atomic(folder_.file(default_group), to_json(empty_group(default_group)));
    }
    return held;
}

FileLock Groups::lock() const {
    return folder_.lock("groups", "the groups");
}

void Groups::require(const GroupName& name) const {
    if (exists(name)) return;
    throw Error{Fault::not_found, fmt::format("no group named '{}'", name.str())}.hint(
        fmt::format("create it with 'thv group create {}'", name.str()));
}

} // namespace thv
