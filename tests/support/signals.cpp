// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include <csignal>

namespace {

// In every test program as in thv: what is written to a peer that has gone is an error, not the end.
[[maybe_unused]] auto* const before = std::signal(SIGPIPE, SIG_IGN);

} // namespace
