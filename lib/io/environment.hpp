// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// The process environment as a value, read once in main and passed on, so that a test lends another.
class Environment {
public:
    Environment() = default;
    explicit Environment(std::map<std::string, std::string, std::less<>> variables)
        : variables_(std::move(variables)) {}
    static Environment of_process();

    /// The value of a variable; none when it is unset *or empty*, which the XDG rules and docker treat alike.
    std::optional<std::string> get(std::string_view name) const;
    std::string get_or(std::string_view name, std::string_view otherwise) const;
    /// "NAME=value" for each variable, as a program is given them.
    std::vector<std::string> entries() const;

private:
    std::map<std::string, std::string, std::less<>> variables_;
};

} // namespace thv
