// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/discovery.hpp"
#include "engine/spec.hpp"
#include "workload/containers.hpp"

namespace thv::engine {

/// Containers on docker or podman, through the engine that the connector finds.
///
/// Beyond what the interface promises: `create` is carried through when it is cancelled, so that no container is left
/// that the caller does not know of. `create` and `start` failures carry the exit codes of `docker run`: 127 when the
/// image has no such program, 126 when it cannot be executed, else 125; and `wait` returns 127 and 126 where podman's
/// init would make them 1.
class EngineContainers : public Containers {
public:
    EngineContainers(Connector& connector, Environment environment, HostLimits limits)
        : connector_(connector)
        , environment_(std::move(environment))
        , limits_(limits) {}

    Task<std::string> create(RunConfig config) override;
    Task<std::unique_ptr<Stdio>> attach(std::string id) override;
    Task<> start(std::string id) override;
    Task<int> wait(std::string id) override;
    Task<std::optional<ContainerInfo>> inspect(std::string id_or_name) override;
    Task<> stop(std::string id, Duration grace) override;
    Task<> remove(std::string id) override;
    Task<std::vector<std::string>> last_lines(std::string id, int count) override;
    Task<> ensure_image(std::string image, std::function<void(std::string_view)> progress) override;
    /// Tries once: Fault::unreachable when the engine does not answer.
    Task<> ping() override;

private:
    Connector& connector_;
    Environment environment_;
    HostLimits limits_;
};

/// The exit code of `docker run` for an engine's reason not to start a container.
int start_failure_code(std::string_view reason);

/// The exit code that podman's init hides behind a 1, from the first line of the container's log; none when
/// that is not its.
std::optional<int> init_failure_code(std::string_view line);

} // namespace thv::engine
