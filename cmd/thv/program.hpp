// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace thv::commands {

/// All that main() does. Returns the exit code.
int run_program(int argc, char** argv);

} // namespace thv::commands
