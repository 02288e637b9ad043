// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "cluster/log_record.hpp"
#include "io/line_cutter.hpp"
#include "io/task.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace thv::cluster {

/// One container's log, record by record; each is cut at 1 MiB.
class LogReader {
public:
    explicit LogReader(std::unique_ptr<http::Stream> stream)
        : stream_(std::move(stream)) {}

    /// The next record; none at the end. Throws Fault::unreachable when the server goes away in the middle, after what
    /// had arrived in whole lines was returned.
    Task<std::optional<LogRecord>> next();

private:
    std::unique_ptr<http::Stream> stream_;
    LineCutter cutter_;
    std::deque<LogRecord> ready_;
    bool ended_ = false;
};

/// Opens the log of a pod's container. None when the container has none yet, or none before its last restart, or when
/// the pod is gone.
Task<std::unique_ptr<LogReader>> open_log(Api& api, std::string pod, LogRequest request);

/// Reads several logs to their ends as one, in the order in which the records were written; `sink` gets each with the
/// number of its log.
Task<> read_merged(std::vector<std::unique_ptr<LogReader>> logs, std::function<void(std::size_t, LogRecord)> sink);

} // namespace thv::cluster
