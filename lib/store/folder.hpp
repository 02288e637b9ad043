// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "io/files.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// A file that is there but cannot be read, by the name it stands for.
struct Broken {
    std::string name;
    Error error;
};

/// The files NAME.json of one folder. Reading creates nothing, not even the folder. Callers pass only names that have
/// been checked.
class JsonFolder {
public:
    explicit JsonFolder(std::filesystem::path path);

    /// Every NAME for which there is something called NAME.json that is no folder, sorted; hidden files are left out.
    /// Empty when there is no such folder.
    std::vector<std::string> names() const;
    std::filesystem::path file(std::string_view name) const;
    bool contains(std::string_view name) const;
    /// None when there is no such file.
    std::optional<std::string> read(std::string_view name) const;
    /// Removes the file, and what writers that were killed have left of it; false when there was no file. The caller
    /// holds the lock that writers hold.
    bool erase(std::string_view name) const;
    /// Whether there is anything for erase() to do.
    bool has_traces(std::string_view name) const;
    /// Takes the lock of a name in the subfolder `.locks`: there it is neither listed nor swept by upstream, which
    /// deletes old `*.lock` files. `what` is the thing in the error: Fault::conflict when others hold it for too long.
    FileLock lock(std::string_view name, std::string_view what) const;
    const std::filesystem::path& path() const { return path_; }

private:
    std::vector<std::filesystem::path> unfinished(std::string_view name) const;

    std::filesystem::path path_;
};

/// Waits for a lock up to `patience`; then throws Fault::conflict about `what`.
FileLock lock_or_throw(const std::filesystem::path& path, Duration patience, std::string_view what);

} // namespace thv
