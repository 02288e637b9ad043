// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace thv::cli::templates {

namespace {

constexpr std::size_t most_steps = 4'000'000;
constexpr std::size_t most_bytes = 256U << 20U;
constexpr int deepest = 200;
/// About what a value in an array or object takes besides its text.
constexpr std::size_t overhead = 48;

std::size_t cost_of(const Json& value, int depth) {
    if (depth > deepest) throw Error{Fault::usage, "the data are nested too deep"};
    std::size_t cost = overhead;
    if (value.is_string()) return cost + value.get_ref<const std::string&>().size();
    if (value.is_array())
        for (const auto& element : value)
            cost += cost_of(element, depth + 1);
    if (value.is_object())
        for (const auto& [name, element] : value.items())
            cost += name.size() + cost_of(element, depth + 1);
    return cost;
}

/// Letters in lower case without '_' and '-'.
class Folded {
public:
    explicit Folded(std::string_view name)
        : rest_(name) {}

    /// -1 at the end.
    int next() {
        while (!rest_.empty()) {
            const char byte = rest_.front();
            rest_.remove_prefix(1);
            if (byte == '_' || byte == '-') continue;
            return byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : static_cast<unsigned char>(byte);
        }
        return -1;
    }

private:
    std::string_view rest_;
};

bool same_folded(std::string_view left, std::string_view right) {
    Folded one{left};
    Folded other{right};
    while (true) {
        const int byte = one.next();
        if (byte != other.next()) return false;
        if (byte < 0) return true;
    }
}

void append(std::string& out, const Json& value) {
    switch (value.type()) {
    case Json::value_t::string:
        out += value.get_ref<const std::string&>();
        return;
    case Json::value_t::boolean:
        out += value.get<bool>() ? "true" : "false";
        return;
    case Json::value_t::number_integer:
        out += std::to_string(value.get<std::int64_t>());
        return;
    case Json::value_t::number_unsigned:
        out += std::to_string(value.get<std::uint64_t>());
        return;
    case Json::value_t::number_float:
        out += number_text(value.get<double>());
        return;
    case Json::value_t::array: {
        out += '[';
        for (std::string_view between; const auto& element : value) {
            out += std::exchange(between, " ");
            append(out, element);
        }
        out += ']';
        return;
    }
    case Json::value_t::object: {
        out += "map[";
        std::string_view between;
        for (const auto& [name, element] : sorted_fields(value)) {
            out += std::exchange(between, " ");
            out.append(name).append(":");
            append(out, *element);
        }
        out += ']';
        return;
    }
    default:
        out += "<nil>";
    }
}

} // namespace

Value borrow(const Json& json) {
    return {std::shared_ptr<void>{}, &json};
}

Value own(Json json) {
    return std::make_shared<const Json>(std::move(json));
}

void Budget::work(std::size_t steps) {
    steps_ += steps;
    if (steps_ > most_steps)
        throw Error{Fault::usage, "the template does too much"}.hint("use fewer loops within loops");
}

void Budget::bytes(std::size_t made) {
    bytes_ += made;
    if (made > most_bytes || bytes_ > most_bytes)
        throw Error{Fault::usage, "the template makes too much text"}.hint("use fewer loops within loops");
}

void Budget::copy(const Json& value) {
    const auto cost = cost_of(value, 0);
    work(cost / overhead);
    bytes(cost);
}

bool is_true(const Json& value) {
    switch (value.type()) {
    case Json::value_t::boolean:
        return value.get<bool>();
    case Json::value_t::string:
        return !value.get_ref<const std::string&>().empty();
    case Json::value_t::array:
    case Json::value_t::object:
        return !value.empty();
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
        return value.get<double>() != 0;
    default:
        return false;
    }
}

std::string_view kind_of(const Json& value) {
    if (value.is_string()) return "a string";
    if (value.is_boolean()) return "true or false";
    if (value.is_number()) return "a number";
    if (value.is_array()) return "an array";
    if (value.is_object()) return "an object";
    return "nothing";
}

const Json* field_of(const Json& object, std::string_view name) {
    const auto items = object.items();
    const Json* similar = nullptr;
    for (const auto& [key, value] : items) {
        if (key == name) return &value;
        if (similar == nullptr && same_folded(key, name)) similar = &value;
    }
    return similar;
}

std::vector<std::pair<std::string_view, const Json*>> sorted_fields(const Json& object) {
    std::vector<std::pair<std::string_view, const Json*>> fields;
    fields.reserve(object.size());
    for (const auto& [name, value] : object.get_ref<const Json::object_t&>())
        fields.emplace_back(name, &value);
    std::ranges::sort(fields, {}, [](const auto& field) { return field.first; });
    return fields;
}

std::string number_text(double number) {
    std::array<char, 32> buffer{};
    const auto [end, failure] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
    std::string scientific{buffer.data(), end};
    const auto mark = scientific.find('e');
    if (failure != std::errc{} || mark == std::string::npos) return scientific; // inf, nan
    const int exponent = std::stoi(scientific.substr(mark + 1));
    const auto digits = static_cast<int>(
        std::ranges::count_if(scientific.substr(0, mark), [](char byte) { return byte >= '0' && byte <= '9'; }));
    // The bounds of C's %g, with as many digits as it takes.
    if (exponent < -4 || exponent >= 6) return scientific;
    return fmt::format("{:.{}f}", number, std::max(digits - 1 - exponent, 0));
}

void append_text(std::string& out, const Json& value, Budget& budget) {
    budget.copy(value);
    append(out, value);
}

} // namespace thv::cli::templates
