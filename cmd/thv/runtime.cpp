// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/deadline.hpp"
#include "thv/commands.hpp"
#include "thv/format.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace thv::commands {

constexpr Doc RuntimeCheck::doc{
    .name = "runtime check",
    .summary = "show which container engines, or which cluster, answer",
    .description =
        "Looks at every place where a container engine may listen, in the order in which they count. The first "
        "that answers is the one that is used; when none does, the exit code is 6.\n\nOn a cluster it asks the API "
        "server "
        "for what every command asks for: rights and resource definitions are checked with it.",
    .examples = "thv runtime check\nthv runtime check -o json\nthv runtime check --context prod",
};

void RuntimeCheck::declare(Args& args) {
    output.declare_list(args);
    args.option("--timeout", patience, "how long to wait for answers (30s)");
}

namespace {

nlohmann::ordered_json to_json(const Probe& probe) {
    nlohmann::ordered_json entry;
    entry["source"] = probe.source;
    entry["socket"] = probe.socket;
    entry["answered"] = probe.answered;
    if (probe.answered) {
        entry["engine"] = probe.engine;
        entry["version"] = probe.version;
        entry["api_version"] = probe.api_version;
    } else {
        entry["reason"] = probe.reason;
    }
    return entry;
}

void print(const cli::Output& output, const std::vector<Probe>& probes, Console& console) {
    const cli::Shape shape{{{.heading = "SOURCE"},
                            {.heading = "SOCKET", .kept = true},
                            {.heading = "ENGINE"},
                            {.heading = "VERSION"},
                            {.heading = "API"},
                            {.heading = "ANSWER"}},
                           {}};
    const auto records = cli::records_for(output, shape, console);
    const auto used = std::ranges::find_if(probes, &Probe::answered); // the first that answers
    for (const auto& probe : probes) {
        const auto cells = [&] {
            const bool is_used = used != probes.end() && &*used == &probe;
            const std::string answer = !probe.answered ? probe.reason : is_used ? "yes, used" : "yes";
            return std::vector{probe.source, probe.socket, probe.engine, probe.version, probe.api_version, answer};
        };
        records->add({probe.source, cells, [&probe] { return to_json(probe); }});
    }
    records->finish();
}

} // namespace

Task<> RuntimeCheck::run(Caller caller, Probes& probes, Console& console) const {
    auto looking = probes.probe();
    const auto found = co_await with_deadline(std::move(looking), patience, "looking for where workloads can run");
    print(output, found, console);
    if (std::ranges::any_of(found, &Probe::answered)) co_return;
    if (caller.platform == Platform::cluster) throw Error{Fault::unreachable, "the cluster cannot be used"};
    throw Error{Fault::unreachable, "no container engine answers"}.hint(
        "start Docker or Podman, or name its socket in DOCKER_HOST or CONTAINER_HOST");
}

} // namespace thv::commands
