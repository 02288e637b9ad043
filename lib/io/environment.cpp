// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/environment.hpp"

#include <unistd.h>

namespace thv {

Environment Environment::of_process() {
    std::map<std::string, std::string, std::less<>> variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return Environment{std::move(variables)};
}

std::optional<std::string> Environment::get(std::string_view name) const {
    const auto found = variables_.find(name);
    if (found == variables_.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

std::string Environment::get_or(std::string_view name, std::string_view otherwise) const {
    return get(name).value_or(std::string{otherwise});
}

std::vector<std::string> Environment::entries() const {
    std::vector<std::string> all;
    all.reserve(variables_.size());
    for (const auto& [name, value] : variables_)
        all.push_back(std::string{name}.append(1, '=').append(value));
    return all;
}

Environment Environment::with(std::map<std::string, std::string> variables) const {
    auto all = variables_;
    for (auto& [name, value] : variables)
        all.insert_or_assign(name, std::move(value));
    return Environment{std::move(all)};
}

bool is_confidential(std::string_view variable) {
    return variable.starts_with("TOOLHIVE_SECRET_") || variable == "TOOLHIVE_SECRETS_PASSWORD";
}

} // namespace thv
