// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/environment.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace thv::secrets {

/// Where the values of secrets are to be had. Blocks while it reads, and where a person types.
struct Values {
    virtual ~Values() = default;
    /// The value of each of these secrets. Fault::not_found for the first that does not exist; Fault::denied when they
    /// cannot be opened. No message holds a value.
    virtual std::map<std::string, std::string> values(const std::vector<std::string>& names) = 0;
    /// The variables with which a process of ours finds the same values. They are secret themselves: they go to it
    /// through a descriptor, never through its environment.
    virtual std::map<std::string, std::string> handover(const std::vector<std::string>& names) = 0;
    std::string value(const std::string& name) { return values({name}).at(name); }
};

/// Fault::usage for an empty name or one with a comma, which no run config could refer to; Fault::denied for one of
/// those that upstream keeps for itself.
void check_name(std::string_view name);
/// Whether upstream keeps secrets of such names for itself.
bool is_system_name(std::string_view name);

/// The secrets that are variables of the environment, as upstream's provider of that name has them: NAME is
/// TOOLHIVE_SECRET_NAME. An empty variable is none.
class EnvironmentValues : public Values {
public:
    explicit EnvironmentValues(Environment environment)
        : environment_(std::move(environment)) {}
    std::map<std::string, std::string> values(const std::vector<std::string>& names) override;
    std::map<std::string, std::string> handover(const std::vector<std::string>& names) override;

private:
    Environment environment_;
};

/// The variable that holds a secret.
std::string variable_of(std::string_view name);

} // namespace thv::secrets
