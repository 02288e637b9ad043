// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/pods.hpp"

#include "cluster/meta.hpp"
#include "cluster/status_error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::cluster {

namespace {

/// A server that has crashed so often does not wait for another one to come up.
constexpr long long restarts_for_good = 3;

std::optional<Trouble> trouble_in(const Json& container) {
    const auto reason = presentable(text_at(container, {"state", "waiting", "reason"}));
    if (reason == "ContainerCreating" || reason == "PodInitializing") return std::nullopt;
    if (!reason.empty()) {
        const bool crashes = reason == "CrashLoopBackOff";
        const bool often = integer_at(container, {"restartCount"}).value_or(0) >= restarts_for_good;
        const bool hopeless = reason == "InvalidImageName" || reason == "ErrImageNeverPull";
        const auto message = presentable(text_at(container, {"state", "waiting", "message"}));
        return Trouble{message.empty() ? reason : fmt::format("{}: {}", reason, message),
                       hopeless || (crashes && often)};
    }
    const auto code = integer_at(container, {"state", "terminated", "exitCode"});
    if (!code || *code == 0) return std::nullopt;
    const auto name = presentable(text_at(container, {"name"}));
    return Trouble{fmt::format("container '{}' ended with exit code {}", name, *code)};
}

} // namespace

std::optional<Trouble> trouble_of(const Json& pod) {
    const auto* scheduled = condition_of(pod, "PodScheduled");
    if (scheduled != nullptr && text_at(*scheduled, {"status"}) == "False")
        return Trouble{fmt::format("{}: {}", presentable(text_at(*scheduled, {"reason"})),
                                   presentable(text_at(*scheduled, {"message"})))};
    for (const auto key : {"initContainerStatuses", "containerStatuses"})
        for (const auto& container : elements_at(pod, {"status", key}))
            if (auto trouble = trouble_in(container)) return trouble;
    return std::nullopt;
}

bool is_ready(const Json& pod) {
    const auto* ready = condition_of(pod, "Ready");
    return ready != nullptr && text_at(*ready, {"status"}) == "True";
}

bool has_ended(const Json& pod) {
    const auto phase = text_at(pod, {"status", "phase"});
    return phase == "Succeeded" || phase == "Failed";
}

bool has_container(const Json& pod, std::string_view name) {
    return std::ranges::any_of(elements_at(pod, {"spec", "containers"}),
                               [&](const Json& container) { return text_at(container, {"name"}) == name; });
}

} // namespace thv::cluster
