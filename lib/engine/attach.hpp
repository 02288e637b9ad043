// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/api.hpp"
#include "io/task.hpp"
#include "workload/containers.hpp"

#include <functional>
#include <memory>
#include <string>

namespace thv::engine {

/// The stdio of a container over a stream of its engine.
struct AttachStream : Stdio {
    /// Returns when `read` would have something to return, and consumes nothing.
    virtual Task<> readable() = 0;
    /// From now on only stderr counts, and `read` is not called any more: `sink` gets the next bytes of it, once for
    /// each call of `next_stderr`. The end of the stream is not told.
    virtual void follow_stderr(std::function<void(std::string bytes)> sink) = 0;
    virtual void next_stderr() = 0;
};

/// Takes over the stdio of a container that may not run yet: what it writes from its first byte on is delivered.
/// On podman before 5 the container's stdin ends when any attached stream is closed.
Task<std::unique_ptr<AttachStream>> attach_stdio(std::shared_ptr<Api> api, std::string id);

/// The same over a stream that the engine has handed over already.
Task<std::unique_ptr<AttachStream>> stdio_over(http::Upgraded upgraded, std::string where);

} // namespace thv::engine
