// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace thv {

/// A workload's name: 1 to 100 characters of `[A-Za-z0-9._-]`, the first a letter or digit, so that it is at once a
/// container name, a file name and a path segment.
class WorkloadName {
public:
    static Result<WorkloadName> parse(std::string_view text);
    const std::string& str() const { return text_; }
    auto operator<=>(const WorkloadName&) const = default;

private:
    explicit WorkloadName(std::string text)
        : text_(std::move(text)) {}
    std::string text_;
};

/// A group's name: lower-case letters, digits, `_`, `-`, and single spaces inside; 1 to 100 characters.
class GroupName {
public:
    static Result<GroupName> parse(std::string_view text);
    const std::string& str() const { return text_; }
    auto operator<=>(const GroupName&) const = default;

private:
    explicit GroupName(std::string text)
        : text_(std::move(text)) {}
    std::string text_;
};

/// The group of a workload that was given none; always there, cannot be removed.
inline constexpr std::string_view default_group = "default";

/// The name a workload gets from its image when none is given: the last two path segments without tag and digest,
/// joined by '-'; other characters become '-'. "ghcr.io/acme/weather:1" gives "acme-weather".
std::string name_from_image(std::string_view image);

} // namespace thv
