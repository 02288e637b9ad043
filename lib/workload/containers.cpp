// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "workload/containers.hpp"

namespace thv {

bool ContainerInfo::managed() const {
    const auto label = labels.find("toolhive");
    return label != labels.end() && label->second == "true";
}

Task<std::optional<std::string>> Containers::adopt(RunConfig) {
    co_return std::nullopt;
}

Task<std::unique_ptr<Stdio>> Containers::spawn(std::string) {
    co_return nullptr;
}

} // namespace thv
