// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace thv::cluster {

/// Makes lines of the bytes of a watch, however they are cut.
class EventLines {
public:
    /// A line may have at most `longest` bytes. `from` names the server in errors.
    EventLines(std::size_t longest, std::string from)
        : longest_(longest)
        , from_(std::move(from)) {}
    /// The lines that these bytes complete; empty ones are left out. Throws Fault::internal for one that is too long.
    std::vector<std::string> feed(std::string_view bytes);

private:
    std::size_t longest_;
    std::string from_;
    std::string rest_;
};

/// The object's resource version is to be gone on from, and nothing else has happened.
struct Bookmark {
    std::string version;
};
/// The watch has failed; a Status as text.
struct WatchFailure {
    int code = 500;
    std::string status;
};
/// What one line of a watch tells; none for a type of event that we do not know.
using Line = std::variant<std::monostate, WatchEvent, Bookmark, WatchFailure>;

/// Throws Fault::internal for a line that is no event of a watch.
Line read_line(std::string_view text, std::string_view from);

} // namespace thv::cluster
