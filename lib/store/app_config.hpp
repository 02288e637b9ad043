// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/paths.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>

namespace thv {

/// The user's settings: config.yaml, which upstream reads and writes, too. Keys that are nobody's here survive a
/// rewrite; comments do not, as they do not when upstream writes.
class AppConfig {
public:
    explicit AppConfig(const Paths& paths)
        : file_(paths.config / "config.yaml") {}

    const std::filesystem::path& file() const { return file_; }

    /// All settings as one object, empty when there is no file. Takes no lock and creates nothing. Throws Fault::usage,
    /// naming the file and never quoting it, for what is no YAML, no mapping, or larger than 1 MiB.
    nlohmann::ordered_json read() const;

    /// Changes the settings while others are kept from it (upstream's config.yaml.lock): read, change, written in one
    /// step with mode 0600; not written when the change changes nothing. A link is followed. Throws what read() throws,
    /// and leaves the file as it is then; Fault::conflict when others hold the lock for five seconds.
    void update(const std::function<void(nlohmann::ordered_json&)>& change) const;

private:
    std::filesystem::path file_;
};

} // namespace thv
