// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/commands.hpp"
#include "thv/labels.hpp"
#include "thv/list_printer.hpp"

#include <fmt/format.h>

namespace thv::commands {

constexpr Doc List::doc{
    .name = "list",
    .summary = "list workloads",
    .description =
        "Shows what runs, or is on its way there, or should be running and is not well. Workloads that are at "
        "rest (stopped, failed for good) are shown with --all.\n\nThe column REASON is there when a workload "
        "has something to say about its state. With --watch a line is printed for each change; with --format json "
        "it is one JSON document per line.",
    .examples = "thv ls\nthv ls --all --group tools\nthv ls --format json | jq -r '.[].url'\n"
                "# on a Kubernetes cluster\nthv ls --all-namespaces\nthv ls --context prod --namespace tools --watch\n"
                "# what an AI client needs in its configuration\nthv ls --format mcpservers",
    .aliases = "ls ps",
};

void List::declare(Args& args) {
    args.flag("-a,--all", all, "show workloads that are not running, too");
    args.option("--group", group, "only the workloads of this group")
        .placeholder("GROUP")
        .completes(cli::Completer::group);
    args.option("-l,--label", labels, "only workloads with this label; repeat for more, all must match")
        .placeholder("KEY=VALUE");
    args.option("--format", format, "how to print").placeholder("FORMAT").one_of({"text", "json", "mcpservers"});
    args.flag("-q,--quiet", quiet, "print names only");
    args.flag("-w,--watch", watch, "go on with every change until you interrupt it");
    args.all_namespaces();
}

namespace {

void say_hidden(std::size_t hidden, Console& console) {
    if (hidden > 0 && console.terminal().err)
        console.say(fmt::format("{} not running; use --all to see {}", hidden, hidden == 1 ? "it" : "them"));
}

} // namespace

Task<> List::follow(Query& query, Filter filter, ListPrinter& printer) const {
    const auto tell = [&](const Change& change) {
        // What is at rest when the watch begins is news to nobody.
        if (change.kind == Change::Kind::appeared && !all && at_rest(change.workload.state)) return;
        printer.tell(change);
    };
    co_await query.watch(std::move(filter), tell);
}

Task<> List::run(Caller caller, Query& query, Lazy<Grouping> grouping, Console& console) const {
    Filter filter;
    filter.labels = parse_label_filters(labels);
    if (group) filter.group = value_or_throw(GroupName::parse(*group)).str();
    filter.all_namespaces = caller.globals.all_namespaces;
    const auto printer = printer_for(*this, filter.all_namespaces, console);
    if (watch) {
        co_await follow(query, std::move(filter), *printer);
        co_return;
    }
    std::size_t found = 0;
    std::size_t hidden = 0;
    const auto show = [&](const Workload& workload) {
        ++found;
        if (all || !at_rest(workload.state))
            printer->add(workload);
        else
            ++hidden;
    };
    co_await query.scan(filter, show);
    if (group && found == 0 && !filter.all_namespaces) {
        // A typing error in the group's name must not look like an empty group.
        auto name = value_or_throw(GroupName::parse(*group));
        co_await grouping().members(std::move(name));
    }
    printer->finish();
    if (!quiet && format == "text") say_hidden(hidden, console);
}

} // namespace thv::commands
