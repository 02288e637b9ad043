// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/help.hpp"
#include "workload/grouping.hpp"
#include "workload/query.hpp"

#include <optional>
#include <string>
#include <vector>

namespace thv::commands {

using cli::Args;
using cli::Console;
using cli::Doc;

/// The program with all its commands.
const cli::Program& program();

struct List {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Query& query, Grouping& grouping, Console& console) const;

    bool all = false;
    bool quiet = false;
    std::optional<std::string> group;
    std::vector<std::string> labels;
    std::string format = "text";
};

struct Version {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Console& console) const;

    std::string format = "text";
};

} // namespace thv::commands
