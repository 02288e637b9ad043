// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/common_options.hpp"

#include "cli/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace thv::cli {

namespace {

constexpr std::array<std::string_view, 3> when{"auto", "always", "never"};

constexpr std::array options{
    CommonOption{.long_name = "--color",
                 .placeholder = "WHEN",
                 .help = "colour messages",
                 .choices = when,
                 .value = &Globals::colour},
    CommonOption{.long_name = "--context",
                 .placeholder = "NAME",
                 .help = "use this context of the kubeconfig: a Kubernetes cluster",
                 .completer = Completer::context,
                 .value = &Globals::context},
    CommonOption{.long_name = "--debug", .help = "say more about what is done", .flag = &Globals::debug},
    CommonOption{.long_name = "--help", .short_name = "-h", .help = "show help"},
    CommonOption{.long_name = "--kubeconfig",
                 .placeholder = "FILE",
                 .help = "use the cluster of this kubeconfig",
                 .completer = Completer::file,
                 .value = &Globals::kubeconfig},
    CommonOption{.long_name = "--namespace",
                 .short_name = "-n",
                 .placeholder = "NAME",
                 .help = "use this namespace of the cluster",
                 .completer = Completer::name_space,
                 .value = &Globals::name_space},
    CommonOption{
        .long_name = "--version", .short_name = "-V", .help = "print the version", .before_commands_only = true},
};

} // namespace

std::string CommonOption::names() const {
    return short_name.empty() ? std::string{long_name} : fmt::format("{},{}", short_name, long_name);
}

void CommonOption::store(Globals& globals, const std::string& typed) const {
    if (flag != nullptr) globals.*flag = parse_bool(typed, long_name);
    if (value == nullptr) return;
    check_choice(typed, long_name, {choices.begin(), choices.end()});
    globals.*value = typed;
}

std::span<const CommonOption> common_options() {
    return options;
}

const CommonOption* find_common_option(std::string_view name) {
    const auto called = [name](const CommonOption& option) {
        return name == option.long_name || (!name.empty() && name == option.short_name);
    };
    const auto* const found = std::ranges::find_if(options, called);
    return found == options.end() ? nullptr : found;
}

std::vector<std::string> common_option_names(bool before_commands) {
    std::vector<std::string> names;
    for (const auto& option : options)
        if (before_commands || !option.before_commands_only) names.emplace_back(option.long_name);
    return names;
}

} // namespace thv::cli
