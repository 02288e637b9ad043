// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace thv::cli {

/// What a shell may offer for the value of an option or argument.
enum class Completer {
    none,
    file,
    workload,
    running_workload,
    stopped_workload,
    group,
    image, ///< or the name of a server in the registry
    server,
    secret,
    secret_use, ///< NAME,target=VARIABLE
    profile,
    context,
    name_space,
    tool_call, ///< a running workload, its tool, the tool's arguments
    mcp_list,  ///< what to list, and of which running workload
};

} // namespace thv::cli
