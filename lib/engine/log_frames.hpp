// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/line_cutter.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace thv::engine {

/// Takes an engine's multiplexed stream apart: frames of an 8-byte header (stream 0 to 3, three zeros, the payload's
/// length in big endian) and a payload (Docker Engine API, "Attach to a container"). Keeps no payload, so a frame of
/// any length costs nothing; a header that is split between two calls is completed by the second.
class LogFrames {
public:
    /// Appends the payloads in `bytes` to one string per stream. Throws Fault::internal for a header that is none: the
    /// stream is not multiplexed or is out of step.
    struct Output {
        std::string to_stdout;
        std::string to_stderr; ///< and the engine's own complaints about the stream
    };
    void feed(std::string_view bytes, Output& output);

    /// True between frames: a stream that ends here is complete.
    bool at_boundary() const { return left_ == 0 && header_size_ == 0; }

private:
    bool complete_header(std::string_view& bytes);

    std::array<unsigned char, 8> header_{};
    std::size_t header_size_ = 0;
    std::uint32_t left_ = 0;
    bool to_stderr_ = false;
};

} // namespace thv::engine
