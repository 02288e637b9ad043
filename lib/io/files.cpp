// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/files.hpp"

#include "core/error.hpp"
#include "io/signals.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace thv {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t usual_size = 16U << 10U; // of what does not say how long it is

[[noreturn]] void fail_with_errno(std::string_view doing, const fs::path& path, int code) {
    const auto fault = code == EACCES || code == EPERM || code == EROFS ? Fault::denied : Fault::internal;
    Error error{fault, fmt::format("cannot {} '{}': {}", doing, path.string(), std::strerror(code))};
    if (code == ENOSPC || code == EDQUOT) throw std::move(error).hint("free some disk space and try again");
    if (fault == Fault::denied) throw std::move(error).hint("check the owner and the permissions of the path");
    throw error;
}

void write_all(int fd, std::string_view bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail_with_errno("write", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void sync_folder(const fs::path& folder) {
    const Fd fd{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    // Some file systems cannot fsync a folder (EINVAL); the rename itself has happened then, which is all there is.
    if (!fd.open() || (::fsync(fd.get()) != 0 && errno != EINVAL)) fail_with_errno("sync folder", folder, errno);
}

struct Opened {
    Fd fd; ///< not open when there is no such file
    struct stat info{};
};

Opened open_to_read(const fs::path& path, int flags) {
    Opened file{.fd = Fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags)}};
    if (!file.fd.open() && errno == EINTR) throw interrupted(); // while it waited for somebody to write into a pipe
    if (!file.fd.open() && errno != ENOENT && errno != ENOTDIR) fail_with_errno("open", path, errno);
    if (file.fd.open() && ::fstat(file.fd.get(), &file.info) != 0) fail_with_errno("read", path, errno);
    return file;
}

/// Without a size it may have to wait for somebody, and a signal ends that.
std::string read_all(int fd, const fs::path& path, std::size_t limit, std::optional<std::size_t> expected) {
    std::string bytes;
    bytes.resize(std::min(limit, expected.value_or(usual_size)) + 1);
    std::size_t size = 0;
    while (true) {
        if (size == bytes.size()) bytes.resize(std::min(limit + 1, bytes.size() * 2));
        const auto got = ::read(fd, bytes.data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR && !expected) throw interrupted();
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail_with_errno("read", path, errno);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
        if (size > limit) throw Error{Fault::usage, fmt::format("'{}' is larger than {} bytes", path.string(), limit)};
    }
    bytes.resize(size);
    return bytes;
}

/// A complete, synced temp file beside its target; removed unless it has been renamed away.
class TempFile {
public:
    TempFile(const fs::path& target, std::string_view bytes) {
        make_folder(target.parent_path());
        pattern_ = (target.parent_path() / fmt::format(".{}.tmp-XXXXXX", target.filename().string())).string();
        Fd fd{::mkostemp(pattern_.data(), O_CLOEXEC)};
        if (!fd.open()) fail_with_errno("create a file in", target.parent_path(), errno);
        created_ = true;
        try {
            write_all(fd.get(), bytes, target);
            if (::fsync(fd.get()) != 0) fail_with_errno("sync", target, errno);
        } catch (...) {
            ::unlink(pattern_.c_str());
            throw;
        }
    }
    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;
    ~TempFile() {
        if (created_) ::unlink(pattern_.c_str());
    }
    const char* path() const { return pattern_.c_str(); }
    void renamed() { created_ = false; }

private:
    std::string pattern_;
    bool created_ = false;
};

} // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
    if (this != &other) {
        close();
        fd_ = other.release();
    }
    return *this;
}

int Fd::release() {
    return std::exchange(fd_, -1);
}

void Fd::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::optional<std::string> read_file(const fs::path& path, std::size_t limit) {
    const auto [fd, info] = open_to_read(path, O_NONBLOCK);
    if (!fd.open()) return std::nullopt;
    if (!S_ISREG(info.st_mode)) throw Error{Fault::usage, fmt::format("'{}' is not a regular file", path.string())};
    return read_all(fd.get(), path, limit, static_cast<std::size_t>(info.st_size));
}

std::optional<std::string> read_stream(const fs::path& path, std::size_t limit) {
    const auto [fd, info] = open_to_read(path, 0);
    if (!fd.open()) return std::nullopt;
    if (S_ISDIR(info.st_mode)) throw Error{Fault::usage, fmt::format("'{}' is a folder", path.string())};
    return read_all(fd.get(), path, limit, std::nullopt);
}

std::string read_to_end(int fd, std::string_view name, std::size_t limit) {
    return read_all(fd, name, limit, std::nullopt);
}

void write_atomic(const fs::path& path, std::string_view bytes) {
    TempFile temp{path, bytes};
    if (::rename(temp.path(), path.c_str()) != 0) fail_with_errno("write", path, errno);
    temp.renamed();
    sync_folder(path.parent_path());
}

bool create_atomic(const fs::path& path, std::string_view bytes) {
    const TempFile temp{path, bytes};
    if (::link(temp.path(), path.c_str()) != 0) {
        if (errno == EEXIST) return false;
        fail_with_errno("create", path, errno);
    }
    sync_folder(path.parent_path());
    return true;
}

bool remove_file(const fs::path& path) {
    if (::unlink(path.c_str()) == 0) {
        sync_folder(path.parent_path());
        return true;
    }
    if (errno == ENOENT || errno == ENOTDIR) return false;
    fail_with_errno("remove", path, errno);
}

void make_folder(const fs::path& path) {
    if (path.empty() || ::access(path.c_str(), F_OK) == 0) return;
    make_folder(path.parent_path());
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail_with_errno("create folder", path, errno);
}

namespace {

/// Whether the path still names the file behind the descriptor.
bool same_file(int fd, const fs::path& path) {
    struct stat held{};
    struct stat named{};
    return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
}

} // namespace

std::optional<FileLock> FileLock::acquire(const fs::path& path, Duration patience) {
    make_folder(path.parent_path());
    const auto until = std::chrono::steady_clock::now() + patience;
    auto pause = std::chrono::milliseconds{1};
    int folders_left = 100;
    while (true) {
        Fd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
        if (!fd.open()) {
            if (errno != ENOENT || --folders_left == 0) fail_with_errno("open lock", path, errno);
            make_folder(path.parent_path()); // somebody has taken it away meanwhile
            continue;
        }
        if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
            if (same_file(fd.get(), path)) return FileLock{std::move(fd), path};
            continue;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) fail_with_errno("lock", path, errno);
        if (std::chrono::steady_clock::now() >= until) return std::nullopt;
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::milliseconds{50});
    }
}

void FileLock::discard(FileLock lock) {
    // Whoever waits for the file that goes away here sees that its path names another one, and starts over.
    if (same_file(lock.fd_.get(), lock.path_)) remove_file(lock.path_);
}

bool FileLock::held(const fs::path& path) {
    const Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    return fd.open() && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

} // namespace thv
