// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/commands.hpp"
#include "thv/config_file.hpp"

#include <fmt/format.h>

namespace thv::commands {

constexpr Doc Replace::doc{
    .name = "update",
    .summary = "change how a workload runs",
    .description = "Changes what the flags say, or with --from-config everything, and waits until the workload serves "
                   "that way, at the same URL. A workload that was stopped stays stopped. A variable, secret, volume, "
                   "tmpfs or label is added, or takes the place of the one with its name or path; other lists and the "
                   "arguments are replaced. A new permission profile brings its own network.\n\nOn a container engine "
                   "the new server is tried out beside the old one first, as NAME-next and on other ports; when it "
                   "does not answer, the old one goes on. Both use the same volumes for that time.\n\nOn a cluster, "
                   "when somebody else has set what you change, the update is refused and names them; "
                   "--force-conflicts takes it over.",
    .examples = "thv update fetch --image mcp/fetch:2\nthv update fetch -e LOG=debug --memory 256m\n"
                "thv update files -v ./docs:/docs:ro --volume-rm /data -- /docs\n"
                "thv update fetch --from-config fetch.yaml --context prod",
    .see_also = "thv-run(1) thv-runconfig(5)",
};

void Replace::declare(Args& args) {
    args.positional("NAME", name, "the workload").mandatory().completes(cli::Completer::workload);
    changes.declare(args);
    declare_from_config(args, from_config);
    args.flag("--force-conflicts", force_conflicts, "on a cluster, take over what somebody else has set");
    args.flag("--no-wait", no_wait, "return when the cluster has taken it");
    args.option("--timeout", patience, "how long it may take until the workload serves (5m)");
    progress.declare(args);
    args.daily({"--env", "--env-rm", "--env-file", "--volume", "--volume-rm", "--secret", "--secret-rm", "--memory",
                "--cpus", "--label", "--permission-profile", "--network", "--proxy-port", "--from-config",
                "--timeout"});
}

Task<RunConfig> Replace::next(const Caller& caller, Query& query, Console& console) const {
    const bool flagged = changes.given();
    if (flagged == from_config.has_value())
        throw Error{Fault::usage, flagged
                                      ? "--from-config takes everything from the file, and goes with no other change"
                                      : "nothing is to be changed"}
            .hint("see 'thv update --help'");
    if (from_config) {
        auto config = adopted(read_config(*from_config, caller.folder, console), caller.platform);
        if (key(config) != name)
            throw Error{Fault::usage, fmt::format("the file is about '{}', not about '{}'", key(config), name)};
        co_return config;
    }
    auto parsed = value_or_throw(WorkloadName::parse(name));
    auto config = co_await query.config(std::move(parsed));
    auto wanted = changes;
    take_env_files(wanted.set, caller.folder, console);
    wanted.put(config, caller.environment, caller.folder, caller.platform);
    auto fit = adopted(std::move(config), caller.platform);
    co_return fit;
}

Task<> Replace::run(Caller caller, Query& query, Update& update, Console& console) const {
    auto config = co_await next(caller, query, console);
    cli::ProgressDisplay display{console, progress};
    const Waiting waiting{.limit = patience, .wait = !no_wait, .progress = display.sink()};
    const auto url = co_await update.replace(std::move(config), force_conflicts, waiting);
    console.print(url.empty() ? name : url);
}

} // namespace thv::commands
