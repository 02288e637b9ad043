// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "store/readiness.hpp"

#include "io/process.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace thv {

namespace {

constexpr std::size_t line_limit = 256U << 10U;
constexpr std::string_view report_variable = "THV_READY_FD";
constexpr std::string_view patience_variable = "THV_START_TIMEOUT_MS";
constexpr std::string_view handover_variable = "THV_HANDOVER_FD";
constexpr std::size_t largest_handover = 64U << 20U;

std::optional<long long> number(const std::optional<std::string>& text) {
    long long value = 0;
    if (!text) return std::nullopt;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
    return value;
}

/// The last lines of a log, for an error message.
std::string last_words(const std::filesystem::path& log) {
    const auto text = read_file(log, 64U << 20U).value_or("");
    auto start = text.size();
    for (int lines = 0; start > 0 && lines < 5; ++lines)
        start = text.rfind('\n', start - 1) == std::string::npos ? 0 : text.rfind('\n', start - 1);
    return text.substr(start);
}

} // namespace

std::string ready_line(const std::string& url) {
    return nlohmann::json{{"url", url}}.dump() + "\n";
}

std::string failure_line(const Error& error) {
    const nlohmann::json json{{"fault", static_cast<int>(error.fault())},
                              {"message", error.message()},
                              {"hint", error.hint()},
                              {"exit", error.exit()}};
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string url_from_line(std::string_view line) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object()) throw Error{Fault::internal, "the supervisor gave an answer that is not one"};
    if (json.contains("url")) return json["url"].get<std::string>();
    const auto fault =
        std::clamp(json.value("fault", static_cast<int>(Fault::internal)), 0, static_cast<int>(Fault::internal));
    throw Error{static_cast<Fault>(fault), json.value("message", "unknown failure")}
        .hint(json.value("hint", ""))
        .exits(json.value("exit", 1));
}

Launched Launched::from(const Environment& environment) {
    Launched launched;
    if (const auto fd = number(environment.get(report_variable)); fd && *fd > 2) {
        ::fcntl(static_cast<int>(*fd), F_SETFD, FD_CLOEXEC); // not for the processes that we start in turn
        launched.report_to = Fd{static_cast<int>(*fd)};
    }
    if (const auto patience = number(environment.get(patience_variable)); patience && *patience > 0)
        launched.patience = std::chrono::milliseconds{*patience};
    return launched;
}

namespace {

/// Variables in a file that exists in memory only. It is not a pipe, which would have to be read while it is written.
Fd in_memory(const std::map<std::string, std::string>& variables) {
    Fd file{::memfd_create("handover", MFD_CLOEXEC)};
    if (!file.open()) throw Error{Fault::internal, "cannot make a file in memory"};
    // A variable's value is bytes; JSON would take text only.
    std::string text;
    for (const auto& [name, value] : variables)
        text.append(name).append(1, '=').append(value).append(1, '\0');
    std::string_view left = text;
    while (!left.empty()) {
        const auto written = ::write(file.get(), left.data(), left.size());
        if (written < 0) throw Error{Fault::internal, "cannot write a file in memory"};
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::lseek(file.get(), 0, SEEK_SET) != 0) throw Error{Fault::internal, "cannot read a file in memory"};
    return file;
}

} // namespace

Environment with_handed_over(Environment environment) {
    const auto number_of = number(environment.get(handover_variable));
    if (!number_of || *number_of <= 2) return environment;
    const Fd file{static_cast<int>(*number_of)};
    std::string text;
    std::array<char, 4096> piece{};
    while (true) {
        const auto got = ::read(file.get(), piece.data(), piece.size());
        if (got < 0) throw Error{Fault::internal, "what was handed over to the supervisor cannot be read"};
        if (got == 0) break;
        text.append(piece.data(), static_cast<std::size_t>(got));
        if (text.size() > largest_handover) throw Error{Fault::internal, "too much was handed over to the supervisor"};
    }
    std::map<std::string, std::string> variables;
    for (std::string_view left = text; !left.empty();) {
        const auto entry = left.substr(0, left.find('\0'));
        const auto equals = std::min(entry.find('='), entry.size());
        if (equals < entry.size()) variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
        left.remove_prefix(std::min(entry.size() + 1, left.size()));
    }
    variables.emplace(handover_variable, ""); // it has been read
    return environment.with(std::move(variables));
}

Launching launch(const Launch& launch) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error{Fault::internal, "cannot make a pipe"};
    Launching launching;
    launching.answer = Fd{ends[0]};
    const Fd writer{ends[1]};
    const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(launch.patience).count();
    Spawn spawn{.arguments = {own_executable().string(), "start", launch.name, "--foreground"},
                .log = launch.log,
                .inherited = {writer.get()},
                .environment = {fmt::format("{}={}", report_variable, writer.get()),
                                fmt::format("{}={}", patience_variable, patience)}};
    Fd handed_over;
    if (!launch.confidential.empty()) {
        handed_over = in_memory(launch.confidential);
        spawn.inherited.push_back(handed_over.get());
        spawn.environment.push_back(fmt::format("{}={}", handover_variable, handed_over.get()));
    }
    launching.pid = spawn_detached(spawn);
    return launching;
}

Task<std::string> await_ready(Launching& launching, Launch launch) {
    asio::posix::stream_descriptor pipe{co_await asio::this_coro::executor, launching.answer.release()};
    std::string line;
    boost::system::error_code error;
    co_await asio::async_read_until(pipe, asio::dynamic_buffer(line, line_limit), '\n',
                                    asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) throw boost::system::system_error{error};
    if (!error) co_return url_from_line(line);
    throw Error{Fault::internal, fmt::format("the supervisor of '{}' ended before the server was ready; its log ends "
                                             "with:{}",
                                             launch.name, last_words(launch.log))}
        .hint(fmt::format("see {}", launch.log.string()));
}

} // namespace thv
