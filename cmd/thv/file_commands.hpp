// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan/plan.hpp"
#include "secrets/manager.hpp"
#include "thv/commands.hpp"

#include <string>
#include <vector>

namespace thv::commands {

/// Which workload files a command is about.
struct Files {
    std::vector<std::string> names; ///< files, folders of them, or "-" for stdin
    bool prune = false;

    void declare(Args& args);
};

/// What is there, read through a platform's ports.
struct Place {
    explicit Place(const cli::Ports& ports)
        : query(ports.get<Query>())
        , grouping(ports.get<Grouping>()) {}
    Query& query;
    Grouping& grouping;
};

/// What has to be done so that everything in the files is there. All mistakes in them are appended to `mistakes`, and
/// what is returned is of use only when there are none.
Task<plan::Plan> plan_of(Files files, Caller caller, Place place, std::vector<Error>& mistakes, Console& console);

/// When there are mistakes, complains about each of them and ends with the exit code of the first.
void refuse(const std::vector<Error>& mistakes, Console& console);

/// Brings everything into being that the files tell of.
struct Apply {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Caller caller, Place place, Lazy<Lifecycle> lifecycle, Lazy<Update> update,
               Lazy<secrets::Manager> secrets, Console& console) const;

    Files files;
    bool dry_run = false;
    bool force_conflicts = false;
    Duration patience = default_patience;
    cli::ProgressFlag progress;
};

/// Shows what Apply would do.
struct Diff {
    static const Doc doc;
    void declare(Args& args);
    Task<int> run(Caller caller, Place place, Console& console) const;

    Files files;
};

struct ProfileShow {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Console& console) const;

    std::string name;
    cli::Output output;
};

struct ProfileCheck {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Console& console) const;

    std::vector<std::string> files;
};

} // namespace thv::commands
