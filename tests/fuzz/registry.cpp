// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "registry/entry.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace thv;

namespace {

/// What is read is written so that the same is read again.
void check(const registry::Catalogue& catalogue) {
    for (const auto& entry : catalogue.entries)
        if (entry.name.empty() || entry.image.empty() == entry.url.empty()) std::abort();
    try {
        const auto again = registry::parse_catalogue(registry::to_json(catalogue), "again");
        if (again.entries != catalogue.entries) std::abort();
    } catch (const Error& error) {
        if (error.fault() != Fault::usage) std::abort(); // not UTF-8
    }
}

} // namespace

/// Any bytes are a registry file or a page of an API, or an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    try {
        check(registry::parse_catalogue(text, "fuzz"));
    } catch (const Error& error) {
        if (error.fault() != Fault::usage) std::abort();
    }
    try {
        auto page = registry::parse_page(text, "fuzz");
        registry::tidy(page.catalogue);
        check(page.catalogue);
    } catch (const Error& error) {
        if (error.fault() != Fault::usage) std::abort();
    }
    return 0;
}
