// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.hpp"
#include "thv/commands.hpp"
#include "thv/format.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace thv::commands {

constexpr Doc Status::doc{
    .name = "status",
    .summary = "show one workload and why it is in its state",
    .examples = "thv status fetch\nthv status fetch -o json",
};

void Status::declare(Args& args) {
    args.positional("NAME", name, "the workload").mandatory().completes(cli::Completer::workload);
    output.declare(args);
}

namespace {

std::string pods(const std::optional<PodCount>& count) {
    return count ? fmt::format("{} of {} ready", count->ready, count->wanted) : std::string{};
}

template <typename Row>
void print_place(const OnCluster& place, const Row& row) {
    row("Namespace", place.name_space);
    row("Kind", place.kind);
    row("Phase", place.current ? place.phase : place.phase + " (before the last change)");
    row("Proxies", pods(place.proxy));
    row("Servers", pods(place.backend));
    row("Remote", place.remote_url);
    row("Auth", place.auth_config);
    for (const auto& condition : place.conditions) {
        const auto why = condition.message.empty() ? condition.reason : condition.message;
        row("Condition", fmt::format("{}={}{}{}", condition.type, condition.status, why.empty() ? "" : ": ", why));
    }
}

void print(const Workload& workload, Time at, Console& console) {
    const auto row = [&console](std::string_view key, std::string_view value) {
        if (!value.empty()) console.print(fmt::format("{:<12}{}", fmt::format("{}:", key), cli::printable(value)));
    };
    const bool for_people = console.terminal().out;
    row("Name", workload.name);
    row("Status", to_string(workload.state));
    row("Reason", workload.reason);
    row("Package", workload.package);
    row("URL", workload.url);
    row("Port", workload.port == 0 ? "" : fmt::to_string(workload.port));
    row("Transport", workload.transport);
    row("Proxy Mode", workload.proxy_mode);
    row("Group", workload.group);
    row("Created", moment(workload.created_at, at, for_people));
    if (const auto* place = workload.on_cluster()) print_place(*place, row);
    if (workload.remote()) row("Remote", std::get<Remote>(workload.place).url);
    if (workload.state == State::running && workload.started_at) row("Uptime", uptime(at - *workload.started_at));
}

} // namespace

Task<> Status::run(Query& query, Console& console) const {
    auto parsed = value_or_throw(WorkloadName::parse(name));
    const auto workload = co_await find_workload(query, std::move(parsed));
    const auto at = now();
    cli::print_thing(output, name, status_json(workload, at), [&] { print(workload, at, console); }, console);
}

} // namespace thv::commands
