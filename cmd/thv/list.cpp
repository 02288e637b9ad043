// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/document.hpp"
#include "thv/commands.hpp"
#include "thv/format.hpp"
#include "thv/labels.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace thv::commands {

constexpr Doc List::doc{
    .name = "list",
    .summary = "list workloads",
    .description =
        "Shows what runs, or is on its way there, or should be running and is not well. Workloads that are at "
        "rest (stopped, failed for good) are shown with --all.\n\nThe column REASON is there when a workload "
        "has something to say about its state. With --watch a line is printed for each change; with -o json it is one "
        "JSON document per line.",
    .examples = "thv ls\nthv ls --all --group tools\nthv ls -o json | jq -r '.[].url'\n"
                "thv ls -o custom-columns=NAME:.name,WHERE:.url --sort-by .created_at\n"
                "# on a Kubernetes cluster\nthv ls --all-namespaces\nthv ls --context prod --namespace tools --watch\n"
                "# what an AI client needs in its configuration\nthv ls -o mcpservers",
    .aliases = "ls ps",
};

void List::declare(Args& args) {
    args.flag("-a,--all", all, "show workloads that are not running, too");
    args.option("--group", group, "only the workloads of this group")
        .placeholder("GROUP")
        .completes(cli::Completer::group);
    args.option("-l,--label", labels, "only workloads with this label; repeat for more, all must match")
        .placeholder("KEY=VALUE");
    output.declare_list(args, {"mcpservers"});
    args.flag("-w,--watch", watch, "go on with every change until you interrupt it");
    args.all_namespaces();
}

namespace {

void say_hidden(std::size_t hidden, Console& console) {
    if (hidden > 0 && console.terminal().err)
        console.say(fmt::format("{} not running; use --all to see {}", hidden, hidden == 1 ? "it" : "them"));
}

/// Of a workload on a cluster, "NAMESPACE/".
std::string prefix_of(const Workload& workload, bool namespaces) {
    const auto* place = workload.on_cluster();
    return namespaces && place != nullptr ? place->name_space + "/" : std::string{};
}

std::string pods_of(const Workload& workload) {
    const auto* place = workload.on_cluster();
    return place != nullptr && place->backend ? fmt::format("{}/{}", place->backend->ready, place->backend->wanted)
                                              : std::string{};
}

std::string labels_of(const Workload& workload) {
    std::vector<std::string> pairs;
    pairs.reserve(workload.labels.size());
    for (const auto& [key, value] : workload.labels)
        pairs.push_back(fmt::format("{}={}", key, value));
    return fmt::format("{}", fmt::join(pairs, ","));
}

/// What belongs under the columns of List::shape().
std::vector<std::string> cells_of(const Workload& workload, std::string_view state, bool namespaces, bool for_people) {
    const auto at = now();
    std::vector<std::string> cells{workload.name,
                                   workload.package,
                                   std::string{state},
                                   workload.url,
                                   workload.port == 0 ? "" : fmt::to_string(workload.port),
                                   workload.group,
                                   moment(workload.created_at, at, for_people),
                                   workload.transport,
                                   workload.proxy_mode,
                                   moment(workload.started_at, at, for_people),
                                   pods_of(workload),
                                   labels_of(workload),
                                   workload.reason};
    const auto* place = workload.on_cluster();
    if (namespaces) cells.insert(cells.begin(), place == nullptr ? "" : place->name_space);
    return cells;
}

/// The workload, whose state may be "gone", and which must outlive the record.
cli::Record record_of(const Workload& workload, std::string_view state, bool namespaces, const Console& console) {
    const bool for_people = console.terminal().out;
    return {prefix_of(workload, namespaces) + workload.name,
            [&workload, state, namespaces, for_people] { return cells_of(workload, state, namespaces, for_people); },
            [&workload] { return list_json(workload); }};
}

} // namespace

cli::Shape List::shape(bool namespaces) const {
    cli::Shape shape{{{.heading = "NAME"},
                      {.heading = "PACKAGE"},
                      {.heading = "STATUS"},
                      {.heading = "URL", .kept = true},
                      {.heading = "PORT"},
                      {.heading = "GROUP"},
                      {.heading = "CREATED"},
                      {.heading = "TRANSPORT", .wide = true},
                      {.heading = "PROXY MODE", .wide = true},
                      {.heading = "STARTED", .wide = true},
                      {.heading = "PODS", .wide = true, .sparse = true},
                      {.heading = "LABELS", .wide = true, .sparse = true},
                      {.heading = "REASON", .sparse = true}},
                     group ? fmt::format("No MCP servers found in group '{}'", *group) : "No MCP servers found"};
    if (namespaces) shape.columns.insert(shape.columns.begin(), {.heading = "NAMESPACE"});
    return shape;
}

Task<> List::follow(Query& query, Filter filter, cli::Records& records, const Console& console) const {
    const bool namespaces = filter.all_namespaces;
    const auto tell = [&](const Change& change) {
        // What is at rest when the watch begins is news to nobody.
        const auto& workload = change.workload;
        if (change.kind == Change::Kind::appeared && !all && at_rest(workload.state)) return;
        constexpr std::array<std::string_view, 3> kinds{"appeared", "changed", "gone"};
        const auto kind = kinds.at(static_cast<std::size_t>(change.kind));
        const auto state = change.kind == Change::Kind::gone ? kind : to_string(workload.state);
        records.tell(kind, "workload", record_of(workload, state, namespaces, console));
    };
    co_await query.watch(std::move(filter), tell);
}

Task<> List::run(Caller caller, Query& query, Lazy<Grouping> grouping, Console& console) const {
    Filter filter;
    filter.labels = parse_label_filters(labels);
    if (group) filter.group = value_or_throw(GroupName::parse(*group)).str();
    filter.all_namespaces = caller.globals.all_namespaces;
    const bool for_clients = output.is("mcpservers");
    if (watch && for_clients) throw Error{Fault::usage, "--watch does not go with -o mcpservers"};
    const auto records = cli::records_for(output, shape(filter.all_namespaces), console);
    if (watch) {
        co_await follow(query, std::move(filter), *records, console);
        co_return;
    }
    std::vector<Workload> for_client;
    std::size_t found = 0;
    std::size_t hidden = 0;
    const auto show = [&](const Workload& workload) {
        ++found;
        if (!all && at_rest(workload.state))
            ++hidden;
        else if (for_clients)
            for_client.push_back(workload);
        else
            records->add(record_of(workload, to_string(workload.state), filter.all_namespaces, console));
    };
    co_await query.scan(filter, show);
    if (group && found == 0 && !filter.all_namespaces) {
        // A typing error in the group's name must not look like an empty group.
        auto name = value_or_throw(GroupName::parse(*group));
        co_await grouping().members(std::move(name));
    }
    if (for_clients)
        console.write(cli::json_text(client_json(for_client)));
    else
        records->finish();
    if (output.text()) say_hidden(hidden, console);
}

} // namespace thv::commands
