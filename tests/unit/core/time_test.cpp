// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/time.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace std::chrono_literals;

TEST_CASE("times of any offset and precision are read and written in UTC without trailing zeros") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"2026-03-01T09:30:00Z", "2026-03-01T09:30:00Z"},
        {"2026-03-01T09:30:00.250Z", "2026-03-01T09:30:00.25Z"},
        {"2026-03-01T09:30:00.123456789Z", "2026-03-01T09:30:00.123456789Z"},
        {"2026-03-01T09:30:00.000000001+02:00", "2026-03-01T07:30:00.000000001Z"},
        {"2026-01-01T00:30:00-05:30", "2026-01-01T06:00:00Z"},
        {"2025-12-31T23:30:00-01:00", "2026-01-01T00:30:00Z"},
        {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
        {"1678-01-01T00:00:00Z", "1678-01-01T00:00:00Z"},
        {"2261-12-31T23:59:59.999999999Z", "2261-12-31T23:59:59.999999999Z"},
    };
    for (const auto& [text, written] : cases) {
        INFO(text);
        const auto time = parse_rfc3339(text);
        REQUIRE(time);
        CHECK(format_rfc3339(*time) == written);
    }
}

TEST_CASE("what is no time is an error") {
    for (const std::string bad :
         {"", "now", "2026-03-01", "2026-03-01T09:30:00", "2026-03-01 09:30:00Z", "2026-13-01T00:00:00Z",
          "2026-02-29T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T09:60:00Z", "2026-03-01T09:30:60Z",
          "2026-03-01T09:30:00.Z", "2026-03-01T09:30:00.1234567890Z", "2026-03-01T09:30:00+0200",
          "2026-03-01T09:30:00Zx", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "+026-03-01T09:30:00Z",
          "2026-03-01T09:30:00+24:00"}) {
        INFO(bad);
        CHECK_FALSE(parse_rfc3339(bad));
    }
}

TEST_CASE("durations are Go's, and a bare number counts seconds") {
    const std::vector<std::pair<std::string, Duration>> cases{
        {"0", 0s},        {"30", 30s},        {"1.5", 1500ms}, {"1h30m", 90min},
        {"250ms", 250ms}, {"-1.5s", -1500ms}, {"+2m", 2min},   {"1h0m0.5s", 1h + 500ms},
        {"3us", 3us},     {"3µs", 3us},       {"3μs", 3us},    {"7ns", 7ns},
        {".5s", 500ms},   {"1.s", 1s},        {"-10", -10s},   {"2562047h47m16.854775807s", Duration::max()},
    };
    for (const auto& [text, span] : cases) {
        INFO(text);
        const auto parsed = parse_duration(text);
        REQUIRE(parsed);
        CHECK(*parsed == span);
    }
    for (const std::string bad : {"", "-", "+", "s", "1x", "1h30", "h1", "1 h", "1d", ".", ".s", "--1s", "1..5s",
                                  "1e3s", "9999999999999999999999", "2562048h", "1s 2s"}) {
        INFO(bad);
        CHECK_FALSE(parse_duration(bad));
    }
    std::string endless;
    for (int i = 0; i < 100'000; ++i)
        endless += "2562047h";
    CHECK_FALSE(parse_duration(endless));
}

TEST_CASE("spans are shown as coarsely as docker shows them") {
    const std::vector<std::pair<Duration, std::string>> cases{
        {900ms, "Less than a second"},
        {1s, "1 second"},
        {5s, "5 seconds"},
        {59s, "59 seconds"},
        {60s, "About a minute"},
        {119s, "About a minute"},
        {3min, "3 minutes"},
        {59min, "59 minutes"},
        {1h, "About an hour"},
        {2h, "2 hours"},
        {47h, "47 hours"},
        {48h, "2 days"},
        {96h, "4 days"},
        {24h * 14, "2 weeks"},
        {24h * 70, "2 months"},
        {24h * 800, "2 years"},
        {-5s, "Less than a second"},
    };
    for (const auto& [span, text] : cases)
        CHECK(human_span(span) == text);
}
