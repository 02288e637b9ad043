// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/files.hpp"
#include "manifest/manifest.hpp"
#include "thv/commands.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>

namespace thv::commands {

constexpr Doc Export::doc{
    .name = "export",
    .summary = "write how a workload is run",
    .description = "Prints the workload's run config, or the MCPServer manifest that runs the same on a cluster; with "
                   "FILE, writes it there. 'thv run --from-config' takes either.\n\n"
                   "The values of environment variables are part of it.",
    .examples = "thv export fetch > fetch.json\nthv export fetch --format k8s | kubectl apply -f -\n"
                "thv export fetch fetch.json --context prod",
};

void Export::declare(Args& args) {
    args.positional("NAME", name, "the workload").mandatory().completes(cli::Completer::workload);
    args.positional("FILE", file, "where to write it; - is stdout").completes(cli::Completer::file);
    args.option("--format", format, "json is a run config, k8s a manifest")
        .placeholder("FORMAT")
        .one_of({"json", "k8s"});
}

Task<> Export::run(Caller caller, Query& query, Console& console) const {
    const auto parsed = value_or_throw(WorkloadName::parse(name));
    RunConfig config;
    Outcome outcome{name, std::nullopt};
    try {
        config = co_await query.config(parsed);
    } catch (const Error& error) {
        outcome.error = error;
    }
    co_await suggest_or_throw(query, std::move(outcome));
    std::string text;
    if (format == "k8s") {
        const auto manifest = manifest_from(config, caller.globals.name_space.value_or(""));
        for (const auto& flag : manifest.left_out)
            console.warn(fmt::format("a cluster knows no {}, which '{}' has", flag, name));
        text = json_to_yaml(manifest.object);
    } else {
        text = to_json(config);
    }
    if (file && *file != "-") {
        write_atomic(caller.folder / *file, text);
        console.say(fmt::format("wrote {}", *file));
    } else {
        console.write(text);
    }
}

} // namespace thv::commands
