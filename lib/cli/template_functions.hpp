// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/template_value.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace thv::cli::templates {

struct Call {
    std::string_view name;
    std::vector<Value> arguments; ///< as many as the function takes
    Budget& budget;
};

/// A function that templates may call. `call` throws Fault::usage for arguments of the wrong kind; it is null for those
/// that need not look at all of their arguments (and, or).
struct Function {
    static constexpr auto any = std::numeric_limits<std::size_t>::max();
    std::string_view name;
    std::size_t least = 1;
    std::size_t most = 1;
    Value (*call)(Call& call) = nullptr;
};

/// Null when there is none.
const Function* find_function(std::string_view name);
/// "and, eq, …".
std::string function_names();

/// Fault::usage: "NAME wants WANTED, not a number".
Error wrong_kind(std::string_view name, std::string_view wanted, const Json& given);

// eq, lt, …
Value compare_equal(Call& call);
Value compare_unequal(Call& call);
Value compare_less(Call& call);
Value compare_less_or_equal(Call& call);
Value compare_greater(Call& call);
Value compare_greater_or_equal(Call& call);

/// Go's Printf with the verbs %v %s %q %d %x %X %o %b %c %f %e %g %t and %%, with flags, width and precision.
Value print_formatted(Call& call);

} // namespace thv::cli::templates
