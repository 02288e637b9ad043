// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/args.hpp"
#include "cli/ports.hpp"
#include "core/workload.hpp"
#include "workload/grouping.hpp"
#include "workload/query.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::commands {

/// Which workloads a command is about: names, or --all, or those of a group, or with labels, or both; exactly one of
/// the three.
struct Selection {
    std::vector<std::string> names;
    bool all = false;
    std::optional<std::string> group;
    std::vector<std::string> labels;

    /// Whether workloads are meant for what they are, be it by their group, or labels, or both.
    bool by_kind() const { return group || !labels.empty(); }

    /// `verb` completes the help texts: "stop".
    void declare(cli::Args& args, std::string_view verb, cli::Completer offered);
};

/// Turns what was said into names.
struct Selector {
    explicit Selector(const cli::Ports& ports)
        : query(ports.get<Query>())
        , grouping(ports.get<Grouping>()) {}

    /// The names that were given, each once, in order; or those of the workloads in the group and with the labels, or
    /// of all, that `wanted` accepts. Names are checked for their form only. Fault::usage when nothing or too much was
    /// said, Fault::not_found for a group that does not exist.
    Task<std::vector<std::string>> select(Selection selection, std::function<bool(const Workload&)> wanted) const;

    Query& query;
    Grouping& grouping;
};

/// Adds to each Fault::not_found of a name that does not exist what may have been meant, if the workloads can be
/// listed.
Task<std::vector<Outcome>> suggest_names(Query& query, std::vector<Outcome> outcomes);

/// What became of a task about one name that is done already; throws its error, if it has one, with what may have been
/// meant when the name does not exist.
Task<> suggest_or_throw(Query& query, Outcome outcome);

/// The workload, or Fault::not_found with what may have been meant.
Task<Workload> find_workload(Query& query, WorkloadName name);

/// The same, but one that serves clients: Fault::conflict when it does not run.
Task<Workload> find_served(Query& query, WorkloadName name);

/// Any workload.
bool any(const Workload& workload);

} // namespace thv::commands
