// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/commands.hpp"

namespace thv::commands {

constexpr Doc Stop::doc{
    .name = "stop",
    .summary = "stop workloads",
    .description =
        "Asks each server to end, and kills it when it has not done so after --timeout. A workload that does "
        "not run is a success. It keeps its configuration: 'thv start' brings it back on the same URL.\n\n"
        "Prints the name of each workload that is stopped now.",
    .examples = "thv stop fetch github\nthv stop --group tools\nthv stop --all --timeout 5s",
};

void EndingFlags::declare(Args& args) {
    args.option("-t,--timeout", timeout,
                "time from asking a server to end to killing it (30s); on a cluster, how long to wait for it (5m)");
    args.flag("--no-wait", no_wait, "return when the cluster has taken the change");
}

Ending EndingFlags::of(bool force, Console& console) const {
    const auto progress = [&console](std::string_view line) { console.say(line); };
    return {.timeout = timeout, .force = force, .wait = !no_wait, .progress = progress};
}

void Stop::declare(Args& args) {
    selection.declare(args, "stop", cli::Completer::running_workload);
    ending.declare(args);
}

Task<> Stop::run(Selector selector, Lifecycle& lifecycle, Console& console) const {
    const auto not_at_rest = [](const Workload& workload) { return !at_rest(workload.state); };
    const auto names = co_await selector.select(selection, not_at_rest);
    if (names.empty()) console.say("No running workloads to stop");
    auto outcomes = co_await lifecycle.stop(names, ending.of(false, console));
    outcomes = co_await suggest_names(selector.query, std::move(outcomes));
    console.report(outcomes);
}

} // namespace thv::commands
