// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/line_marks.hpp"

#include "core/error.hpp"
#include "io/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace thv::engine {

std::unique_ptr<LineMarks> LineMarks::open(const std::filesystem::path& path, bool fresh) {
    const auto failed = [&path] {
        return Error{Fault::internal, fmt::format("cannot use {}: {}", path.string(), std::strerror(errno))};
    };
    const Fd file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file.open() || ::ftruncate(file.get(), size) != 0) throw failed();
    void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (mapped == MAP_FAILED) throw failed();
    std::unique_ptr<LineMarks> marks{new LineMarks{static_cast<volatile std::uint8_t*>(mapped)}};
    if (fresh) {
        marks->set_writing(false);
        marks->set_reading(false);
    }
    return marks;
}

LineMarks::~LineMarks() {
    ::munmap(const_cast<std::uint8_t*>(bytes_), size);
}

} // namespace thv::engine
