// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"
#include "core/workload.hpp"
#include "store/folder.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// What a supervisor last said about its workload.
struct Status {
    State state = State::unknown;
    std::string context; ///< why; may be empty
    Time created_at;
    Time updated_at;
    int process_id = 0; ///< 0: none. Never signalled without a check that it is still the same process.
    nlohmann::ordered_json document = nlohmann::ordered_json::object(); ///< what was read, unknown fields included
};

/// Parses upstream's status file (pkg/workloads/statuses/file_status.go). Fault::usage for everything else, also for
/// a missing status or creation time; a missing time of change is the creation time.
Status status_from_json(std::string_view text, std::string_view where);
/// The bytes of the file: two-space indent, UTC times, no final newline.
std::string to_json(const Status& status);

/// The status files, shared with upstream. Reading takes no lock, for files are replaced in one step, and never
/// writes. Writers hold upstream's lock NAME.lock, which upstream unlinks at each release and we only with the status
/// itself; when somebody else holds it for longer than a second they throw Fault::conflict. Names that are not workload
/// names are Fault::usage.
class Statuses {
public:
    explicit Statuses(std::filesystem::path folder);

    std::vector<std::string> names() const;
    /// Whether there is a file, readable or not.
    bool exists(std::string_view name) const { return folder_.contains(name); }
    /// None when there is no such file. Throws for one that cannot be read.
    std::optional<Status> load(std::string_view name) const;

    /// Sets state and context, and makes the file if need be; time of creation and PID stay. A file that cannot be
    /// read is moved aside first. A context that is not UTF-8 is repaired, and one of more than 4 KiB cut.
    void put(std::string_view name, State state, std::string_view context);
    /// False, and nothing written, when there is no such file.
    bool set_pid(std::string_view name, int pid);
    /// Sets the PID to 0 if it is this one, as a supervisor does that ends; false when it is not.
    bool clear_pid(std::string_view name, int pid);
    /// Moves a file that cannot be read to NAME.json.corrupted; false when it is fine or not there.
    bool quarantine(std::string_view name);
    /// False when there was none.
    bool erase(std::string_view name);

private:
    FileLock lock(std::string_view name) const;
    void set_aside(std::string_view name) const;

    JsonFolder folder_;
};

} // namespace thv
