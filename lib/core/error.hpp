// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <exception>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thv {

/// What kind of failure an Error is; decides the exit code and the HTTP status.
enum class Fault {
    usage,       ///< the request itself is wrong
    not_found,   ///< no such workload, group, image, …
    conflict,    ///< a name or port is taken, or the thing changed meanwhile
    denied,      ///< refused by policy, by permissions, or for want of a confirmation
    unreachable, ///< the engine, cluster or server does not answer
    unsupported, ///< not available on this platform
    timed_out,   ///< the limit passed
    interrupted, ///< a signal asked to stop
    partial,     ///< some items of a batch failed
    internal,    ///< everything else
};

/// The process exit code of a failure, as documented in `thv --help` and README.md.
constexpr int exit_code(Fault fault) {
    constexpr std::array codes{2, 5, 1, 4, 6, 1, 124, 130, 3, 1};
    return codes[static_cast<std::size_t>(fault)];
}

/// The name of a kind of failure, as programs read it.
constexpr std::string_view to_string(Fault fault) {
    constexpr std::array<std::string_view, 10> names{"usage",       "not_found",   "conflict",  "denied",
                                                     "unreachable", "unsupported", "timed_out", "interrupted",
                                                     "partial",     "internal"};
    return names[static_cast<std::size_t>(fault)];
}

/// The HTTP status that stands for a failure.
constexpr int http_status(Fault fault) {
    constexpr std::array statuses{400, 404, 409, 403, 503, 501, 504, 503, 207, 500};
    return statuses[static_cast<std::size_t>(fault)];
}

/// The one error type: what failed and on which thing (`message`), and what to try next (`hint`, may be empty).
/// Never holds environment values, headers or bodies.
class Error : public std::exception {
public:
    Error(Fault fault, std::string message)
        : fault_(fault)
        , message_(std::move(message)) {}

    /// Adds the sentence that says what to do next.
    Error hint(std::string text) && {
        hint_ = std::move(text);
        return std::move(*this);
    }
    Error hint(std::string text) const& { return Error{*this}.hint(std::move(text)); }

    /// Overrides the exit code of the fault, for commands that pass on a container's own code (125, 126, 127, …).
    Error exits(int code) && {
        exit_ = code;
        return std::move(*this);
    }

    /// The same error said about something larger: "context: message".
    Error within(std::string_view context) const {
        Error copy{*this};
        copy.message_ = std::string{context} + ": " + message_;
        return copy;
    }

    Fault fault() const { return fault_; }
    const std::string& message() const { return message_; }
    const std::string& hint() const { return hint_; }
    int exit() const { return exit_.value_or(exit_code(fault_)); }
    const char* what() const noexcept override { return message_.c_str(); }

private:
    Fault fault_;
    std::string message_;
    std::string hint_;
    std::optional<int> exit_;
};

/// For parsing what a person typed: the value, or why it is not one.
template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Fault fault, std::string message, std::string hint = {}) {
    return std::unexpected<Error>{Error{fault, std::move(message)}.hint(std::move(hint))};
}

/// The value of a Result, or its error thrown.
template <typename T>
T value_or_throw(Result<T> result) {
    if (!result) throw std::move(result).error();
    return *std::move(result);
}

/// What became of one item of a batch.
struct Outcome {
    std::string name;
    std::optional<Error> error; ///< none: it worked
};

} // namespace thv
