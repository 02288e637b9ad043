// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/files.hpp"
#include "manifest/manifest.hpp"
#include "plan/workload_file.hpp"
#include "thv/commands.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>

namespace thv::commands {

constexpr Doc Export::doc{
    .name = "export",
    .summary = "write how workloads are run",
    .description = "Prints the workload's run config, the MCPServer manifest that runs the same on a cluster, or a "
                   "workload file, which can hold several and is what 'thv apply' takes; with FILE, writes it there. "
                   "'thv run --from-config' takes the other two.\n\n"
                   "The values of environment variables are part of it, those of secrets are not.",
    .examples = "thv export fetch > fetch.json\nthv export fetch -o k8s | kubectl apply -f -\n"
                "thv export fetch fetch.json --context prod\nthv export --all -o yaml thv.yaml",
    .see_also = "thv.yaml(5) thv-runconfig(5)",
};

void Export::declare(Args& args) {
    args.positional("NAME", name, "the workload").completes(cli::Completer::workload);
    args.positional("FILE", file, "where to write it; - is stdout").completes(cli::Completer::file);
    args.option("-o,--output", format, "json is a run config, k8s a manifest, yaml a workload file")
        .placeholder("FORM")
        .one_of({"json", "k8s", "yaml"});
    args.option("--format", format, "the same as --output")
        .placeholder("FORM")
        .one_of({"json", "k8s", "yaml"})
        .seldom();
    args.flag("-a,--all", all, "all workloads, as a workload file");
    args.option("-g,--group", group, "the workloads of this group, as a workload file")
        .placeholder("GROUP")
        .completes(cli::Completer::group);
}

std::string Export::one(const RunConfig& config, const Caller& caller, Console& console) const {
    if (format == "json") return to_json(config);
    if (format == "yaml") return plan::to_file({config.group}, {config});
    const auto manifest = manifest_from(config, caller.globals.name_space.value_or(""));
    for (const auto& flag : manifest.left_out)
        console.warn(fmt::format("a cluster knows no {}, which '{}' has", flag, name));
    return json_to_yaml(manifest.object);
}

/// Workloads that have no run config, such as a container that is left of an earlier one, are named and left out.
Task<std::string> Export::several(Query& query, Grouping& grouping, Console& console) const {
    std::vector<std::string> groups;
    if (group) {
        const auto parsed = value_or_throw(GroupName::parse(*group));
        static_cast<void>(co_await grouping.members(parsed)); // tells when there is none
        groups.push_back(*group);
    } else {
        for (const auto& there : co_await grouping.groups())
            groups.push_back(there.name);
    }
    std::vector<RunConfig> configs;
    const auto take = [&](const std::string& workload, Result<RunConfig> config) {
        if (config) {
            configs.push_back(*std::move(config));
            return;
        }
        const auto& failure = config.error();
        if (failure.fault() != Fault::not_found && failure.fault() != Fault::unsupported) throw Error{failure};
        console.warn(fmt::format("'{}' is left out: {}", workload, failure.message()));
    };
    co_await query.scan_configs({.group = group}, take);
    co_return plan::to_file(std::move(groups), std::move(configs));
}

Task<> Export::run(Caller caller, Query& query, Lazy<Grouping> grouping, Console& console) const {
    const bool many = all || group.has_value();
    if ((all && group) || (many && file))
        throw Error{Fault::usage, "NAME, --all and --group exclude each other"}.hint("see 'thv export --help'");
    if (!many && name.empty()) throw Error{Fault::usage, "'thv export' needs NAME"}.hint("see 'thv export --help'");
    if (many && format != "yaml")
        throw Error{Fault::usage, fmt::format("{} is of one workload", format)}.hint("add -o yaml");
    std::string text;
    if (many) {
        text = co_await several(query, grouping(), console);
    } else {
        const auto parsed = value_or_throw(WorkloadName::parse(name));
        RunConfig config;
        Outcome outcome{name, std::nullopt};
        try {
            config = co_await query.config(parsed);
        } catch (const Error& error) {
            outcome.error = error;
        }
        co_await suggest_or_throw(query, std::move(outcome));
        text = one(config, caller, console);
    }
    const auto target = many && !name.empty() ? std::optional{name} : file;
    if (target && *target != "-") {
        write_atomic(caller.folder / *target, text);
        console.say(fmt::format("wrote {}", *target));
    } else {
        console.write(text);
    }
}

} // namespace thv::commands
