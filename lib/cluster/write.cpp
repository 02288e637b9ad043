// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/write.hpp"

#include "core/name.hpp"
#include "manifest/manifest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace thv::cluster {

Json manifest_of(const RunConfig& config, std::string_view name_space) {
    const auto manifest = manifest_from(config, name_space);
    if (!manifest.left_out.empty())
        throw Error{Fault::unsupported,
                    fmt::format("not available on a cluster: {}", fmt::join(manifest.left_out, ", "))}
            .hint("leave that out");
    return Json(manifest.object);
}

Task<> require_group(Api& api, std::string name) {
    if (name.empty() || name == default_group) co_return;
    const Place place{mcp_groups, api.name_space(), name};
    const auto group = co_await api.find(place);
    if (!group)
        throw Error{Fault::not_found, fmt::format("no group named '{}'", name)}.hint(
            fmt::format("create it with 'thv group create {}'", name));
}

} // namespace thv::cluster
