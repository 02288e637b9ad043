// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/time.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>

namespace thv {
namespace {

using namespace std::chrono;
using Wide = __int128;

/// Reads a text from its front.
class Cursor {
public:
    explicit Cursor(std::string_view text)
        : rest_(text) {}

    bool done() const { return rest_.empty(); }
    bool take(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }
    /// The longest run of digits.
    std::string_view digits() {
        auto count = rest_.find_first_not_of("0123456789");
        if (count == std::string_view::npos) count = rest_.size();
        const auto run = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return run;
    }
    /// A number of exactly `width` digits, or -1.
    int number(std::size_t width) {
        const auto digits = rest_.substr(0, width);
        if (digits.size() != width || digits.find_first_not_of("0123456789") != std::string_view::npos) return -1;
        rest_.remove_prefix(width);
        int value = 0;
        for (const char digit : digits)
            value = value * 10 + (digit - '0');
        return value;
    }
    /// What stands before the next digit, '.' or end.
    std::string_view word() {
        auto count = rest_.find_first_of("0123456789.");
        if (count == std::string_view::npos) count = rest_.size();
        const auto run = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return run;
    }

private:
    std::string_view rest_;
};

std::unexpected<Error> not_a_time() {
    return fail(Fault::usage, "not an RFC 3339 time between 1678 and 2261", "write it like 2026-03-01T09:30:00Z");
}
std::unexpected<Error> not_a_duration() {
    return fail(Fault::usage, "not a duration", "write it like 90s, 5m or 1h30m");
}

/// Nanoseconds of ".25", or -1.
std::int64_t fraction(Cursor& cursor) {
    if (!cursor.take('.')) return 0;
    const auto digits = cursor.digits();
    if (digits.empty() || digits.size() > 9) return -1;
    std::int64_t value = 0;
    for (std::size_t i = 0; i < 9; ++i)
        value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    return value;
}

/// East of UTC.
std::optional<minutes> offset(Cursor& cursor) {
    if (cursor.take('Z') || cursor.take('z')) return minutes{0};
    const bool east = cursor.take('+');
    if (!east && !cursor.take('-')) return std::nullopt;
    const int hour = cursor.number(2);
    const bool colon = cursor.take(':');
    const int minute = cursor.number(2);
    if (!colon || hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
    const auto span = hours{hour} + minutes{minute};
    return east ? span : -span;
}

/// Nanoseconds of a unit; 0 for what is none.
std::int64_t unit(std::string_view word) {
    struct Unit {
        std::string_view word;
        std::int64_t nanoseconds;
    };
    // Both signs that are in use for "micro".
    constexpr std::array<Unit, 8> units{{{"ns", 1},
                                         {"us", 1'000},
                                         {"\u00b5s", 1'000},
                                         {"\u03bcs", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"h", 3'600'000'000'000}}};
    for (const auto& known : units) {
        if (known.word == word) return known.nanoseconds;
    }
    return 0;
}

/// One "1.5h" of a duration in nanoseconds; `bare` is what a number without a unit counts in. Negative for a mistake.
Wide component(Cursor& cursor, std::int64_t bare) {
    const auto whole = cursor.digits();
    const auto decimals = cursor.take('.') ? cursor.digits() : std::string_view{};
    const auto word = cursor.word();
    const auto size = word.empty() ? bare : unit(word);
    // 18 digits are more than the longest duration has, and cannot overflow below.
    if ((whole.empty() && decimals.empty()) || size == 0 || whole.size() > 18) return -1;
    Wide value = 0;
    for (const char digit : whole)
        value = value * 10 + (digit - '0');
    value *= size;
    Wide part = 0;
    Wide parts = 1;
    for (const char digit : decimals.substr(0, 18)) {
        part = part * 10 + (digit - '0');
        parts *= 10;
    }
    value += size * part / parts;
    return value;
}

std::string counted(std::int64_t count, std::string_view unit_name) {
    return fmt::format("{} {}{}", count, unit_name, count == 1 ? "" : "s");
}

} // namespace

Time now() {
    return time_point_cast<nanoseconds>(system_clock::now());
}

std::string format_rfc3339(Time time) {
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss<nanoseconds> clock{time - day};
    auto text =
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int(date.year()), unsigned(date.month()),
                    unsigned(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
    if (clock.subseconds().count() != 0) {
        text += fmt::format(".{:09}", clock.subseconds().count());
        text.erase(text.find_last_not_of('0') + 1);
    }
    return text + 'Z';
}

Result<Time> parse_rfc3339(std::string_view text) {
    Cursor cursor{text};
    const int year_number = cursor.number(4);
    const bool dash = cursor.take('-');
    const int month_number = cursor.number(2);
    const bool second_dash = cursor.take('-');
    const int day_number = cursor.number(2);
    const bool separator = cursor.take('T') || cursor.take('t');
    const int hour = cursor.number(2);
    const bool colon = cursor.take(':');
    const int minute = cursor.number(2);
    const bool second_colon = cursor.take(':');
    const int second = cursor.number(2);
    const auto nanosecond = fraction(cursor);
    const auto east = offset(cursor);
    // int64 nanoseconds reach from 1677 to 2262; a few days are left on either side for the offset.
    const bool shaped = dash && second_dash && separator && colon && second_colon && east && cursor.done();
    if (!shaped || year_number < 1678 || year_number > 2261 || month_number < 0 || day_number < 0) return not_a_time();
    const year_month_day date{year{year_number}, month(unsigned(month_number)), std::chrono::day(unsigned(day_number))};
    const bool valid = date.ok() && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
    if (!valid || nanosecond < 0) return not_a_time();
    return Time{sys_days{date}} + hours{hour} + minutes{minute} + seconds{second} + nanoseconds{nanosecond} - *east;
}

Result<Duration> parse_duration(std::string_view text) {
    Cursor cursor{text};
    const bool negative = cursor.take('-');
    if (!negative) cursor.take('+');
    const bool bare = text.find_first_not_of("+-.0123456789") == std::string_view::npos;
    Wide sum = 0;
    if (cursor.done()) return not_a_duration();
    while (!cursor.done()) {
        const auto part = component(cursor, bare ? 1'000'000'000 : 0);
        sum += part;
        if (part < 0 || sum > INT64_MAX) return not_a_duration();
        if (bare && !cursor.done()) return not_a_duration();
    }
    return duration_cast<Duration>(nanoseconds{static_cast<std::int64_t>(negative ? -sum : sum)});
}

std::string human_span(Duration span) {
    const auto whole = duration_cast<seconds>(span).count();
    if (whole < 1) return "Less than a second";
    if (whole < 60) return counted(whole, "second");
    const auto minute = whole / 60;
    if (minute == 1) return "About a minute";
    if (minute < 60) return counted(minute, "minute");
    const auto hour = (whole + 1800) / 3600;
    if (hour == 1) return "About an hour";
    if (hour < 48) return counted(hour, "hour");
    const auto day = hour / 24;
    if (day < 14) return counted(day, "day");
    if (day < 60) return counted(day / 7, "week");
    if (day < 730) return counted(day / 30, "month");
    return counted(day / 365, "year");
}

} // namespace thv
