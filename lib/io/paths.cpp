// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/paths.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

namespace thv {

namespace {

std::filesystem::path base(const Environment& environment, std::string_view variable, std::string_view below_home) {
    // A relative value is invalid by the XDG base directory specification and ignored.
    if (const auto value = environment.get(variable); value && value->starts_with('/')) return *value;
    const auto home = environment.get("HOME");
    if (!home)
        throw Error{Fault::usage, fmt::format("neither {} nor HOME is set", variable)}.hint(
            "set HOME, or the XDG variables, to where thv may keep its files");
    return std::filesystem::path{*home} / below_home;
}

} // namespace

Paths Paths::from(const Environment& environment) {
    Paths paths;
    paths.config = base(environment, "XDG_CONFIG_HOME", ".config") / "toolhive";
    paths.state = base(environment, "XDG_STATE_HOME", ".local/state") / "toolhive";
    paths.data = base(environment, "XDG_DATA_HOME", ".local/share") / "toolhive";
    paths.cache = base(environment, "XDG_CACHE_HOME", ".cache") / "toolhive";
    const auto runtime = environment.get("XDG_RUNTIME_DIR");
    paths.runtime =
        runtime && runtime->starts_with('/') ? std::filesystem::path{*runtime} / "toolhive" : paths.state / "run";
    return paths;
}

std::filesystem::path Paths::proxy_log(std::string_view name) const {
    return logs() / fmt::format("{}.log", name);
}

} // namespace thv
