// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/gather.hpp"
#include "thv/commands.hpp"
#include "thv/config_file.hpp"

#include <fmt/format.h>

#include <map>

namespace thv::commands {

constexpr Doc GroupRun::doc{
    .name = "group run",
    .summary = "run every run config of a folder",
    .description =
        "Runs each .json, .yaml or .yml file of the folder as 'thv run --from-config' does, several at a "
        "time, and waits until their servers answer. Each goes into the group that its file names.\n\nPrints "
        "the name of each workload that runs. One that does not come up leaves nothing behind, and the "
        "others alone.",
    .examples = "thv group run servers/\nthv group run fetch.json --timeout 1m",
};

void GroupRun::declare(Args& args) {
    args.positional("FOLDER", path, "the folder, or one file").mandatory().completes(cli::Completer::file);
    args.option("--timeout", patience, "how long each server may take until it answers (5m)");
    progress.declare(args);
}

namespace {

constexpr std::size_t parallel = 8;

/// All of them, or the first mistake; then nothing has been run.
std::map<std::string, RunConfig> configs_in(const std::string& path, const Caller& caller, Console& console) {
    std::map<std::string, RunConfig> configs;
    const auto files = config_files(path, caller.folder);
    if (files.empty()) throw Error{Fault::usage, fmt::format("there is no run config in '{}'", path)};
    for (const auto& file : files) {
        RunConfig config;
        try {
            config = adopted(read_config(file, caller.folder, console), caller.platform);
        } catch (const Error& error) {
            const bool named = error.message().find(file) != std::string::npos;
            throw named ? Error{error} : error.within(file);
        }
        const auto name = key(config);
        if (!configs.emplace(name, std::move(config)).second)
            throw Error{Fault::usage, fmt::format("{}: another file has a workload '{}', too", file, name)};
    }
    return configs;
}

Task<> run_one(Lifecycle& lifecycle, RunConfig config, Waiting waiting) {
    co_await lifecycle.run(std::move(config), std::move(waiting));
}

} // namespace

Task<> GroupRun::run(Caller caller, Lifecycle& lifecycle, Console& console) const {
    const auto configs = configs_in(path, caller, console);
    std::vector<std::string> names;
    names.reserve(configs.size());
    for (const auto& [name, config] : configs)
        names.push_back(name);
    cli::ProgressDisplay display{console, progress};
    const Waiting waiting{.limit = patience, .progress = display.sink()};
    const auto outcomes = co_await for_each(std::move(names), parallel, [&](const std::string& name) {
        return run_one(lifecycle, configs.at(name), waiting);
    });
    console.report(outcomes);
}

} // namespace thv::commands
