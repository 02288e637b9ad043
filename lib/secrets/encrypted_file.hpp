// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "secrets/cipher.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace thv::secrets {

/// Secrets by name.
using Table = std::map<std::string, std::string>;

/// The file that holds the encrypted secrets, shared with upstream. Read anew each time, so that what other processes
/// have written counts at once; written atomically with mode 0600, under a lock that upstream takes, too. An empty file
/// holds nothing and has no password.
class EncryptedFile {
public:
    explicit EncryptedFile(std::filesystem::path path)
        : path_(std::move(path)) {}

    const std::filesystem::path& path() const { return path_; }
    /// None when there is no file, or an empty one.
    std::optional<Format> format() const;
    /// None for a wrong password. Fault::usage for a file that holds something else.
    std::optional<Table> read(std::string_view password) const;
    /// Reads, changes and writes without letting another writer in between; false, and nothing is written, for a wrong
    /// password. A file keeps its format unless another one is asked for; a new one gets ours. What `change` throws is
    /// passed on, and nothing is written. Fault::conflict when the file has been locked for five seconds.
    bool update(std::string_view password, std::optional<Format> wanted, const std::function<void(Table&)>& change);

private:
    std::filesystem::path path_;
    mutable KeptKey key_;
};

} // namespace thv::secrets
