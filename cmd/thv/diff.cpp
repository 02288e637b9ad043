// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/file_commands.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::commands {

constexpr Doc Diff::doc{
    .name = "diff",
    .summary = "show what 'thv apply' would change",
    .description = "Prints '+' for a workload that would be made, '-' for one that would be removed, and '~' for one "
                   "that would be changed, with the fields that differ.\n\nThe exit code is 0 when there is no "
                   "difference, 1 when there is one, and more than 1 when that could not be found out.",
    .examples = "thv diff -f thv.yaml\nthv diff -f servers/ --prune\nthv export --all -o yaml | thv diff -f -",
    .see_also = "thv-apply(1) thv.yaml(5)",
};

void Diff::declare(Args& args) {
    files.declare(args);
}

Task<int> Diff::run(Caller caller, Place place, Console& console) const {
    std::optional<Error> failure;
    plan::Plan plan;
    try {
        std::vector<Error> mistakes;
        plan = co_await plan_of(files, caller, place, mistakes, console);
        refuse(mistakes, console);
    } catch (const Error& error) {
        failure = error;
    }
    // 1 is not for failures here.
    if (failure) throw Error{*failure}.exits(std::max(failure->exit(), exit_code(Fault::usage)));
    for (const auto& group : plan.new_groups)
        console.print(fmt::format("+ group {}", group));
    for (const auto& step : plan.steps)
        console.write(plan::describe(step));
    co_return plan.empty() ? 0 : 1;
}

} // namespace thv::commands
