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
    /// The same with these variables in place of its own.
    Environment with(std::map<std::string, std::string> variables) const;

private:
    std::map<std::string, std::string, std::less<>> variables_;
};

/// Whether a variable holds a secret, or the password of secrets: what a process of its own is never given in its
/// environment, where others can read it.
bool is_confidential(std::string_view variable);

} // namespace thv
