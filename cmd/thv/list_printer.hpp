// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workload/query.hpp"

#include <memory>

namespace thv::cli {
class Console;
}

namespace thv::commands {

struct List;

/// Prints workloads in one of the formats of `thv ls` while they come, so that a long list is never held as a whole.
class ListPrinter {
public:
    virtual ~ListPrinter() = default;
    virtual void add(const Workload& workload) = 0;
    /// One line of a watch, at once.
    virtual void tell(const Change& change) = 0;
    /// There are no more.
    virtual void finish() = 0;
};

/// `namespaces`: workloads of different namespaces come. Throws Fault::usage for a format that cannot be watched.
std::unique_ptr<ListPrinter> printer_for(const List& command, bool namespaces, cli::Console& console);

} // namespace thv::commands
