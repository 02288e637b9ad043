// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/name.hpp"
#include "core/run_config.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace thv;

/// Whatever a person types is a valid value or an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (!WorkloadName::parse(name_from_image(text))) std::abort();
    if (const auto time = parse_rfc3339(text)) {
        if (parse_rfc3339(format_rfc3339(*time)) != *time) std::abort();
    }
    if (const auto span = parse_duration(text)) static_cast<void>(human_span(*span));
    if (const auto mount = parse_volume(text, "/home/user")) {
        if (!mount->source.starts_with('/') || !mount->target.starts_with('/')) std::abort();
    }
    if (const auto port = parse_publish(text)) {
        if (port->container < 1 || port->container > 65535) std::abort();
    }
    static_cast<void>(GroupName::parse(text));
    return 0;
}
