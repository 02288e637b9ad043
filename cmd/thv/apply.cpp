// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/gather.hpp"
#include "remote/access.hpp"
#include "secrets/manager.hpp"
#include "thv/file_commands.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::commands {

constexpr Doc Apply::doc{
    .name = "apply",
    .summary = "make workloads and groups as files say",
    .description =
        "Makes what is not there, changes what is different, and leaves alone what is as the files say. Files of a "
        "folder are those that end in .yaml, .yml or .json. All mistakes in them are told at once, and nothing is "
        "changed then.\n\nA workload that is changed serves as before until its new server has answered.\n\nWith "
        "--prune, workloads that are in no file are removed when they are in a group that the files name or put a "
        "workload into.",
    .examples = "thv apply -f thv.yaml\nthv apply -f servers/ --prune --dry-run\n"
                "thv export --all -o yaml | thv apply --context prod -f -",
    .see_also = "thv-diff(1) thv.yaml(5)",
};

void Apply::declare(Args& args) {
    files.declare(args);
    args.flag("--dry-run", dry_run, "say what would be done, and do nothing");
    args.flag("--force-conflicts", force_conflicts, "on a cluster, take over what somebody else has set");
    args.option("--timeout", patience, "how long each server may take until it answers (5m)");
    progress.declare(args);
}

namespace {

constexpr std::size_t parallel = 8;

using Kind = plan::Step::Kind;

std::string_view done(Kind kind) {
    switch (kind) {
    case Kind::create:
        return "created";
    case Kind::update:
        return "updated";
    case Kind::move:
        return "moved";
    case Kind::remove:
        return "removed";
    case Kind::nothing:
        break;
    }
    return "unchanged";
}

/// Carries steps out; lives as long as they do.
struct Worker {
    const Apply& command;
    const plan::Plan& plan;
    Caller caller;
    Place place;
    Lazy<Lifecycle> lifecycle;
    Lazy<Update> update;
    Progress progress;

    Waiting waiting() const { return {.limit = command.patience, .progress = progress}; }

    Task<> carry_out(std::string name) const {
        const auto& step = *std::ranges::find(plan.steps, name, &plan::Step::name);
        if (step.kind == Kind::create) {
            co_await lifecycle().run(adopted(step.next, caller.platform), waiting());
        } else if (step.kind == Kind::update) {
            co_await update().replace(adopted(step.next, caller.platform), command.force_conflicts, waiting());
        } else if (step.kind == Kind::move) {
            auto to = value_or_throw(GroupName::parse(step.next.group));
            co_await only(place.grouping.move({step.name}, std::nullopt, std::move(to)));
        } else if (step.kind == Kind::remove) {
            co_await only(lifecycle().remove({step.name}, {}));
        }
    }

    /// The one outcome of a batch of one.
    static Task<> only(Task<std::vector<Outcome>> batch) {
        for (const auto& outcome : co_await std::move(batch))
            if (outcome.error) throw Error{*outcome.error};
    }
};

using Use = std::pair<std::string, std::string>; ///< workload, secret

std::vector<Use> secret_uses(const plan::Plan& plan) {
    std::vector<Use> uses;
    for (const auto& step : plan.steps)
        if (step.kind == Kind::create || step.kind == Kind::update)
            for (auto& secret : remote::secret_names(step.next))
                uses.emplace_back(step.name, std::move(secret));
    return uses;
}

/// A secret that does not exist is a mistake like those in the files. Secrets that cannot be opened are one for all.
void look_for_secrets(const plan::Plan& plan, Lazy<secrets::Manager> secrets, std::vector<Error>& mistakes) {
    for (const auto& [workload, secret] : secret_uses(plan)) {
        try {
            static_cast<void>(secrets().value(secret));
        } catch (const Error& error) {
            mistakes.push_back(error.within(fmt::format("workload '{}'", workload)));
            if (error.fault() != Fault::not_found && error.fault() != Fault::usage) return;
        }
    }
}

void report(const plan::Plan& plan, const std::vector<Outcome>& outcomes, bool dry_run, Console& console) {
    const auto* const remark = dry_run ? " (dry run)" : "";
    for (const auto& group : plan.new_groups)
        console.print(fmt::format("group/{} created{}", group, remark));
    for (std::size_t at = 0; at < plan.steps.size(); ++at) {
        const auto& step = plan.steps[at];
        const auto error = dry_run ? std::nullopt : outcomes[at].error;
        if (error)
            console.complain(error->within(fmt::format("workload '{}'", step.name)));
        else
            console.print(fmt::format("workload/{} {}{}", step.name, done(step.kind), remark));
    }
}

} // namespace

Task<> Apply::run(Caller caller, Place place, Lazy<Lifecycle> lifecycle, Lazy<Update> update,
                  Lazy<secrets::Manager> secrets, Console& console) const {
    std::vector<Error> mistakes;
    const auto plan = co_await plan_of(files, caller, place, mistakes, console);
    if (caller.platform == Platform::engine) look_for_secrets(plan, secrets, mistakes);
    refuse(mistakes, console);
    if (dry_run) {
        report(plan, {}, dry_run, console);
        co_return;
    }
    for (const auto& group : plan.new_groups)
        co_await place.grouping.create(value_or_throw(GroupName::parse(group)));
    cli::ProgressDisplay display{console, progress};
    const Worker worker{*this, plan, caller, place, lifecycle, update, display.sink()};
    std::vector<std::string> names;
    names.reserve(plan.steps.size());
    for (const auto& step : plan.steps)
        names.push_back(step.name);
    const auto outcomes = co_await for_each(std::move(names), parallel,
                                            [&worker](std::string name) { return worker.carry_out(std::move(name)); });
    report(plan, outcomes, dry_run, console);
    if (const int code = cli::exit_code_of(outcomes); code != 0) throw cli::Finished{code};
}

} // namespace thv::commands
