// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "manifest/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace thv {
namespace {

/// "mcp-NAME-headless" is the name of a Service, which may have 63 characters.
constexpr std::size_t longest_name = 50;
constexpr std::size_t longest_subdomain = 253;
constexpr std::size_t longest_label = 63;

bool lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool dns_label(std::string_view text) {
    const auto fine = [](char c) { return lower_or_digit(c) || c == '-'; };
    return !text.empty() && std::ranges::all_of(text, fine) && text.front() != '-' && text.back() != '-';
}

bool dns_subdomain(std::string_view text) {
    if (text.size() > longest_subdomain) return false;
    for (;;) {
        const auto dot = text.find('.');
        if (!dns_label(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

} // namespace

void check_cluster_name(std::string_view name) {
    if (!dns_label(name) || name.size() > longest_name)
        throw Error{Fault::usage, fmt::format("'{}' cannot be the name of a workload on a cluster", name)}.hint(
            fmt::format("use lower-case letters, digits and '-', a letter or digit at both ends, at most {} of them",
                        longest_name));
    // The operator selects the pods of a server by app=NAME, and the proxies of all servers by these.
    constexpr std::array<std::string_view, 3> taken{"mcpserver", "mcpremoteproxy", "virtualmcpserver"};
    if (std::ranges::find(taken, name) != taken.end())
        throw Error{Fault::usage, fmt::format("a workload on a cluster cannot be named '{}'", name)}.hint(
            "the operator would take the proxies of other workloads for its server");
}

void check_cluster_group(std::string_view name) {
    if (dns_subdomain(name)) return;
    throw Error{Fault::usage, fmt::format("'{}' cannot be the name of a group on a cluster", name)}.hint(
        "use lower-case letters, digits, '-' and '.', a letter or digit at both ends");
}

void check_cluster_namespace(std::string_view name) {
    if (dns_label(name) && name.size() <= longest_label) return;
    throw Error{Fault::usage, fmt::format("'{}' cannot be the name of a namespace", name)}.hint(
        "use lower-case letters, digits and '-', a letter or digit at both ends");
}

} // namespace thv
