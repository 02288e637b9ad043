// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// The grammars of limits and secrets.
#include "core/run_config.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace thv {
namespace {

constexpr double most_memory = 1e18;
constexpr int milli_per_core = 1000;
constexpr double most_cores = 10'000;

/// A plain positive number and what follows it; none when there is no such number.
std::optional<std::pair<double, std::string_view>> number_and_rest(std::string_view text) {
    double value = 0;
    const auto digits = text.find_first_not_of("0123456789.");
    const auto number = text.substr(0, digits);
    const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (failure != std::errc{} || end != number.data() + number.size() || number.empty()) return std::nullopt;
    return std::pair{value, text.substr(number.size())};
}

std::optional<double> factor_of(std::string_view unit) {
    constexpr std::array<std::string_view, 4> letters{"kK", "mM", "gG", "tT"};
    if (unit.empty() || unit == "b" || unit == "B") return 1.0;
    for (std::size_t power = 0; power < letters.size(); ++power) {
        if (letters.at(power).find(unit.front()) == std::string_view::npos) continue;
        const auto rest = unit.substr(1);
        if (!rest.empty() && rest != "i" && rest != "b" && rest != "B" && rest != "iB" && rest != "ib") break;
        return std::pow(1024.0, static_cast<double>(power + 1));
    }
    return std::nullopt;
}

bool variable_name(std::string_view text) {
    return !text.empty() && text.find_first_of(std::string_view{"= \t\r\n,\0", 7}) == std::string_view::npos;
}

} // namespace

Result<long long> parse_memory(std::string_view text) {
    const auto parts = number_and_rest(text);
    const auto factor = parts ? factor_of(parts->second) : std::nullopt;
    const double bytes = factor ? parts->first * *factor : 0;
    if (bytes < 1 || bytes > most_memory)
        return fail(Fault::usage, fmt::format("'{}' is no amount of memory", text), "write it as 512m or 2g");
    return static_cast<long long>(bytes);
}

std::string memory_text(long long bytes) {
    constexpr std::array<std::pair<long long, char>, 3> units{{{1LL << 30, 'g'}, {1LL << 20, 'm'}, {1LL << 10, 'k'}}};
    for (const auto& [size, letter] : units)
        if (bytes % size == 0) return fmt::format("{}{}", bytes / size, letter);
    return fmt::to_string(bytes);
}

Result<int> parse_cpus(std::string_view text) {
    const auto parts = number_and_rest(text);
    const bool thousandths = parts && parts->second == "m";
    const bool fine = parts && (thousandths || parts->second.empty());
    const double cores = fine ? parts->first / (thousandths ? milli_per_core : 1) : 0;
    const double milli = std::round(cores * milli_per_core);
    if (milli < 1 || cores > most_cores)
        return fail(Fault::usage, fmt::format("'{}' is no number of CPUs", text), "write it as 0.5 or 2");
    return static_cast<int>(milli);
}

namespace {

/// Takes ",KEY=VALUE" from the end of the text when there is one of that key, which has not been there before.
bool take_option(std::string_view& text, std::string_view key, std::optional<std::string>& value) {
    const auto comma = text.rfind(',');
    if (comma == std::string_view::npos || value) return false;
    auto option = text.substr(comma + 1);
    if (!option.starts_with(key) || !option.substr(key.size()).starts_with('=')) return false;
    value = option.substr(key.size() + 1);
    text = text.substr(0, comma);
    return true;
}

/// Safe as the name of a file in any folder.
bool file_name(std::string_view name) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return !name.starts_with('.') && name.find_first_not_of(letters) == std::string_view::npos;
}

} // namespace

Result<SecretUse> parse_secret_use(std::string_view text) {
    auto name = text;
    std::optional<std::string> target;
    std::optional<std::string> as;
    while (take_option(name, "target", target) || take_option(name, "as", as)) {
    }
    const bool known = !as || *as == "file" || *as == "env";
    const bool once = name.find(",target=") == std::string_view::npos && name.find(",as=") == std::string_view::npos;
    if (name.empty() || !target || !variable_name(*target) || !known || !once)
        return fail(Fault::usage, fmt::format("'{}' does not name a secret and its variable", text),
                    "write it as NAME,target=VARIABLE or NAME,target=VARIABLE,as=file");
    if (as == "file" && !file_name(name))
        return fail(Fault::usage, fmt::format("'{}' cannot be a file: its name is none of a file", name),
                    "only letters, digits, '.', '_' and '-' may be in the name of a secret that is a file");
    return SecretUse{.name = std::string{name}, .target = *std::move(target), .file = as == "file"};
}

std::string secret_variable(const SecretUse& use) {
    return use.file ? use.target + "_FILE" : use.target;
}

std::string to_string(const SecretUse& use) {
    return fmt::format("{}{},target={}", use.name, use.file ? ",as=file" : "", use.target);
}

} // namespace thv
