// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/kubeconfig.hpp"

#include "core/error.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace thv;

/// Whatever two kubeconfigs hold, they are one together, each of whose contexts is complete or an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto middle = std::min(text.find('\0'), text.size());
    try {
        const auto config = cluster::merge_kubeconfigs(
            {{"/a/config", std::string{text.substr(0, middle)}}, {"/b/config", std::string{text.substr(middle)}}});
        for (const auto& [name, context] : config.contexts) {
            const auto settings = cluster::settings_of(config, name);
            if (settings.cluster.server.empty() || settings.name_space.empty()) std::abort();
        }
    } catch (const Error& error) {
        const auto fault = error.fault();
        if (fault != Fault::usage && fault != Fault::not_found && fault != Fault::unsupported) std::abort();
    }
    return 0;
}
