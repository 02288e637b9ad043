// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/files.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace thv::proxy {

/// A file that grows line by line, made readable by its owner only. A thread writes it, because a disk may take its
/// time and clients must not wait for it: a line is in the file a few milliseconds after it was added. A file that was
/// moved away or removed (as log rotation does) is made anew.
class AuditFile {
public:
    /// Opens the file, and makes its folder. Throws Fault::denied when that is not possible.
    explicit AuditFile(std::string path);
    /// Writes what is left.
    ~AuditFile();
    AuditFile(const AuditFile&) = delete;
    AuditFile& operator=(const AuditFile&) = delete;

    /// `line` is one line without its end. When too many wait to be written, or the file cannot be written, it is lost,
    /// and counted; the log tells of the first one.
    void add(std::string_view line);
    std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

private:
    void open();
    void reopen_if_moved();
    void run();
    void write(std::string_view lines);
    void tell();

    std::string path_;
    Fd file_;           ///< the following are the thread's
    bool torn_ = false; ///< the last line in the file has no end
    bool failing_ = false;

    std::atomic<std::uint64_t> lost_ = 0;
    std::atomic<int> failure_ = 0; ///< to be told: an errno
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string pending_; ///< the following are guarded
    bool ending_ = false;
    bool overflowing_ = false; ///< of whoever adds
    std::thread thread_;
};

} // namespace thv::proxy
