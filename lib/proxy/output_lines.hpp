// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proxy/frontend.hpp"

#include <string>
#include <string_view>

namespace thv::proxy {

/// Cuts what a server writes for people into lines, of at most 64 KiB each.
class OutputLines {
public:
    explicit OutputLines(OutputSink sink)
        : sink_(std::move(sink)) {}

    void feed(std::string_view bytes) {
        if (!sink_) return;
        for (const char byte : bytes) {
            if (byte != '\n') line_ += byte;
            if (byte == '\n' || line_.size() >= limit) flush();
        }
    }
    void flush() {
        if (sink_ && !line_.empty()) sink_(line_);
        line_.clear();
    }

private:
    static constexpr std::size_t limit = 64U << 10U;
    OutputSink sink_;
    std::string line_;
};

} // namespace thv::proxy
