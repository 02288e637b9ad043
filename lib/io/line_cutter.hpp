// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace thv {

/// Cuts the bytes of one stream into lines without their newline (and carriage return before it). A line longer than
/// `limit` is cut there and the rest of it dropped.
class LineCutter {
public:
    explicit LineCutter(std::size_t limit = 1U << 20U)
        : limit_(limit) {}

    template <typename Sink>
    void feed(std::string_view bytes, Sink&& sink) {
        for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
            append(bytes.substr(0, end));
            emit(sink);
            bytes.remove_prefix(end + 1);
        }
        append(bytes);
    }

    /// The last line when it has no newline.
    template <typename Sink>
    void finish(Sink&& sink) {
        if (!line_.empty()) emit(sink);
    }

private:
    void append(std::string_view bytes) { line_.append(bytes.substr(0, limit_ - line_.size())); }

    template <typename Sink>
    void emit(Sink&& sink) {
        if (line_.ends_with('\r')) line_.pop_back();
        sink(std::string_view{line_});
        line_.clear();
    }

    std::size_t limit_;
    std::string line_;
};

} // namespace thv
