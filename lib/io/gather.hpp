// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "io/task.hpp"

#include <functional>
#include <string>
#include <vector>

namespace thv {

/// Does `work` for every name, at most `limit` at a time, and tells what became of each, in the order given. A failure
/// of one never stops the others; only a cancellation of the whole does. `work` is called once per name and returns a
/// task that owns its arguments.
Task<std::vector<Outcome>> for_each(std::vector<std::string> names, std::size_t limit,
                                    std::function<Task<>(std::string)> work);

} // namespace thv
