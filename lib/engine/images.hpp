// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/progress.hpp"
#include "engine/api.hpp"
#include "io/environment.hpp"
#include "io/task.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace thv::engine {

/// An image reference, taken apart: "ghcr.io/acme/weather:1" or "busybox@sha256:…".
struct ImageReference {
    std::string repository; ///< without tag and digest
    std::string tag;        ///< "latest" when there is neither tag nor digest
    std::string digest;     ///< "sha256:…", or empty
    std::string registry;   ///< "docker.io" when the reference names none

    static Result<ImageReference> parse(std::string_view text);
    bool floating() const { return digest.empty() && tag == "latest"; }
    /// A first segment that names a registry: podman looks up any other name under docker.io.
    bool qualified() const;
};

/// How far a pull is, from the lines that the engine streams.
class PullProgress {
public:
    /// One line of the engine's answer. Returns the engine's reason when it says that the pull failed.
    std::optional<std::string> feed(std::string_view line);
    /// Without the image's name and the time.
    Pull state() const;

private:
    struct Layer {
        std::int64_t current = 0;
        std::int64_t total = 0;
        bool here = false; ///< its bytes are
    };
    std::map<std::string, Layer, std::less<>> layers_;
};

/// The name by which the engine knows a local image: the given one, or on podman "localhost/NAME" for one that was
/// built there. None when there is no such image.
Task<std::optional<std::string>> local_image(std::shared_ptr<Api> api, std::string image);

/// The references of all local images ("mcp/fetch:latest"), sorted, those of Docker Hub without its name; an image
/// without a tag has none.
Task<std::vector<std::string>> image_references(std::shared_ptr<Api> api);

/// As Containers::ensure_image promises. Pulls as the user that docker's configuration names for the registry, else
/// anonymously. Throws Fault::not_found, denied or unreachable with the image and the registry's reason.
Task<> ensure_image(std::shared_ptr<Api> api, Environment environment, std::string image, Progress progress);

/// As Containers::restore_image promises, with the errors of ensure_image.
Task<> restore_image(std::shared_ptr<Api> api, Environment environment, std::string image, Progress progress);

} // namespace thv::engine
