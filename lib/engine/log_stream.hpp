// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/api.hpp"
#include "io/task.hpp"
#include "workload/logs.hpp"

#include <memory>
#include <string>
#include <vector>

namespace thv::engine {

enum class Streams { both, stderr_only };

/// Feeds a container's log to `sink`, line by line, each cut at 1 MiB. With `follow` it returns when the container has
/// ended. Throws Fault::not_found when there is no such container (any more).
Task<> stream_log(std::shared_ptr<Api> api, std::string id, Streams streams, TailOptions options, LineSink sink);

/// The first line that a container wrote, its first 4 KiB at most; empty when it wrote none.
Task<std::string> first_line(std::shared_ptr<Api> api, std::string id);

/// The last `count` lines of both streams, oldest first.
Task<std::vector<std::string>> tail_lines(std::shared_ptr<Api> api, std::string id, int count);

} // namespace thv::engine
