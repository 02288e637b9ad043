// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/commands.hpp"

namespace thv::commands {

constexpr Doc Start::doc{
    .name = "start",
    .summary = "start workloads that are not running",
    .description =
        "Starts each workload as it was configured by 'thv run' and waits until its server answers. One that "
        "runs already is left alone.\n\nPrints the name of each workload that serves now.",
    .examples = "thv start fetch\nthv start --group tools\n# serve in this terminal until Ctrl-C\n"
                "thv start --foreground fetch",
};

constexpr Doc Restart::doc{
    .name = "restart",
    .summary = "stop workloads and start them again",
    .description = "Stops each workload if it runs and starts it as it was configured by 'thv run'. Its URL stays the "
                   "same.\n\nPrints the name of each workload that serves now.",
    .examples = "thv restart fetch\nthv restart --all",
};

namespace {

template <typename Command>
void declare_start(Command& command, Args& args, std::string_view verb, cli::Completer offered) {
    command.selection.declare(args, verb, offered);
    args.flag("-f,--foreground", command.stay, "serve one workload in this process until it is interrupted");
    args.option("--timeout", command.patience, "how long a server may take until it answers (5m)");
    command.progress.declare(args);
    args.flag("--no-wait", command.no_wait, "return when the cluster has taken the change");
}

WorkloadName only_name(const Selection& selection) {
    if (selection.names.size() != 1 || selection.all || selection.by_kind())
        throw Error{Fault::usage, "--foreground takes the name of one workload"};
    return value_or_throw(WorkloadName::parse(selection.names.front()));
}

template <typename Command>
Task<> start(const Command& command, bool again, Selector selector, Lifecycle& lifecycle, Console& console) {
    const auto names = co_await selector.select(command.selection, any);
    if (names.empty()) console.say("No workloads to start");
    cli::ProgressDisplay display{console, command.progress};
    auto outcomes = co_await lifecycle.start(
        names, again, {.limit = command.patience, .wait = !command.no_wait, .progress = display.sink()});
    outcomes = co_await suggest_names(selector.query, std::move(outcomes));
    console.report(outcomes);
}

} // namespace

void Start::declare(Args& args) {
    declare_start(*this, args, "start", cli::Completer::stopped_workload);
}

void Restart::declare(Args& args) {
    declare_start(*this, args, "restart", cli::Completer::workload);
}

Task<int> Start::run(Selector selector, Lifecycle& lifecycle, Lazy<Foreground> foreground, Console& console) const {
    if (stay) {
        const int code = co_await foreground().supervise(only_name(selection));
        co_return code;
    }
    co_await start(*this, false, selector, lifecycle, console);
    co_return 0;
}

Task<int> Restart::run(Selector selector, Lifecycle& lifecycle, Lazy<Foreground> foreground, Console& console) const {
    if (stay) {
        const auto name = only_name(selection);
        const std::vector<std::string> names{name.str()};
        const auto outcomes = co_await lifecycle.stop(names, {});
        for (const auto& outcome : outcomes)
            if (outcome.error) throw Error{*outcome.error};
        const int code = co_await foreground().supervise(name);
        co_return code;
    }
    co_await start(*this, true, selector, lifecycle, console);
    co_return 0;
}

} // namespace thv::commands
