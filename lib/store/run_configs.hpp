// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "store/folder.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// The run configs on disk: what is to run, one file per workload, shared with upstream. Every function blocks for
/// the time of a few small file operations. Reading never writes; writing is atomic, and all writers of one workload
/// exclude each other across processes. Names that are not workload names are Fault::usage.
class RunConfigs {
public:
    struct Scan {
        std::vector<RunConfig> configs; ///< sorted by key
        std::vector<Broken> broken;     ///< sorted by name
    };

    explicit RunConfigs(std::filesystem::path folder);

    /// The keys of all files, readable or not, sorted.
    std::vector<std::string> names() const;
    /// Whether there is a file, readable or not.
    bool exists(std::string_view name) const { return folder_.contains(name); }
    /// None when there is no such workload. Throws for a file that cannot be read or belongs to another workload.
    std::optional<RunConfig> load(std::string_view name) const;
    /// Everything there is; a file that cannot be read never hides the others.
    Scan scan() const;

    /// Fault::conflict when the workload exists: of two that create it at once exactly one succeeds.
    void create(const RunConfig& config);
    /// Writes the whole run config over whatever there is. To change one that exists use `update`, which cannot undo
    /// what somebody else has changed meanwhile.
    void save(const RunConfig& config);
    /// Reads, changes and writes without letting another writer in between, and returns the result. What `change`
    /// throws is passed on and nothing is written. Fault::not_found when there is no such workload. The key must stay.
    RunConfig update(std::string_view name, const std::function<void(RunConfig&)>& change);
    /// False when there was none.
    bool erase(std::string_view name);

private:
    JsonFolder folder_;
};

} // namespace thv
