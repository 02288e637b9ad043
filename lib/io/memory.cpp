// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/memory.hpp"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cstdint>
#include <span>

namespace thv {

namespace {

using Segment = ElfW(Phdr);

bool is_code(const Segment& segment) {
    return segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 && (segment.p_flags & PF_W) == 0;
}

/// Code is never written to, so all of its pages can be had from the file again. A hint: failures do not matter, such
/// as that of the kernel's own page of code.
int give_back_object(dl_phdr_info* object, std::size_t /*size*/, void* /*nothing*/) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (const auto& segment : std::span{object->dlpi_phdr, object->dlpi_phnum}) {
        if (!is_code(segment)) continue;
        const auto begin = (object->dlpi_addr + segment.p_vaddr) / page * page;
        const auto end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
        ::madvise(std::bit_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
    return 0;
}

} // namespace

void keep_no_free_memory() {
    constexpr int large = 1 << 20;
    ::mallopt(M_MMAP_THRESHOLD, large); // setting it ends its growth with what is freed
    ::mallopt(M_TRIM_THRESHOLD, large);
}

void give_back_code() {
    ::dl_iterate_phdr(give_back_object, nullptr);
}

} // namespace thv
