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

void Stop::declare(Args& args) {
    selection.declare(args, "stop");
    args.option("-t,--timeout", grace, "time from asking a server to end to killing it (30s)");
}

Task<> Stop::run(Selector selector, Lifecycle& lifecycle, Console& console) const {
    const auto not_at_rest = [](const Workload& workload) { return !at_rest(workload.state); };
    const auto names = co_await selector.select(selection, not_at_rest);
    if (names.empty()) console.say("No running workloads to stop");
    auto outcomes = co_await lifecycle.stop(names, grace);
    outcomes = co_await suggest_names(selector.query, std::move(outcomes));
    console.report(outcomes);
}

} // namespace thv::commands
