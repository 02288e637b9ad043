// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/run_config.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace thv;

/// What is read can be written, and what was written once is written the same ever after.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto config = run_config_from_json({reinterpret_cast<const char*>(data), size}, "input");
        const auto written = to_json(config);
        const auto again = run_config_from_json(written, "written");
        if (to_json(again) != written || key(again) != key(config) || again.group != config.group) std::abort();
        static_cast<void>(workload_url(config));
    } catch (const Error& error) {
        if (error.fault() != Fault::usage) std::abort();
    }
    return 0;
}
