// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "yaml/yaml.hpp"

#include "core/error.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace thv;

/// Any bytes are YAML, which is written as it was read, or an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    constexpr YamlLimits limits{.bytes = 64U << 10U, .depth = 32, .nodes = 5000, .text = 256U << 10U};
    try {
        for (const auto& document : yaml_documents(text, "fuzz", limits))
            if (yaml_to_json(json_to_yaml(document), "fuzz") != document) std::abort();
    } catch (const Error& error) {
        if (error.fault() != Fault::usage) std::abort();
    }
    return 0;
}
