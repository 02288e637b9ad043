// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/progress.hpp"
#include "core/run_config.hpp"
#include "core/time.hpp"
#include "io/task.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace thv {

/// The stdio of one running container, demultiplexed. One reader and one writer at a time.
struct Stdio {
    struct Chunk {
        bool to_stderr = false;
        std::string bytes; ///< empty: the stream has ended
    };
    virtual ~Stdio() = default;
    /// The next bytes that the server wrote; what has already arrived is returned in one piece per stream. Throws
    /// Fault::unreachable when the engine's stream breaks.
    virtual Task<Chunk> read() = 0;
    /// Writes all bytes to the server's stdin.
    virtual Task<> write(std::string bytes) = 0;
    /// Ends reads and writes in progress.
    virtual void close() = 0;
    /// Whether it goes on while the engine is away. Known once anything was read.
    virtual bool direct() const { return false; }
};

/// What the engine says of one container.
struct ContainerInfo {
    std::string id;
    std::string name;
    std::string state; ///< "created", "running", "exited", …
    std::string image;
    std::map<std::string, std::string> labels;
    int exit_code = 0;
    bool oom_killed = false;
    std::string error;        ///< the engine's own message, when a start failed
    std::map<int, int> ports; ///< container port → host port on loopback
    std::optional<Time> created_at;
    std::optional<Time> started_at;

    bool running() const { return state == "running"; }
    /// Carries upstream's and our label.
    bool managed() const;
};

/// The narrow port through which a supervisor drives its one container; only engines have it.
struct Containers {
    static constexpr std::string_view noun = "running containers";
    virtual ~Containers() = default;
    /// Creates the container of a run config and returns its id. A container of that name that carries our label is
    /// replaced; a foreign one is Fault::conflict and stays untouched. A missing image is Fault::not_found.
    virtual Task<std::string> create(RunConfig config) = 0;
    /// Opened before start, so that no byte is lost.
    virtual Task<std::unique_ptr<Stdio>> attach(std::string id) = 0;
    /// Fault::unsupported when the engine cannot start a container that was made in this way; the next `create` makes
    /// it in another.
    virtual Task<> start(std::string id) = 0;
    /// The id of a running container of exactly this run config whose server an earlier supervisor has left in such a
    /// state that `attach` goes on where that one has ended; none where there is no such one.
    virtual Task<std::optional<std::string>> adopt(RunConfig config);
    /// Starts one more process of the server in a running container, with a stdin and stdout of its own; its stderr is
    /// the container's. Null where only the container's own process can be reached. Fault::unreachable when the
    /// container does not answer, Fault::conflict when it carries as many processes as it may.
    ///
    /// `read` tells the process's end by an empty chunk. Closing or dropping the Stdio ends the process: its stdin
    /// ends, two seconds later it gets SIGTERM, and SIGKILL another three seconds later. The processes live no longer
    /// than the container's first one.
    virtual Task<std::unique_ptr<Stdio>> spawn(std::string id);
    /// Returns when the container is not running any more, with its exit code. Throws Fault::unreachable when the
    /// engine goes away, Fault::not_found when the container has been removed.
    virtual Task<int> wait(std::string id) = 0;
    virtual Task<std::optional<ContainerInfo>> inspect(std::string id_or_name) = 0;
    /// SIGTERM, then SIGKILL after `grace`. Not running, or gone, is a success.
    virtual Task<> stop(std::string id, Duration grace) = 0;
    /// Kills and removes, anonymous volumes included. Gone is a success.
    virtual Task<> remove(std::string id) = 0;
    /// The last lines that the container wrote to both streams, oldest first.
    virtual Task<std::vector<std::string>> last_lines(std::string id, int count) = 0;
    /// Makes the image available as `thv run` promises: "latest" is tried and falls back to the local one; any other
    /// reference is pulled only when it is missing. `progress` gets lines, and the
    /// pull.
    virtual Task<> ensure_image(std::string image, Progress progress) = 0;
    /// Pulls an image that somebody has removed. One that is there stays as it is, "latest", too.
    virtual Task<> restore_image(std::string image, Progress progress) = 0;
    /// Returns when the engine answers (again); an engine that thv itself starts is started.
    virtual Task<> ping() = 0;
};

} // namespace thv
