// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/secret_files.hpp"

#include "core/error.hpp"
#include "io/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace thv::engine {

namespace fs = std::filesystem;

namespace {

Error cannot(std::string_view what, const fs::path& path) {
    const auto fault = errno == EACCES || errno == EPERM ? Fault::denied : Fault::internal;
    return Error{fault, fmt::format("cannot {} '{}': {}", what, path.string(), std::strerror(errno))};
}

bool in_memory(const fs::path& folder) {
    struct statfs info{};
    if (::statfs(folder.c_str(), &info) != 0) return false;
    return info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC;
}

/// FNV-1a: the same in every build, and nobody gains by a collision.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char byte : text)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    return hash;
}

/// Whether it is a folder of ours alone, which nobody else can have put there or change. Where everybody may make files
/// somebody could have been there before, with a link to what is to be removed next.
bool is_private(const fs::path& folder) {
    struct stat info{};
    return ::lstat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid() &&
           (info.st_mode & 077U) == 0;
}

void make_private(const fs::path& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) throw cannot("make the folder", folder);
    if (is_private(folder)) return;
    throw Error{Fault::denied, fmt::format("'{}' is not a folder of this user alone", folder.string())}.hint(
        "remove it, or find out who has put it there");
}

void write_file(const fs::path& path, std::string_view bytes) {
    const Fd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400)};
    if (!file.open()) throw cannot("make", path);
    while (!bytes.empty()) {
        const auto written = ::write(file.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw cannot("write", path);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    // The server's user is any one; that it sees this file and no other is the mount's doing.
    if (::fchmod(file.get(), 0444) != 0) throw cannot("write", path);
}

} // namespace

SecretFiles::SecretFiles(const Environment& environment, const Paths& paths) {
    const auto leaf = fmt::format("toolhive-secrets-{}-{:016x}", ::geteuid(), hash_of(paths.state.string()));
    const fs::path login = fmt::format("/run/user/{}", ::geteuid());
    const fs::path runtime = environment.get_or("XDG_RUNTIME_DIR", "");
    if (runtime.is_absolute()) places_.push_back(runtime / leaf);
    // A cron job, which has no such variable, must find what a login shell has made.
    if (runtime != login) places_.push_back(login / leaf);
    places_.push_back(fs::path{"/dev/shm"} / leaf);
}

fs::path SecretFiles::write(const std::string& workload, const std::map<std::string, std::string>& files) const {
    remove(workload);
    for (const auto& place : places_) {
        if (!in_memory(place.parent_path()) || ::access(place.parent_path().c_str(), W_OK) != 0) continue;
        make_private(place);
        const auto folder = place / workload;
        make_private(folder);
        for (const auto& [name, value] : files)
            write_file(folder / name, value);
        return folder;
    }
    throw Error{Fault::unsupported, "there is no file system in memory here for a secret as a file"}.hint(
        "leave as=file out, or set XDG_RUNTIME_DIR to a folder on a tmpfs");
}

void SecretFiles::remove(const std::string& workload) const {
    for (const auto& place : places_) {
        if (!is_private(place)) continue;
        std::error_code failure;
        fs::remove_all(place / workload, failure);
        if (failure)
            throw Error{Fault::internal,
                        fmt::format("cannot remove '{}': {}", (place / workload).string(), failure.message())};
        fs::remove(place, failure); // when it was the last one
    }
}

} // namespace thv::engine
