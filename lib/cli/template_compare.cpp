// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template_functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <compare>

namespace thv::cli::templates {

namespace {

/// Holds every whole number of 64 bits and every double.
long double number_of(const Json& value) {
    if (value.is_number_float()) return value.get<double>();
    return value.is_number_unsigned() ? static_cast<long double>(value.get<std::uint64_t>())
                                      : static_cast<long double>(value.get<std::int64_t>());
}

Error not_comparable(std::string_view name, const Json& left, const Json& right) {
    return {Fault::usage, fmt::format("{} cannot compare {} with {}", name, kind_of(left), kind_of(right))};
}

bool equal(std::string_view name, const Json& left, const Json& right) {
    if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
    if (left.is_number() && right.is_number()) return number_of(left) == number_of(right);
    if (left.type() != right.type() || left.is_structured()) throw not_comparable(name, left, right);
    return left == right;
}

std::partial_ordering order(const Call& call) {
    const auto& left = *call.arguments[0];
    const auto& right = *call.arguments[1];
    if (left.is_number() && right.is_number()) return number_of(left) <=> number_of(right);
    if (!left.is_string() || !right.is_string()) throw not_comparable(call.name, left, right);
    return left.get_ref<const std::string&>() <=> right.get_ref<const std::string&>();
}

} // namespace

Value compare_equal(Call& call) {
    for (std::size_t i = 1; i < call.arguments.size(); ++i)
        if (equal(call.name, *call.arguments[0], *call.arguments[i])) return own(true);
    return own(false);
}

Value compare_unequal(Call& call) {
    return own(!equal(call.name, *call.arguments[0], *call.arguments[1]));
}

Value compare_less(Call& call) {
    return own(std::is_lt(order(call)));
}

Value compare_less_or_equal(Call& call) {
    return own(std::is_lteq(order(call)));
}

Value compare_greater(Call& call) {
    return own(std::is_gt(order(call)));
}

Value compare_greater_or_equal(Call& call) {
    return own(std::is_gteq(order(call)));
}

} // namespace thv::cli::templates
