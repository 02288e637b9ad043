// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "workload/platform.hpp"

namespace thv {

namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const auto start = text.find_first_not_of(blank);
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(blank) - start + 1);
}

} // namespace

Platform select_platform(const Environment& environment, bool asked) {
    if (asked) return Platform::cluster;
    const auto runtime = environment.get_or("TOOLHIVE_RUNTIME", "");
    const auto wanted = trimmed(runtime);
    if (wanted == "kubernetes") return Platform::cluster;
    if (!wanted.empty()) return Platform::engine;
    return environment.get("KUBERNETES_SERVICE_HOST") ? Platform::cluster : Platform::engine;
}

} // namespace thv
