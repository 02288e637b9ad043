// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/log_frames.hpp"

#include "core/error.hpp"

#include <algorithm>

namespace thv::engine {

bool LogFrames::complete_header(std::string_view& bytes) {
    const auto part = std::min(header_.size() - header_size_, bytes.size());
    std::copy_n(bytes.begin(), part, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
    header_size_ += part;
    bytes.remove_prefix(part);
    if (header_size_ < header_.size()) return false;
    header_size_ = 0;
    if (header_[0] > 3 || header_[1] != 0 || header_[2] != 0 || header_[3] != 0)
        throw Error{Fault::internal, "the container engine's stream is not in frames"};
    to_stderr_ = header_[0] >= 2;
    left_ = (std::uint32_t{header_[4]} << 24U) | (std::uint32_t{header_[5]} << 16U) |
            (std::uint32_t{header_[6]} << 8U) | std::uint32_t{header_[7]};
    return true;
}

void LogFrames::feed(std::string_view bytes, Output& output) {
    while (!bytes.empty()) {
        if (left_ == 0 && !complete_header(bytes)) return;
        const auto part = std::min<std::size_t>(left_, bytes.size());
        (to_stderr_ ? output.to_stderr : output.to_stdout).append(bytes.substr(0, part));
        left_ -= static_cast<std::uint32_t>(part);
        bytes.remove_prefix(part);
    }
}

} // namespace thv::engine
