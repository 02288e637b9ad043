// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/file_tail.hpp"

#include "core/error.hpp"
#include "engine/log_frames.hpp"
#include "io/deadline.hpp"
#include "io/files.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

namespace thv::engine {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// How often a follower looks whether the workload is still there: no event in the log's folder would tell.
constexpr auto between_looks = 2s;
constexpr std::size_t block = 64U << 10U;

Error cannot_read(const fs::path& path, int code) {
    return Error{code == EACCES ? Fault::denied : Fault::internal,
                 fmt::format("cannot read {}: {}", path.string(), std::generic_category().message(code))};
}

/// Where the last `lines` lines of a file of `size` bytes begin.
off_t start_of_last(const fs::path& path, int file, off_t size, int lines) {
    std::array<char, block> bytes{};
    int newlines = 0;
    for (off_t end = size; end > 0;) {
        const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(block));
        const auto got = ::pread(file, bytes.data(), static_cast<std::size_t>(end - begin), begin);
        if (got < 0) throw cannot_read(path, errno);
        for (auto at = static_cast<off_t>(got) - 1; at >= 0; --at) {
            // The newline at the very end closes the last line and begins none.
            const bool ends_a_line = bytes[static_cast<std::size_t>(at)] == '\n' && begin + at + 1 < size;
            if (ends_a_line && ++newlines == lines) return begin + at + 1;
        }
        end = begin;
    }
    return 0;
}

/// Keeps the lines that were written since a time.
class SinceFilter {
public:
    explicit SinceFilter(std::optional<Time> since)
        : since_(since) {}

    bool admits(std::string_view line) {
        if (!since_) return true;
        if (const auto written = parse_rfc3339(line.substr(0, line.find(' ')))) late_enough_ = *written >= *since_;
        return late_enough_;
    }

private:
    std::optional<Time> since_;
    bool late_enough_ = false;
};

class FollowedFile {
public:
    FollowedFile(fs::path path, const TailOptions& options, LineSink sink)
        : path_(std::move(path))
        , options_(options)
        , sink_(std::move(sink))
        , filter_(options.since) {}

    /// Opens the file when there is one; only its last lines count the first time.
    void open(bool first) {
        file_ = Fd{::open(path_.c_str(), O_RDONLY | O_CLOEXEC)};
        offset_ = 0;
        if (!file_.open()) {
            if (errno != ENOENT) throw cannot_read(path_, errno);
            return;
        }
        struct stat status{};
        if (::fstat(file_.get(), &status) != 0) throw cannot_read(path_, errno);
        inode_ = status.st_ino;
        if (!first || !options_.lines) return;
        offset_ =
            *options_.lines <= 0 ? status.st_size : start_of_last(path_, file_.get(), status.st_size, *options_.lines);
    }

    /// Everything that is there now.
    void drain() {
        std::array<char, block> bytes{};
        while (file_.open()) {
            const auto got = ::pread(file_.get(), bytes.data(), bytes.size(), offset_);
            if (got < 0) throw cannot_read(path_, errno);
            if (got == 0) break;
            offset_ += got;
            cutter_.feed({bytes.data(), static_cast<std::size_t>(got)}, [this](std::string_view line) { emit(line); });
        }
    }

    void finish() {
        cutter_.finish([this](std::string_view line) { emit(line); });
    }

    /// After the file was replaced or truncated: starts over with what is there now. False when it is the same.
    bool start_over() {
        struct stat status{};
        if (::stat(path_.c_str(), &status) != 0) return false;
        const bool same = file_.open() && status.st_ino == inode_ && status.st_size >= offset_;
        if (same) return false;
        finish();
        open(false);
        return true;
    }

private:
    void emit(std::string_view line) {
        if (filter_.admits(line)) sink_({.text = line});
    }

    fs::path path_;
    TailOptions options_;
    LineSink sink_;
    SinceFilter filter_;
    LineCutter cutter_;
    Fd file_;
    ino_t inode_ = 0;
    off_t offset_ = 0;
};

/// Tells of changes in a folder.
class FolderWatch {
public:
    FolderWatch(const asio::any_io_executor& executor, const fs::path& folder)
        : events_(executor) {
        Fd watcher{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
        constexpr std::uint32_t changes = IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM;
        if (watcher.open() && ::inotify_add_watch(watcher.get(), folder.c_str(), changes) >= 0)
            events_.assign(watcher.release());
    }

    /// A folder that is not there yet, or a machine without watches to spare, is looked at by the clock alone.
    bool works() const { return events_.is_open(); }

    Task<> change() {
        co_await events_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
        std::array<char, 4096> told{};
        while (::read(events_.native_handle(), told.data(), told.size()) > 0) {
        }
    }

private:
    asio::posix::stream_descriptor events_;
};

/// Until something has changed, or it is time to look anyway.
Task<> wait_for_change(FolderWatch& watch) {
    if (!watch.works()) {
        co_await sleep_for(between_looks);
        co_return;
    }
    try {
        co_await with_deadline(watch.change(), between_looks, "waiting for the log to grow");
    } catch (const Error& error) {
        if (error.fault() != Fault::timed_out) throw;
    }
}

} // namespace

Task<> tail_file(fs::path path, TailOptions options, LineSink sink, std::function<bool()> alive) {
    FolderWatch watch{co_await asio::this_coro::executor, path.parent_path()};
    FollowedFile file{path, options, std::move(sink)};
    file.open(true);
    for (;;) {
        // Asked before reading: what was written before the end is then read.
        const bool over = !options.follow || !alive();
        file.drain();
        if (file.start_over()) continue;
        if (over) break;
        co_await wait_for_change(watch);
    }
    file.finish();
}

} // namespace thv::engine
