// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.hpp"
#include "thv/commands.hpp"

#include <fmt/format.h>

#include <charconv>

namespace thv::commands {

constexpr Doc ShowLogs::doc{
    .name = "logs",
    .summary = "show what a workload's server wrote",
    .description =
        "Prints what the server wrote to its stderr (and to its stdout, where that is not its protocol), oldest "
        "line first. With --proxy it prints the log of the proxy in front of it: starts, ends, failures.",
    .examples = "thv logs fetch\nthv logs --follow --tail 20 fetch\nthv logs --since 10m --timestamps fetch\n"
                "thv logs --proxy fetch",
};

void ShowLogs::declare(Args& args) {
    args.positional("NAME", name, "the workload").mandatory().completes(cli::Completer::workload);
    args.flag("-f,--follow", follow, "go on with what is written from now on, until the workload is gone");
    args.option("-n,--tail", tail, "only the last N lines").placeholder("N");
    args.flag("-p,--proxy", proxy, "the log of the proxy instead of the server's");
    args.flag("--previous", previous, "of the container before its last restart; on a cluster only");
    args.option("--since", since, "only lines since a time (2026-03-01T09:30:00Z) or for a span (10m)")
        .placeholder("WHEN");
    args.flag("-t,--timestamps", timestamps, "put the time in front of each line");
}

namespace {

Error bad_tail(const std::string& text) {
    const Error error{Fault::usage, fmt::format("invalid value '{}' for --tail: it must be a number or 'all'", text)};
    const bool word = !text.empty() && text.find_first_of("0123456789-") != 0;
    return word ? error.hint("-n is --tail here; a namespace is given with --namespace") : error;
}

std::optional<int> parse_tail(const std::string& text) {
    if (text == "all") return std::nullopt;
    int lines = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), lines);
    if (failure != std::errc{} || end != text.data() + text.size() || lines < 0) throw bad_tail(text);
    return lines;
}

Time parse_since(const std::string& text) {
    if (const auto time = parse_rfc3339(text)) return *time;
    if (const auto span = parse_duration(text)) return now() - *span;
    throw Error{Fault::usage, fmt::format("invalid value '{}' for --since", text)}.hint(
        "give a span like 10m, or a time like 2026-03-01T09:30:00Z");
}

TailOptions options_of(const ShowLogs& command) {
    TailOptions options;
    options.source = command.proxy ? LogSource::proxy : LogSource::server;
    options.lines = parse_tail(command.tail);
    if (command.since) options.since = parse_since(*command.since);
    options.follow = command.follow;
    options.timestamps = command.timestamps;
    options.previous = command.previous;
    return options;
}

} // namespace

Task<> ShowLogs::run(Query& query, Logs& logs, Console& console) const {
    const auto parsed = value_or_throw(WorkloadName::parse(name));
    auto options = options_of(*this);
    options.notice = [&console](std::string_view line) { console.say(line); };
    const bool for_people = console.terminal().out;
    const auto print = [&console, for_people, follows = follow](const LogLine& line) {
        auto text = for_people ? cli::printable_log(line.text) : std::string{line.text};
        if (!line.origin.empty()) text = fmt::format("[{}] {}", line.origin, text);
        console.print(text);
        if (follows) console.flush();
    };
    // Only once it turns out that there is no such workload is it worth asking which ones there are.
    Outcome outcome{name, std::nullopt};
    try {
        co_await logs.tail(parsed, options, print);
    } catch (const Error& error) {
        outcome.error = error;
    }
    co_await suggest_or_throw(query, std::move(outcome));
}

} // namespace thv::commands
