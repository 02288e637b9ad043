// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "store/statuses.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace thv;

/// What is read can be written, and says the same when it is read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto status = status_from_json({reinterpret_cast<const char*>(data), size}, "input");
        const auto written = to_json(status);
        const auto again = status_from_json(written, "written");
        if (to_json(again) != written || again.created_at != status.created_at || again.state != status.state) {
            std::abort();
        }
    } catch (const Error& error) {
        if (error.fault() != Fault::usage) std::abort();
    }
    return 0;
}
