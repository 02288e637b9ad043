// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "store/run_configs.hpp"

#include "core/name.hpp"
#include "core/unknown_workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thv {
namespace {

/// What stands between a name and the file system: after it a name holds no '/', and is not "..".
void check_name(std::string_view name) {
    static_cast<void>(value_or_throw(WorkloadName::parse(name)));
}

std::string described(std::string_view name) {
    return fmt::format("the run config of '{}'", name);
}

} // namespace

RunConfigs::RunConfigs(std::filesystem::path folder)
    : folder_(std::move(folder)) {}

std::vector<std::string> RunConfigs::names() const {
    auto names = folder_.names();
    std::erase_if(names, [](const auto& name) { return !WorkloadName::parse(name); });
    return names;
}

std::optional<RunConfig> RunConfigs::load(std::string_view name) const {
    check_name(name);
    const auto text = folder_.read(name);
    if (!text) return std::nullopt;
    auto config = run_config_from_json(*text, folder_.file(name).string());
    if (key(config) == name) return config;
    // A copied file. Taken at its word, a change of one of the two would be written to the other.
    throw Error{Fault::usage, fmt::format("{}: describes the workload '{}'", folder_.file(name).string(), key(config))};
}

RunConfigs::Scan RunConfigs::scan() const {
    Scan scan;
    for (const auto& name : folder_.names()) {
        try {
            if (auto config = load(name)) scan.configs.push_back(*std::move(config));
        } catch (const Error& error) {
            scan.broken.push_back({name, error});
        }
    }
    return scan;
}

void RunConfigs::create(const RunConfig& config) {
    const auto& name = key(config);
    check_name(name);
    const auto lock = folder_.lock(name, described(name));
    if (create_atomic(folder_.file(name), to_json(config))) return;
    throw Error{Fault::conflict, fmt::format("a workload named '{}' exists already", name)}.hint(
        fmt::format("choose another name, or remove it with 'thv rm {}'", name));
}

void RunConfigs::save(const RunConfig& config) {
    const auto& name = key(config);
    check_name(name);
    const auto lock = folder_.lock(name, described(name));
    write_atomic(folder_.file(name), to_json(config));
}

RunConfig RunConfigs::update(std::string_view name, const std::function<void(RunConfig&)>& change) {
    check_name(name);
    // Asked before locking, so that a mistyped name leaves no lock file behind.
    if (!folder_.contains(name)) throw unknown_workload(name);
    const auto lock = folder_.lock(name, described(name));
    auto config = load(name);
    if (!config) throw unknown_workload(name);
    const auto before = to_json(*config);
    change(*config);
    if (key(*config) != name) throw Error{Fault::internal, fmt::format("{} cannot change its name", described(name))};
    const auto after = to_json(*config);
    if (after != before) write_atomic(folder_.file(name), after);
    return *std::move(config);
}

bool RunConfigs::erase(std::string_view name) {
    check_name(name);
    if (!folder_.has_traces(name)) return false;
    auto lock = folder_.lock(name, described(name));
    const bool removed = folder_.erase(name);
    FileLock::discard(std::move(lock));
    return removed;
}

} // namespace thv
