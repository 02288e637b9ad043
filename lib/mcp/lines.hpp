// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace thv::mcp {

/// Cuts a byte stream into lines, in time linear in its length whatever the chunks are. A line longer than the limit
/// is dropped whole and counted; only its ends are shown.
class Lines {
public:
    static constexpr std::size_t default_limit = 64U << 20U;
    explicit Lines(std::size_t limit = default_limit)
        : limit_(limit) {}

    /// Calls `visit(line)` for every line that `chunk` completes, without its LF or CR LF. The view lives until
    /// `visit` returns.
    template <typename Visit>
    void feed(std::string_view chunk, Visit visit) {
        feed(chunk, visit, [](std::string_view, std::string_view) {});
    }
    /// The same, and `lost(begin, end)` for one that was dropped: its first and its last bytes, at most 512 of each.
    template <typename Visit, typename Lost>
    void feed(std::string_view chunk, Visit visit, Lost lost) {
        for (auto end = chunk.find('\n'); end != std::string_view::npos; end = chunk.find('\n')) {
            const auto part = chunk.substr(0, end);
            chunk.remove_prefix(end + 1);
            if (held_.empty() && !skipping_ && part.size() <= limit_) {
                visit(without_cr(part)); // the usual case: nothing is copied
            } else if (hold(part); !skipping_) {
                visit(without_cr(held_));
            } else {
                lost(std::string_view{held_}, std::string_view{tail_});
            }
            next();
        }
        hold(chunk);
    }

    std::uint64_t too_long() const { return too_long_; }
    /// Forgets an unfinished line.
    void reset() { next(); }

private:
    static std::string_view without_cr(std::string_view line) {
        return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    }
    void hold(std::string_view part);
    void skip(std::string_view part);
    void next();

    std::size_t limit_;
    std::string held_; ///< of a line that is skipped, the beginning
    std::string tail_; ///< of it, the end
    bool skipping_ = false;
    std::uint64_t too_long_ = 0;
};

} // namespace thv::mcp
