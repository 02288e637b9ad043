// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

namespace thv::engine {

/// Whether the two streams of a process stand within a line, kept where it survives the death of this process at any
/// moment: in a file that is mapped into memory, so that keeping it costs nothing.
class LineMarks {
public:
    /// Of a process that was just started (`fresh`), or as the predecessor left them.
    static std::unique_ptr<LineMarks> open(const std::filesystem::path& path, bool fresh);
    ~LineMarks();
    LineMarks(const LineMarks&) = delete;
    LineMarks& operator=(const LineMarks&) = delete;

    bool writing() const { return bytes_[0] != 0; }
    bool reading() const { return bytes_[1] != 0; }
    /// Part of a line may have been written to stdin.
    void set_writing(bool within) { bytes_[0] = within ? 1 : 0; }
    /// What was read of stdout last ended within a line.
    void set_reading(bool within) { bytes_[1] = within ? 1 : 0; }

    static constexpr std::size_t size = 2;

private:
    explicit LineMarks(volatile std::uint8_t* bytes)
        : bytes_(bytes) {}
    volatile std::uint8_t* bytes_; ///< volatile: each change is there before the next system call
};

} // namespace thv::engine
