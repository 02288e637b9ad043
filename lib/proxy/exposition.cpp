// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/exposition.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace thv::proxy {

namespace {

/// Counts without a point: other readers than Prometheus take them more easily so.
std::string number(double value) {
    constexpr double exact = 9e15;
    if (std::trunc(value) == value && std::abs(value) < exact) return fmt::format("{}", static_cast<long long>(value));
    return fmt::format("{}", value);
}

} // namespace

Exposition& Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    fmt::format_to(std::back_inserter(text_), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
    return *this;
}

Exposition& Exposition::sample(std::string_view labels, double value, std::string_view suffix) {
    const bool bare = labels.empty();
    fmt::format_to(std::back_inserter(text_), "{}{}{}{}{} {}\n", name_, suffix, bare ? "" : "{", labels,
                   bare ? "" : "}", number(value));
    return *this;
}

Exposition& Exposition::one(std::string_view name, std::string_view type, std::string_view help, double value) {
    return family(name, type, help).sample({}, value);
}

std::string label(std::string_view name, std::string_view value) {
    auto text = fmt::format("{}=\"", name);
    for (const char byte : value) {
        if (byte == '"' || byte == '\\') text += '\\';
        if (byte == '\n')
            text += "\\n";
        else
            text += byte;
    }
    return text += '"';
}

} // namespace thv::proxy
