// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/template_tree.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace thv::cli::templates {

/// Never a null pointer: nothing is JSON's null. Borrows from the data, or owns what a function has made.
using Value = std::shared_ptr<const Json>;

Value borrow(const Json& json);
Value own(Json json);

/// What one rendering may cost; throws Fault::usage beyond.
class Budget {
public:
    void work(std::size_t steps);
    /// Of what functions make and of the output.
    void bytes(std::size_t made);
    /// Charges for a copy of a value, or for its text. Also throws for a value that is nested too deep.
    void copy(const Json& value);

private:
    std::size_t steps_ = 0;
    std::size_t bytes_ = 0;
};

constexpr std::size_t most_output = 64U << 20U;

/// False, 0, "", [], {} and nothing are not true.
bool is_true(const Json& value);

/// "a string", "a number": the kind of a value, for errors.
std::string_view kind_of(const Json& value);

/// The field by its exact name, else without regard to case, '_' and '-'; null when there is none.
const Json* field_of(const Json& object, std::string_view name);

/// The fields of an object in the order of their names, as Go ranges over a map.
std::vector<std::pair<std::string_view, const Json*>> sorted_fields(const Json& object);

/// The shortest text that reads back as the number, as Go's %v has it: 0.5, 1e+06.
std::string number_text(double number);

/// Appends a value as Go's Print has it: [a b], map[k:v], <nil>.
void append_text(std::string& out, const Json& value, Budget& budget);

} // namespace thv::cli::templates
