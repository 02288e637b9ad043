// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace thv {

/// Owns a file descriptor.
class Fd {
public:
    Fd() = default;
    explicit Fd(int fd)
        : fd_(fd) {}
    Fd(Fd&& other) noexcept
        : fd_(other.release()) {}
    Fd& operator=(Fd&& other) noexcept;
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { close(); }
    int get() const { return fd_; }
    bool open() const { return fd_ >= 0; }
    int release();
    void close();

private:
    int fd_ = -1;
};

/// The bytes of a file of at most `limit` bytes; none when there is no such file. Throws Error for anything else.
std::optional<std::string> read_file(const std::filesystem::path& path, std::size_t limit = 16U << 20U);

/// As read_file, also from what is no regular file: a pipe, such as a shell makes of <(command), is read to its end.
/// Waits for its writer; Fault::interrupted when a signal comes meanwhile.
std::optional<std::string> read_stream(const std::filesystem::path& path, std::size_t limit);

/// The rest of what a descriptor gives, at most `limit` bytes. `name` is what errors call it. Throws as read_stream.
std::string read_to_end(int fd, std::string_view name, std::size_t limit);

/// Replaces a file in one step that survives a crash: temp file 0600 in the same folder, fsync, rename, fsync of the
/// folder. On failure (a full disk) the old content is untouched and no temp file stays.
void write_atomic(const std::filesystem::path& path, std::string_view bytes);

/// The same, but only when there is no such file yet: false when there is one (decided atomically, by link(2)).
bool create_atomic(const std::filesystem::path& path, std::string_view bytes);

/// Removes a file; false when there was none.
bool remove_file(const std::filesystem::path& path);

/// Makes a folder and its parents with mode 0700 (upstream's 0750 for the ones it has made stays).
void make_folder(const std::filesystem::path& path);

/// An advisory lock on a file of its own (flock, made 0600). Released by the destructor and by the death of the
/// process. A lock file that somebody unlinked while others waited for it excludes nobody, so the holder checks that
/// what it locked is still what the path names, and starts over otherwise.
class FileLock {
public:
    /// The lock, or none when somebody else has held it for all of `patience` (zero: do not wait). Blocks the thread.
    static std::optional<FileLock> acquire(const std::filesystem::path& path, Duration patience);

    /// Removes the lock's file and lets go of the lock, once what it guarded is gone for good.
    static void discard(FileLock lock);

    /// Whether somebody holds it at this moment; never creates the file.
    static bool held(const std::filesystem::path& path);

private:
    FileLock(Fd fd, std::filesystem::path path)
        : fd_(std::move(fd))
        , path_(std::move(path)) {}
    Fd fd_;
    std::filesystem::path path_;
};

} // namespace thv
