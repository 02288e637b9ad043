// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/commands.hpp"

#include <vector>

namespace thv::commands {

constexpr Doc Remove::doc{
    .name = "rm",
    .summary = "stop workloads and forget them",
    .description = "Stops each workload and removes its container, its configuration and its logs.\n\n"
                   "Prints the name of each workload that is gone now.",
    .examples = "thv rm fetch\nthv rm --group tools\nthv rm --force --ignore-not-found fetch",
    .aliases = "remove delete",
};

void Remove::declare(Args& args) {
    selection.declare(args, "remove", cli::Completer::workload);
    args.flag("-f,--force", force, "kill the servers at once, without asking them to end");
    args.flag("--ignore-not-found", ignore_not_found, "a workload that does not exist is no error");
    ending.declare(args);
}

Task<> Remove::run(Selector selector, Lifecycle& lifecycle, Console& console) const {
    const auto names = co_await selector.select(selection, any);
    if (names.empty()) console.say("No workloads to remove");
    auto outcomes = co_await lifecycle.remove(names, ending.of(force, console));
    if (ignore_not_found)
        std::erase_if(outcomes, [](const Outcome& outcome) {
            return outcome.error && outcome.error->fault() == Fault::not_found;
        });
    outcomes = co_await suggest_names(selector.query, std::move(outcomes));
    console.report(outcomes);
}

} // namespace thv::commands
