// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace thv::cluster {

/// A line of a container's log as a kubelet hands it out when it is asked for stamps: "STAMP TEXT".
struct LogRecord {
    std::string line;            ///< all of it
    std::size_t text_begins = 0; ///< where the text begins in it
    std::optional<Time> written; ///< none: it has no stamp, and belongs to the line before

    std::string_view text() const { return std::string_view{line}.substr(text_begins); }
};
LogRecord read_record(std::string_view line);

/// Where a reader of one container's log has come to. A log can be asked for from a whole second on only, and several
/// lines may have been written at one instant, so what comes again is recognised here.
class LogCursor {
public:
    /// The log is about to come again, from `since()` or earlier.
    void rewind();
    /// Whether this record has not come before. Records come in the log's order; one without a stamp has the time of
    /// the one before it.
    bool admits(const LogRecord& record);
    /// From when to read on; none: from the beginning.
    std::optional<Time> since() const { return last_; }

private:
    std::optional<Time> last_;
    std::size_t at_last_ = 0;     ///< how many records of that instant have been admitted
    bool again_ = false;          ///< what comes has come before
    std::size_t still_again_ = 0; ///< records of the last instant that are still to come again
    std::optional<Time> before_;  ///< the time of the record before
};

/// What of a container's log is asked for.
struct LogRequest {
    std::string container;
    std::optional<int> lines = {}; ///< the last so many
    std::optional<Time> since = {};
    bool follow = false;
    bool previous = false;
};
/// The query of a request for a pod's log, with stamps
/// (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod).
std::string log_query(const LogRequest& request);

} // namespace thv::cluster
