// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/terminal.hpp"
#include "core/error.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::cli {

/// Thrown when everything that is to be said has been said and only the exit code is left.
class Finished : public std::exception {
public:
    explicit Finished(int code)
        : code_(code) {}
    int code() const { return code_; }
    const char* what() const noexcept override { return "finished"; }

private:
    int code_;
};

/// Results go to stdout, everything that is said to a person goes to stderr. Output to stdout is collected and written
/// by flush(), by a message, or when it grows. Writing to a closed pipe throws Finished with 141, as SIGPIPE would end
/// a program; any other failure to write is an Error.
class Console {
public:
    struct Streams {
        std::function<void(std::string_view)> out;
        std::function<void(std::string_view)> err;
        std::function<std::optional<std::string>()> read_line; ///< a line of stdin without its newline; none at its end
        /// The rest of stdin; Fault::usage when it is longer than so many bytes.
        std::function<std::string(std::size_t)> read_all;
        /// A line of the terminal that is not shown while it is typed.
        std::function<std::optional<std::string>()> read_hidden;
    };
    Console(Streams streams, Terminal terminal)
        : streams_(std::move(streams))
        , terminal_(terminal) {}
    static Console of_process(const Environment& environment);

    const Terminal& terminal() const { return terminal_; }
    /// Whether messages are coloured, when the user has said so.
    void colour(bool wanted) { terminal_.colour = wanted; }
    /// From now on what is said to a person is said to a program: a JSON object on each line of stderr, with the keys
    /// level ("info", "warning", "error"), message, and of an error code, exit_code and, if there is one, hint.
    void speak_json() { json_ = true; }

    /// A line of the result.
    void print(std::string_view line);
    /// A piece of the result as it is.
    void write(std::string_view bytes);
    /// A line for a person.
    void say(std::string_view line);
    void warn(std::string_view line);
    /// "Error: …" and the hint.
    void complain(const Error& error);
    void flush();
    /// Bytes for stderr as they are: something that is drawn, or written for a program.
    void draw(std::string_view bytes) { streams_.err(bytes); }

    /// Asks and waits for an answer: true for yes. Fault::denied, with `instead` as the hint, when stdin is no
    /// terminal.
    bool confirm(std::string_view question, std::string_view instead);

    /// Asks for a line; none when stdin is no terminal, or has ended. Fault::interrupted, as in all of these, for a
    /// signal.
    std::optional<std::string> ask(std::string_view question);

    /// Asks for something that is not shown while it is typed; none when stdin is no terminal, or has ended.
    std::optional<std::string> ask_hidden(std::string_view question);

    /// The rest of stdin. Fault::usage when it is longer than `limit` bytes, Fault::interrupted when a signal comes
    /// meanwhile.
    std::string read_all(std::size_t limit) { return streams_.read_all(limit); }

    /// Prints the name of everything that worked and complains about everything that did not. When something failed it
    /// throws Finished: with the code of the failure if all failed alike, with Fault::partial's if some worked.
    void report(const std::vector<Outcome>& outcomes);

private:
    void say_json(const nlohmann::ordered_json& line);

    Streams streams_;
    Terminal terminal_;
    std::string pending_;
    bool json_ = false;
};

/// The exit code of a batch: 0, the code that all failures share if nothing worked, otherwise Fault::partial's, or
/// Fault::internal's when all failed in different ways.
int exit_code_of(const std::vector<Outcome>& outcomes);

} // namespace thv::cli
