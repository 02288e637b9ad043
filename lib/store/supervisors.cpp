// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "store/supervisors.hpp"

#include "io/deadline.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace thv {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t answer_limit = 64U << 10U;
/// What the folders of forgotten workloads are called until they are removed; no workload's name begins so.
constexpr std::string_view gone = ".gone-";
constexpr std::chrono::milliseconds answer_patience{1000};

/// A connection to a supervisor that has been sent "report"; not open when nobody listens.
Fd connect_and_ask(const fs::path& folder) {
    const ControlAddress address{folder};
    if (!address.exists()) return Fd{};
    Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    const auto path = address.path();
    path.copy(static_cast<char*>(name.sun_path), sizeof name.sun_path - 1);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return Fd{};
    constexpr std::string_view question = "{\"do\":\"report\"}\n";
    if (::send(socket.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0) return Fd{};
    return socket;
}

struct Conversation {
    std::string name;
    Fd socket;
    std::string answer;
};

/// Reads what is there; true when the answer is complete or will never be.
bool advance(Conversation& conversation) {
    std::array<char, 4096> buffer{};
    while (true) {
        const auto got = ::recv(conversation.socket.get(), buffer.data(), buffer.size(), 0);
        if (got < 0 && errno == EAGAIN) return false;
        if (got <= 0) return true;
        conversation.answer.append(buffer.data(), static_cast<std::size_t>(got));
        if (conversation.answer.ends_with('\n') || conversation.answer.size() > answer_limit) return true;
    }
}

void converse(std::vector<Conversation>& conversations) {
    const auto until = std::chrono::steady_clock::now() + answer_patience;
    std::vector<pollfd> waiting;
    waiting.reserve(conversations.size());
    for (const auto& conversation : conversations)
        waiting.push_back({conversation.socket.get(), POLLIN, 0});
    auto left = waiting.size();
    while (left > 0) {
        const auto remaining = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (remaining.count() <= 0) return;
        if (::poll(waiting.data(), waiting.size(), static_cast<int>(remaining.count())) < 0 && errno != EINTR) return;
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            if (waiting[i].revents == 0 || !advance(conversations[i])) continue;
            waiting[i].fd = -1; // poll passes over it from now on
            --left;
        }
    }
}

SupervisorReport silent_supervisor() {
    SupervisorReport report;
    report.state = State::unhealthy;
    report.reason = "its supervisor does not answer";
    return report;
}

} // namespace

