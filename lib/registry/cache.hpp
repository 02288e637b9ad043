// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"
#include "registry/entry.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace thv::registry {

/// A registry as it was some time ago.
struct Cached {
    Catalogue catalogue;
    Duration age;
};

/// What registries have answered, in upstream's files: registry-XXXXXXXX.json, named by the URL's digest, whose time of
/// change is its age. Files are dropped after a week, and the oldest first beyond 50 MiB.
class Cache {
public:
    explicit Cache(std::filesystem::path folder)
        : folder_(std::move(folder)) {}

    /// None when there is nothing usable for this URL.
    std::optional<Cached> read(std::string_view url) const;
    /// Keeps it, unless it is larger than a registry may be, and drops what is too old or too much. Throws when the
    /// folder cannot be written to.
    void write(std::string_view url, const Catalogue& catalogue) const;
    std::filesystem::path file(std::string_view url) const;

private:
    void clean(const std::filesystem::path& keep) const;

    std::filesystem::path folder_;
};

} // namespace thv::registry
