// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/audit_file.hpp"

#include "core/error.hpp"
#include "io/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace thv::proxy {

namespace {

constexpr std::size_t most_pending = 4U << 20U;
constexpr auto pause = std::chrono::milliseconds{5}; // in which lines collect, so that many make one write

/// How many bytes were written, and the error that kept the rest from it.
std::pair<std::size_t, int> put(int file, std::string_view bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto count = ::write(file, bytes.data() + done, bytes.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return {done, errno};
        done += static_cast<std::size_t>(count);
    }
    return {done, 0};
}

std::uint64_t lines_in(std::string_view text) {
    return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

} // namespace

AuditFile::AuditFile(std::string path)
    : path_(std::move(path)) {
    make_folder(std::filesystem::path{path_}.parent_path());
    open();
    if (!file_.open())
        throw Error{Fault::denied, fmt::format("the audit log '{}' cannot be written: {}", path_, std::strerror(errno))}
            .hint("a server whose calls are to be written down does not run without that");
    thread_ = std::thread{[this] { run(); }};
}

AuditFile::~AuditFile() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
    tell();
}

void AuditFile::open() {
    // Not to wait for the reader of a pipe, which is no file and is not taken for one.
    file_ = Fd{::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)};
    struct stat info{};
    if (!file_.open() || ::fstat(file_.get(), &info) != 0) return;
    if (S_ISREG(info.st_mode) || S_ISCHR(info.st_mode)) return;
    file_.close();
    errno = EINVAL;
}

void AuditFile::reopen_if_moved() {
    struct stat there{};
    struct stat ours{};
    const bool same = file_.open() && ::stat(path_.c_str(), &there) == 0 && ::fstat(file_.get(), &ours) == 0 &&
                      there.st_ino == ours.st_ino && there.st_dev == ours.st_dev;
    if (same) return;
    torn_ = false;
    open();
}

void AuditFile::add(std::string_view line) {
    tell();
    bool first = false;
    {
        const std::lock_guard lock{mutex_};
        const bool full = pending_.size() + line.size() >= most_pending;
        if (full) ++lost_;
        if (full && !std::exchange(overflowing_, true)) failure_ = EAGAIN;
        if (full) return;
        overflowing_ = false;
        first = pending_.empty();
        pending_.append(line).push_back('\n');
    }
    if (first) changed_.notify_one();
}

/// The log is not this class's thread's to write.
void AuditFile::tell() {
    if (failure_.load(std::memory_order_relaxed) == 0) return;
    const int failure = failure_.exchange(0);
    log::error("the audit log '{}' cannot be written: {}; lines are lost until it can", path_, std::strerror(failure));
}

void AuditFile::run() {
    std::unique_lock lock{mutex_};
    while (true) {
        changed_.wait(lock, [this] { return ending_ || !pending_.empty(); });
        changed_.wait_for(lock, pause, [this] { return ending_; });
        const auto lines = std::exchange(pending_, {});
        const bool last = ending_;
        lock.unlock();
        if (!lines.empty()) write(lines);
        if (last) return;
        lock.lock();
    }
}

void AuditFile::write(std::string_view lines) {
    reopen_if_moved();
    int failure = file_.open() ? 0 : errno;
    std::size_t done = 0;
    if (failure == 0 && torn_) {
        failure = put(file_.get(), "\n").second;
        torn_ = failure != 0;
    }
    if (failure == 0) {
        std::tie(done, failure) = put(file_.get(), lines);
        torn_ = done != 0 && lines[done - 1] != '\n';
    }
    lost_ += lines_in(lines.substr(done));
    if (failure != 0 && !failing_) failure_ = failure;
    failing_ = failure != 0;
}

} // namespace thv::proxy
