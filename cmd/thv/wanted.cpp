// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// What the files say, beside what there is.
#include "plan/profile_file.hpp"
#include "thv/config_file.hpp"
#include "thv/file_commands.hpp"
#include "thv/labels.hpp"

#include <fmt/format.h>

#include <set>

namespace thv::commands {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_input = 4U << 20U;

/// What paths in a file are relative to; what comes from a pipe is nowhere.
fs::path folder_of(const std::string& file, const fs::path& cwd) {
    std::error_code failure;
    return fs::is_regular_file(cwd / file, failure) ? (cwd / file).parent_path() : cwd;
}

/// What of the files can be read; what cannot is a mistake like those in them.
std::vector<plan::Source> sources_of(const Files& files, const fs::path& cwd, Console& console,
                                     std::vector<Error>& mistakes) {
    if (files.names.empty()) throw Error{Fault::usage, "which files? name them with --filename"};
    std::vector<plan::Source> sources;
    for (const auto& name : files.names) {
        const auto found = config_files(name, cwd);
        if (found.empty())
            throw Error{Fault::usage, fmt::format("--filename: there is no .yaml or .json file in '{}'", name)};
        for (const auto& file : found) {
            try {
                auto text = read_input("--filename", file, cwd, console, largest_input);
                sources.push_back({called(file), std::move(text), folder_of(file, cwd).string()});
            } catch (const Error& error) {
                if (error.fault() == Fault::interrupted) throw;
                mistakes.push_back(error);
            }
        }
    }
    return sources;
}

plan::Reading reading_for(Platform platform) {
    plan::Reading reading;
    reading.on_cluster = platform == Platform::cluster;
    reading.profile_file = [](const std::string& path, const std::string& folder) {
        const auto file = fs::path{folder} / path;
        return plan::profile_from_text(read_input("field 'profile'", file), file.string());
    };
    reading.check = [platform](const RunConfig& config) {
        for (const auto& [name, value] : config.container_labels)
            if (const auto label = parse_label(fmt::format("{}={}", name, value)); !label)
                throw label.error().within("field 'labels'");
        check_variable_names(config);
        const auto fit = adopted(config, platform);
        if (platform == Platform::cluster) return;
        for (const auto& volume : fit.volumes) {
            const auto mount = value_or_throw(parse_volume(volume, "/"));
            std::error_code failure;
            if (!fs::exists(mount.source, failure))
                throw Error{Fault::usage, fmt::format("field 'volumes': there is no '{}'", mount.source)};
        }
    };
    return reading;
}

Task<plan::Current> current_of(Place place, std::set<std::string> wanted) {
    plan::Current current;
    for (const auto& group : co_await place.grouping.groups())
        current.groups.push_back(group.name);
    const auto note = [&](std::string name, Result<RunConfig> config) {
        if (config)
            current.workloads.emplace(std::move(name), *std::move(config));
        else if (wanted.contains(name) && config.error().fault() != Fault::unsupported)
            // A container that is left of an earlier run has no run config; one that is broken matters when it is
            // meant.
            throw config.error().within(fmt::format("workload '{}'", name));
    };
    co_await place.query.scan_configs({}, note);
    co_return current;
}

} // namespace

void Files::declare(Args& args) {
    args.option("-f,--filename", names, "a workload file, a folder of them, or - for stdin; repeat for more")
        .placeholder("FILE")
        .completes(cli::Completer::file);
    args.flag("--prune", prune, "also remove workloads of the files' groups that are in no file");
}

Task<plan::Plan> plan_of(Files files, Caller caller, Place place, std::vector<Error>& mistakes, Console& console) {
    const auto sources = sources_of(files, caller.folder, console, mistakes);
    const auto wanted = plan::read_files(sources, reading_for(caller.platform), mistakes);
    // Who has mistakes to correct need not wait for a cluster.
    if (!mistakes.empty() && caller.platform == Platform::cluster) co_return plan::Plan{};
    std::set<std::string> names;
    for (const auto& config : wanted.workloads)
        names.insert(key(config));
    plan::Current current;
    try {
        current = co_await current_of(place, std::move(names));
    } catch (const Error&) {
        if (mistakes.empty()) throw;
        co_return plan::Plan{}; // it is told when the files are right
    }
    const auto missing = plan::missing_groups(current, wanted);
    mistakes.insert(mistakes.end(), missing.begin(), missing.end());
    co_return plan::make_plan(current, wanted, files.prune);
}

void refuse(const std::vector<Error>& mistakes, Console& console) {
    if (mistakes.empty()) return;
    for (const auto& mistake : mistakes)
        console.complain(mistake);
    const bool one = mistakes.size() == 1;
    console.say(one ? "Nothing was changed because of it"
                    : fmt::format("Nothing was changed because of these {} mistakes", mistakes.size()));
    throw cli::Finished{exit_code(mistakes.front().fault())};
}

} // namespace thv::commands
