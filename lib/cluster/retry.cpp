// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/retry.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace thv::cluster {

namespace {

using namespace std::chrono_literals;
constexpr int most_repeats = 5;
constexpr int most_denials = 5;
constexpr Duration longest_wait = 30s;

/// Seconds; none for a date, which a cluster does not send, and for what is neither.
std::optional<Duration> parse_seconds(std::string_view text) {
    int seconds = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failure != std::errc{} || end != text.data() + text.size() || seconds < 0) return std::nullopt;
    return std::chrono::seconds{seconds};
}

Duration scaled(Duration span, double factor) {
    return std::chrono::duration_cast<Duration>(span * factor);
}

Duration doubled(Duration first, int times, Duration most) {
    return std::min(most, first * (1 << std::min(times, 16)));
}

} // namespace

std::optional<Duration> Retries::wait(Duration span) {
    if (repeats_ == most_repeats || waited_ + span > longest_wait) return std::nullopt;
    ++repeats_;
    waited_ += span;
    return span;
}

std::optional<Duration> Retries::after(int status, std::string_view retry_after, double spread) {
    const auto told = parse_seconds(retry_after);
    const bool unseen = status == 429 || (status == 503 && told);
    const bool passing = status == 502 || status == 503 || status == 504 || (status == 500 && told);
    if (!unseen && !(repeatable_ && passing)) return std::nullopt;
    const auto own = doubled(250ms, repeats_, 8s);
    return wait(scaled(told ? std::max<Duration>(*told, 100ms) : own, 1 + spread / 4));
}

std::optional<Duration> Retries::after_break(double spread) {
    if (!repeatable_ || broke_) return std::nullopt;
    broke_ = true;
    return wait(scaled(100ms, 1 + spread));
}

std::optional<Duration> Comeback::after(Round round, double spread) {
    if (round == Round::good) {
        failures_ = denials_ = 0;
        return Duration::zero();
    }
    if (round == Round::denied && (failures_ == 0 || denials_++ == most_denials)) return std::nullopt;
    ++failures_;
    return scaled(doubled(500ms, failures_ - 1, 30s), 1 + spread / 4);
}

} // namespace thv::cluster
