// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/direct_spec.hpp"
#include "engine/direct_stdio.hpp"
#include "engine/discovery.hpp"
#include "engine/secret_inputs.hpp"
#include "engine/spec.hpp"
#include "workload/containers.hpp"

#include <filesystem>
#include <map>
#include <optional>

namespace thv::engine {

/// What direct stdio needs on this machine.
struct DirectPlaces {
    std::filesystem::path supervisors; ///< where each workload has a folder that only its user may enter
    std::filesystem::path init;        ///< the program thv-init

    std::filesystem::path lent_folder(const std::string& workload) const { return supervisors / workload / "init"; }
    std::filesystem::path marks(const std::string& workload) const { return supervisors / workload / "lines"; }
};

/// Where what hides files from servers is.
struct HidingPlaces {
    std::filesystem::path rules;       ///< the user's own, for all volumes; need not exist
    std::filesystem::path supervisors; ///< as in DirectPlaces

    std::filesystem::path covers(const std::string& workload) const { return supervisors / workload / "covers"; }
};

/// With the program thv-init beside `executable` (a build, an unpacked archive) or in ../libexec/thv or ../lib/thv.
std::optional<DirectPlaces> direct_places(const std::filesystem::path& executable,
                                          const std::filesystem::path& supervisors);

/// Containers on docker or podman, through the engine that the connector finds.
///
/// Beyond what the interface promises: `create` is carried through when it is cancelled, so that no container is left
/// that the caller does not know of. `create` and `start` failures carry the exit codes of `docker run`: 127 when the
/// image has no such program, 126 when it cannot be executed, else 125; and `wait` returns 127 and 126 where podman's
/// init would make them 1.
///
/// A server on stdio has thv-init as its first process where there are DirectPlaces and the engine is on this machine:
/// its bytes do not go through the engine then, and it can be taken over by the next supervisor. Where the engine
/// cannot mount the folder for that, or the container cannot reach the socket in it, the engine carries the bytes.
///
/// What the ignore files of a volume name is covered when a container is created (see masks.hpp).
class EngineContainers : public Containers {
public:
    EngineContainers(Connector& connector, Environment environment, HostLimits limits,
                     std::optional<DirectPlaces> places = {}, std::optional<HidingPlaces> hiding = {},
                     SecretPorts secrets = {})
        : connector_(connector)
        , environment_(std::move(environment))
        , limits_(limits)
        , places_(std::move(places))
        , hiding_(std::move(hiding))
        , secrets_(std::move(secrets)) {}

    Task<std::string> create(RunConfig config) override;
    Task<std::unique_ptr<Stdio>> attach(std::string id) override;
    Task<> start(std::string id) override;
    Task<std::optional<std::string>> adopt(RunConfig config) override;
    Task<std::unique_ptr<Stdio>> spawn(std::string id) override;
    Task<int> wait(std::string id) override;
    Task<std::optional<ContainerInfo>> inspect(std::string id_or_name) override;
    Task<> stop(std::string id, Duration grace) override;
    Task<> remove(std::string id) override;
    Task<std::vector<std::string>> last_lines(std::string id, int count) override;
    Task<> ensure_image(std::string image, Progress progress) override;
    Task<> restore_image(std::string image, Progress progress) override;
    /// Tries once: Fault::unreachable when the engine does not answer.
    Task<> ping() override;

private:
    Task<std::optional<std::string>> create_direct(std::shared_ptr<Api> api, RunConfig config, nlohmann::json spec,
                                                   std::vector<Mount> covers, SecretInputs secrets);
    std::vector<Mount> covers_of(const RunConfig& config) const;
    void forget_files(const std::string& id);

    Task<std::shared_ptr<InitLink>> link_to(std::shared_ptr<Api> api, DirectPlaces places, RunConfig config,
                                            ContainerInfo running);
    void refuse_direct(const std::string& id, std::string_view reason);

    Connector& connector_;
    Environment environment_;
    HostLimits limits_;
    std::optional<DirectPlaces> places_;
    std::optional<HidingPlaces> hiding_;
    SecretPorts secrets_;
    std::map<std::string, std::string> files_;         ///< container → the workload whose secrets it has as files
    std::map<std::string, DirectStdio::Setup> direct_; ///< container → how its stdio is reached
};

/// The exit code of `docker run` for an engine's reason not to start a container.
int start_failure_code(std::string_view reason);

/// The exit code that podman's init hides behind a 1, from the first line of the container's log; none when
/// that is not its.
std::optional<int> init_failure_code(std::string_view line);

} // namespace thv::engine