std::string to_json(const SupervisorReport& report) {
    nlohmann::ordered_json json{{"pid", report.pid},
                                {"state", to_string(report.state)},
                                {"reason", report.reason},
                                {"port", report.port},
                                {"container_id", report.container_id}};
    if (report.started_at) json["started_at"] = format_rfc3339(*report.started_at);
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

SupervisorReport report_from_json(std::string_view text) {
    try {
        const auto json = nlohmann::json::parse(text);
        SupervisorReport report;
        json.at("pid").get_to(report.pid);
        report.state = parse_state(json.at("state").get<std::string>());
        json.at("reason").get_to(report.reason);
        json.at("port").get_to(report.port);
        json.at("container_id").get_to(report.container_id);
        if (json.contains("started_at"))
            report.started_at = value_or_throw(parse_rfc3339(json["started_at"].get<std::string>()));
        return report;
    } catch (const nlohmann::json::exception&) {
        throw Error{Fault::internal, "a supervisor gave an answer that is not a report"};
    }
}

ControlAddress::ControlAddress(const fs::path& folder)
    : folder_(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

std::string ControlAddress::path() const {
    return fmt::format("/proc/self/fd/{}/control.sock", folder_.get());
}

Task<FileLock> Supervisors::begin_operation(std::string name, Duration patience) const {
    const auto until = std::chrono::steady_clock::now() + patience;
    Duration pause = std::chrono::milliseconds{1};
    while (true) {
        // Polled, not waited for in flock: other workloads go on in this thread meanwhile.
        if (auto lock = FileLock::acquire(operation_lock(name), Duration::zero())) co_return *std::move(lock);
        if (std::chrono::steady_clock::now() >= until) break;
        co_await sleep_for(pause);
        pause = std::min<Duration>(pause * 2, std::chrono::milliseconds{50});
    }
    throw Error{Fault::conflict, fmt::format("another thv command is changing workload '{}'", name)}.hint(
        "wait until it has finished and try again");
}

std::map<std::string, SupervisorReport> Supervisors::ask(const std::vector<std::string>& names) const {
    std::vector<Conversation> conversations;
    for (const auto& name : names) {
        auto socket = connect_and_ask(folder_ / name);
        if (socket.open()) conversations.push_back({name, std::move(socket), {}});
    }
    converse(conversations);
    std::map<std::string, SupervisorReport> reports;
    for (const auto& [name, socket, answer] : conversations) {
        if (answer.ends_with('\n'))
            reports[name] = report_from_json(answer);
        else if (alive(name))
            reports[name] = silent_supervisor();
    }
    return reports;
}

namespace {

Task<> ask_to_stop(fs::path folder, Duration grace) {
    const ControlAddress address{folder};
    asio::local::stream_protocol::socket socket{co_await asio::this_coro::executor};
    co_await socket.async_connect(address.path(), asio::use_awaitable);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(grace).count();
    const auto request = fmt::format("{{\"do\":\"stop\",\"grace_ms\":{}}}\n", milliseconds);
    co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
    std::array<char, 64> answer{};
    co_await socket.async_read_some(asio::buffer(answer), asio::use_awaitable);
}

Task<> until_gone(const Supervisors& supervisors, std::string name) {
    while (supervisors.alive(name))
        co_await sleep_for(std::chrono::milliseconds{5});
}

std::string supervisor_end(std::string_view name) {
    return fmt::format("waiting for the supervisor of '{}' to end", name);
}

bool is_ending(State state) {
    return state == State::stopping || state == State::stopped || state == State::error;
}

} // namespace

Task<bool> Supervisors::serves(std::string name, Duration patience) const {
    using namespace std::chrono_literals;
    const auto until = std::chrono::steady_clock::now() + patience;
    while (alive(name)) {
        const auto report = ask({name})[name];
        const bool answered = report.pid != 0;
        if (answered && is_ending(report.state)) {
            co_await with_deadline(until_gone(*this, name), 60s, supervisor_end(name));
            co_return false;
        }
        if (answered) co_return true;
        if (std::chrono::steady_clock::now() >= until)
            throw Error{Fault::timed_out, fmt::format("the supervisor of '{}' does not answer", name)}.hint(
                fmt::format("run 'thv restart {}'", name));
        co_await sleep_for(5ms);
    }
    co_return false;
}

Task<bool> Supervisors::stop(std::string name, Duration grace) const {
    using namespace std::chrono_literals;
    if (!alive(name)) co_return false;
    try {
        co_await with_deadline(ask_to_stop(folder_ / name, grace), grace + 15s,
                               fmt::format("stopping workload '{}'", name));
    } catch (const boost::system::system_error& error) {
        // It may be ending already, by a signal for instance; what counts is that it ends.
        if (error.code() == asio::error::operation_aborted) throw;
    }
    co_await with_deadline(until_gone(*this, name), 5s, supervisor_end(name));
    co_return true;
}

void Supervisors::forget(const std::string& name) const {
    // Moved away in one step. Were the files removed one by one, somebody who came meanwhile could make the lock anew,
    // lose it again with the rest of the folder, and believe to be alone with the next one who comes.
    static std::atomic<unsigned> count{0};
    std::error_code failure; // what stays is in nobody's way, and goes the next time
    fs::rename(folder_ / name, folder_ / fmt::format("{}{}-{}", gone, ::getpid(), ++count), failure);
    std::vector<fs::path> away;
    for (const auto& entry : fs::directory_iterator{folder_, failure})
        if (entry.path().filename().string().starts_with(gone)) away.push_back(entry.path());
    for (const auto& path : away)
        fs::remove_all(path, failure);
}

} // namespace thv
