// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/console.hpp"

#include "cli/document.hpp"
#include "io/files.hpp"
#include "io/signals.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace thv::cli {

namespace {

constexpr std::size_t flush_at = 64U << 10U;
constexpr std::size_t longest_answer = 4096;
constexpr int code_of_sigpipe = 141;
constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view yellow = "\x1b[33m";
constexpr std::string_view plain = "\x1b[0m";

void write_to_stdout(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            throw Finished{code_of_sigpipe};
        } else if (errno != EINTR) {
            throw Error{Fault::internal, fmt::format("cannot write to standard output: {}", std::strerror(errno))};
        }
    }
}

/// Messages that nobody can read are no reason to stop the work.
void write_to_stderr(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(STDERR_FILENO, bytes.data(), bytes.size());
        if (written >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            return;
    }
}

std::optional<std::string> read_line_from_stdin() {
    std::string line;
    char byte = 0;
    while (line.size() < longest_answer) {
        const auto got = ::read(STDIN_FILENO, &byte, 1);
        if (got < 0 && errno == EINTR) throw interrupted();
        if (got <= 0) return line.empty() ? std::nullopt : std::optional{line};
        if (byte == '\n') return line;
        line += byte;
    }
    return line;
}

std::string read_all_of_stdin(std::size_t limit) {
    return read_to_end(STDIN_FILENO, "stdin", limit);
}

} // namespace

Console Console::of_process(const Environment& environment) {
    return Console{{.out = write_to_stdout,
                    .err = write_to_stderr,
                    .read_line = read_line_from_stdin,
                    .read_all = read_all_of_stdin,
                    .read_hidden = read_hidden_line},
                   terminal_of_process(environment)};
}

void Console::print(std::string_view line) {
    write(line);
    write("\n");
}

void Console::write(std::string_view bytes) {
    pending_ += bytes;
    if (pending_.size() >= flush_at) flush();
}

void Console::flush() {
    const auto bytes = std::exchange(pending_, {});
    if (!bytes.empty()) streams_.out(bytes);
}

void Console::say_json(const nlohmann::ordered_json& line) {
    flush();
    streams_.err(json_line(line));
}

void Console::say(std::string_view line) {
    if (json_) return say_json({{"level", "info"}, {"message", line}});
    flush();
    streams_.err(fmt::format("{}\n", line));
}

void Console::warn(std::string_view line) {
    if (json_) return say_json({{"level", "warning"}, {"message", line}});
    const bool colour = terminal_.colour;
    say(fmt::format("{}Warning:{} {}", colour ? yellow : "", colour ? plain : "", line));
}

void Console::complain(const Error& error) {
    if (json_) {
        nlohmann::ordered_json line{{"level", "error"},
                                    {"code", to_string(error.fault())},
                                    {"exit_code", error.exit()},
                                    {"message", error.message()}};
        if (!error.hint().empty()) line["hint"] = error.hint();
        return say_json(line);
    }
    const bool colour = terminal_.colour;
    say(fmt::format("{}Error:{} {}", colour ? red : "", colour ? plain : "", error.message()));
    if (!error.hint().empty()) say(error.hint());
}

bool Console::confirm(std::string_view question, std::string_view instead) {
    if (!terminal_.in) throw Error{Fault::denied, "this needs a confirmation"}.hint(std::string{instead});
    flush();
    streams_.err(fmt::format("{} [y/N] ", question));
    const auto answer = streams_.read_line();
    return answer == "y" || answer == "Y" || answer == "yes";
}

std::optional<std::string> Console::ask(std::string_view question) {
    if (!terminal_.in) return std::nullopt;
    flush();
    streams_.err(question);
    return streams_.read_line();
}

std::optional<std::string> Console::ask_hidden(std::string_view question) {
    if (!terminal_.in) return std::nullopt;
    flush();
    streams_.err(question);
    auto answer = streams_.read_hidden();
    streams_.err("\n"); // the one that was typed has not been shown
    return answer;
}

void Console::report(const std::vector<Outcome>& outcomes) {
    for (const auto& outcome : outcomes) {
        if (outcome.error)
            complain(*outcome.error);
        else
            print(outcome.name);
    }
    const int code = exit_code_of(outcomes);
    if (code != 0) throw Finished{code};
}

int exit_code_of(const std::vector<Outcome>& outcomes) {
    std::vector<int> codes; // of those that failed
    for (const auto& outcome : outcomes)
        if (outcome.error) codes.push_back(outcome.error->exit());
    if (codes.empty()) return 0;
    if (codes.size() < outcomes.size()) return exit_code(Fault::partial);
    const bool alike = std::ranges::count(codes, codes.front()) == std::ssize(codes);
    return alike ? codes.front() : exit_code(Fault::internal);
}

} // namespace thv::cli
