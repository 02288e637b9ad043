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
                   "that way, at the same URL. A workload that was stopped stays stopped.\n\nOn a container engine "
                   "the new server is tried out beside the old one first, as NAME-next and on other ports; when it "
                   "does not answer, the old one goes on. Both use the same volumes for that time.\n\nOn a cluster, "
                   "when somebody else has set what you change, the update is refused and names them; "
                   "--force-conflicts takes it over.",
    .examples = "thv update fetch --image mcp/fetch:2\nthv update fetch -e LOG=debug --memory 256m\n"
                "thv update fetch --from-config fetch.yaml --context prod",
};

void Replace::declare(Args& args) {
    args.positional("NAME", name, "the workload").mandatory().completes(cli::Completer::workload);
    args.option("--image", image, "the image from now on").placeholder("IMAGE").completes(cli::Completer::image);
    args.option("-e,--env", env, "set a variable, or pass on your own; repeat for more").placeholder("NAME[=VALUE]");
    limits.declare(args);
    declare_from_config(args, from_config);
    args.flag("--force-conflicts", force_conflicts, "on a cluster, take over what somebody else has set");
    args.flag("--no-wait", no_wait, "return when the cluster has taken it");
    args.option("--timeout", patience, "how long it may take until the workload serves (5m)");
}

Task<RunConfig> Replace::next(const Caller& caller, Query& query, Console& console) const {
    const bool flagged = image || !env.empty() || limits.given();
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
    RunFlags flags;
    flags.env = env;
    if (image) config.image = *image;
    for (auto& [variable, value] : variables_from(flags, caller.environment, caller.folder))
        config.env_vars[variable] = value;
    limits.put(config);
    co_return config;
}

Task<> Replace::run(Caller caller, Query& query, Update& update, Console& console) const {
    auto config = co_await next(caller, query, console);
    const auto progress = [&console](std::string_view line) { console.say(line); };
    const Waiting waiting{.limit = patience, .wait = !no_wait, .progress = progress};
    const auto url = co_await update.replace(std::move(config), force_conflicts, waiting);
    console.print(url.empty() ? name : url);
}

} // namespace thv::commands
