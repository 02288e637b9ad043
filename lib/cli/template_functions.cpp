// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template_functions.hpp"

#include "cli/template_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace thv::cli::templates {

namespace {

const std::string& text_of(const Call& call, std::size_t index) {
    const auto& value = *call.arguments[index];
    if (!value.is_string()) throw wrong_kind(call.name, "a string", value);
    return value.get_ref<const std::string&>();
}

/// A whole number from 0 to `most`.
std::size_t count_of(std::string_view name, const Json& value, std::size_t most) {
    if (!value.is_number_integer()) throw wrong_kind(name, "a whole number", value);
    const bool negative = !value.is_number_unsigned() && value.get<std::int64_t>() < 0;
    if (negative || value.get<std::uint64_t>() > most)
        throw Error{Fault::usage, fmt::format("{} wants a number from 0 to {}, not {}", name, most, value.dump())};
    return value.get<std::size_t>();
}

Value text(Call& call, std::string made) {
    call.budget.bytes(made.size());
    return own(std::move(made));
}

Value json(Call& call) {
    call.budget.copy(*call.arguments[0]);
    return text(call, call.arguments[0]->dump(-1, ' ', false, Json::error_handler_t::replace));
}

Value lower_case(Call& call) {
    return text(call, lower(text_of(call, 0)));
}
Value upper_case(Call& call) {
    return text(call, upper(text_of(call, 0)));
}
Value title_case(Call& call) {
    return text(call, title(text_of(call, 0)));
}

Value join(Call& call) {
    const auto& elements = *call.arguments[0];
    const auto& separator = text_of(call, 1);
    if (elements.is_null()) return text(call, "");
    if (!elements.is_array()) throw wrong_kind(call.name, "an array", elements);
    call.budget.bytes(elements.size() * separator.size());
    std::string joined;
    for (bool first = true; const auto& element : elements) {
        if (!std::exchange(first, false)) joined += separator;
        append_text(joined, element, call.budget);
    }
    return text(call, std::move(joined));
}

Value split(Call& call) {
    const std::string_view whole = text_of(call, 0);
    const std::string_view separator = text_of(call, 1);
    auto parts = Json::array();
    const auto add = [&](std::string_view part) {
        call.budget.work(1);
        call.budget.bytes(part.size() + sizeof(Json) + sizeof(std::string));
        parts.push_back(part);
    };
    if (separator.empty()) { // each character
        for (auto rest = whole; !rest.empty(); rest.remove_prefix(first_characters(rest, 1).size()))
            add(first_characters(rest, 1));
        return own(std::move(parts));
    }
    std::size_t from = 0;
    for (auto at = whole.find(separator); at != std::string_view::npos; at = whole.find(separator, from)) {
        add(whole.substr(from, at - from));
        from = at + separator.size();
    }
    add(whole.substr(from));
    return own(std::move(parts));
}

Value pad(Call& call) {
    const auto& padded = text_of(call, 0);
    const auto before = count_of(call.name, *call.arguments[1], most_output);
    const auto behind = count_of(call.name, *call.arguments[2], most_output);
    if (padded.empty()) return call.arguments[0];
    call.budget.bytes(before + behind);
    return text(call, std::string(before, ' ') + padded + std::string(behind, ' '));
}

Value truncate(Call& call) {
    const auto length = count_of(call.name, *call.arguments[1], most_output);
    return text(call, std::string{first_characters(text_of(call, 0), length)});
}

Value print(Call& call) {
    std::string printed;
    bool after_string = true;
    for (const auto& argument : call.arguments) {
        const bool is_string = argument->is_string();
        if (!after_string && !is_string) printed += ' ';
        append_text(printed, *argument, call.budget);
        after_string = is_string;
    }
    return text(call, std::move(printed));
}

Value print_line(Call& call) {
    std::string printed;
    for (std::string_view between; const auto& argument : call.arguments) {
        printed += std::exchange(between, " ");
        append_text(printed, *argument, call.budget);
    }
    return text(call, printed + "\n");
}

Value negate(Call& call) {
    return own(!is_true(*call.arguments[0]));
}

Value length(Call& call) {
    const auto& measured = *call.arguments[0];
    if (measured.is_string()) return own(measured.get_ref<const std::string&>().size());
    if (!measured.is_structured()) throw wrong_kind(call.name, "a string, an array or an object", measured);
    return own(measured.size());
}

/// An element, owned together with what it is in.
Value element(const Value& whole, const Json& part) {
    return {whole, &part};
}

Value index(Call& call) {
    auto found = call.arguments[0];
    for (std::size_t i = 1; i < call.arguments.size(); ++i) {
        const auto& key = *call.arguments[i];
        if (found->is_array()) {
            if (found->empty()) throw Error{Fault::usage, "index of an empty array"};
            found = element(found, (*found)[count_of(call.name, key, found->size() - 1)]);
        } else if (found->is_object()) {
            if (!key.is_string()) throw wrong_kind(call.name, "a string as the name of a field", key);
            call.budget.work(found->size());
            const auto field = found->find(key.get_ref<const std::string&>());
            found = field == found->end() ? own(nullptr) : element(found, *field);
        } else {
            throw wrong_kind(call.name, "an array or an object", *found);
        }
    }
    return found;
}

Value slice(Call& call) {
    const auto& whole = *call.arguments[0];
    if (!whole.is_string() && !whole.is_array()) throw wrong_kind(call.name, "a string or an array", whole);
    const auto size = whole.is_string() ? whole.get_ref<const std::string&>().size() : whole.size();
    const auto& given = call.arguments;
    const auto from = given.size() > 1 ? count_of(call.name, *given[1], size) : 0;
    const auto end = given.size() > 2 ? count_of(call.name, *given[2], size) : size;
    if (from > end) throw Error{Fault::usage, fmt::format("slice from {} to {} goes backwards", from, end)};
    if (whole.is_string()) return text(call, whole.get_ref<const std::string&>().substr(from, end - from));
    auto part = Json::array();
    for (auto i = from; i < end; ++i) {
        call.budget.copy(whole[i]);
        part.push_back(whole[i]);
    }
    return own(std::move(part));
}

constexpr std::array functions{
    Function{"and", 1, Function::any, nullptr},
    Function{"eq", 2, Function::any, compare_equal},
    Function{"ge", 2, 2, compare_greater_or_equal},
    Function{"gt", 2, 2, compare_greater},
    Function{"index", 1, Function::any, index},
    Function{"join", 2, 2, join},
    Function{"json", 1, 1, json},
    Function{"le", 2, 2, compare_less_or_equal},
    Function{"len", 1, 1, length},
    Function{"lower", 1, 1, lower_case},
    Function{"lt", 2, 2, compare_less},
    Function{"ne", 2, 2, compare_unequal},
    Function{"not", 1, 1, negate},
    Function{"or", 1, Function::any, nullptr},
    Function{"pad", 3, 3, pad},
    Function{"print", 0, Function::any, print},
    Function{"printf", 1, Function::any, print_formatted},
    Function{"println", 0, Function::any, print_line},
    Function{"slice", 1, 3, slice},
    Function{"split", 2, 2, split},
    Function{"title", 1, 1, title_case},
    Function{"truncate", 2, 2, truncate},
    Function{"upper", 1, 1, upper_case},
};

} // namespace

const Function* find_function(std::string_view name) {
    const auto* const found = std::ranges::find(functions, name, &Function::name);
    return found == functions.end() ? nullptr : found;
}

std::string function_names() {
    std::string names;
    for (std::string_view between; const auto& function : functions)
        names.append(std::exchange(between, ", ")).append(function.name);
    return names;
}

Error wrong_kind(std::string_view name, std::string_view wanted, const Json& given) {
    return {Fault::usage, fmt::format("{} wants {}, not {}", name, wanted, kind_of(given))};
}

} // namespace thv::cli::templates
