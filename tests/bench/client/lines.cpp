// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp.hpp"
#include "modes.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <unordered_map>

namespace bench {
namespace {

/// The two ends of a server's stdio.
struct Ends {
    int in = -1; ///< is written to
    int out = -1;
    pid_t child = 0;     ///< 0: there is none of ours
    bool framed = false; ///< what comes is in frames of the engine's attach stream
};

Ends start(const std::vector<std::string>& command) {
    std::array<int, 2> to{};
    std::array<int, 2> from{};
    if (pipe(to.data()) != 0 || pipe(from.data()) != 0) throw std::runtime_error("no pipes");
    const auto child = fork();
    if (child < 0) throw std::runtime_error("no process");
    if (child == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        for (const int end : {to[0], to[1], from[0], from[1]})
            close(end);
        std::vector<char*> words;
        for (const auto& word : command)
            words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        execv(words[0], words.data());
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    return {.in = to[1], .out = from[0], .child = child};
}

Ends attach(const std::string& path, const std::string& container) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error("the engine's socket has too long a path");
    std::memcpy(address.sun_path, path.data(), path.size());
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("the engine does not answer on " + path);
    const auto request = "POST /v1.40/containers/" + container +
                         "/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\n"
                         "Upgrade: tcp\r\nContent-Length: 0\r\n\r\n";
    if (write(fd, request.data(), request.size()) != static_cast<ssize_t>(request.size()))
        throw std::runtime_error("the engine takes no request");
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n") && read(fd, &byte, 1) == 1)
        head += byte;
    if (!head.starts_with("HTTP/1.1 101") && !head.starts_with("HTTP/1.1 200"))
        throw std::runtime_error("the engine does not attach: " + head.substr(0, head.find('\r')));
    return {.in = fd, .out = fd, .framed = true};
}

class LinesRun {
public:
    LinesRun(const Lines& wanted, Ends ends)
        : wanted_(wanted)
        , ends_(ends) {}

    void run();

private:
    void call();
    void write_calls();
    bool read_some(Clock::time_point until);
    void unframe(std::string_view bytes);
    void take_lines();

    const Lines& wanted_;
    Ends ends_;
    std::string out_;
    std::string frames_;
    std::string in_;
    std::unordered_map<std::uint64_t, Clock::time_point> calls_;
    std::uint64_t numbers_ = 0;
    Latencies latencies_;
    std::size_t wrong_ = 0;
};

void LinesRun::call() {
    append_call(out_, ++numbers_);
    out_ += '\n';
    calls_.emplace(numbers_, Clock::now());
}

void LinesRun::write_calls() {
    for (std::string_view rest = out_; !rest.empty();) {
        const auto written = write(ends_.in, rest.data(), rest.size());
        if (written <= 0) throw std::runtime_error("the server takes no more calls");
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    out_.clear();
}

bool LinesRun::read_some(Clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd wait{.fd = ends_.out, .events = POLLIN, .revents = 0};
    if (poll(&wait, 1, static_cast<int>(std::max<long>(left, 0))) <= 0) return false;
    std::array<char, 65536> buffer;
    const auto got = read(ends_.out, buffer.data(), buffer.size());
    if (got <= 0) throw std::runtime_error("the server has ended");
    const std::string_view bytes{buffer.data(), static_cast<std::size_t>(got)};
    if (ends_.framed)
        unframe(bytes);
    else
        in_.append(bytes);
    return true;
}

/// A frame is eight bytes, the last four of which are the length of what follows, and that.
void LinesRun::unframe(std::string_view bytes) {
    frames_.append(bytes);
    std::size_t at = 0;
    while (frames_.size() - at >= 8) {
        std::size_t length = 0;
        for (std::size_t index = 4; index < 8; ++index)
            length = length * 256 + static_cast<unsigned char>(frames_[at + index]);
        if (frames_.size() - at < 8 + length) break;
        in_.append(frames_, at + 8, length);
        at += 8 + length;
    }
    frames_.erase(0, at);
}

void LinesRun::take_lines() {
    std::size_t at = 0;
    for (auto end = in_.find('\n'); end != std::string::npos; end = in_.find('\n', at)) {
        const auto line = std::string_view{in_}.substr(at, end - at);
        at = end + 1;
        const auto number = id_of(line);
        const auto found = number ? calls_.find(*number) : calls_.end();
        if (found == calls_.end() || !answers_call(line, found->first)) {
            ++wrong_;
            continue;
        }
        latencies_.add(Clock::now() - found->second);
        calls_.erase(found);
    }
    in_.erase(0, at);
}

void LinesRun::run() {
    const auto cpu = own_cpu();
    const auto begun = Clock::now();
    const auto end = after(wanted_.time);
    while (Clock::now() < end) {
        while (calls_.size() < wanted_.in_flight) {
            call();
            if (!wanted_.together) write_calls();
        }
        write_calls();
        if (read_some(end)) take_lines();
    }
    const auto took = seconds_since(begun);
    std::printf(R"({"calls":%zu,"rate":%.1f,"p50":%.4f,"p99":%.4f,"wrong":%zu,"refused":0,"failed":0,"lost":0,)"
                R"("client_busy":%.3f})"
                "\n",
                latencies_.count(), static_cast<double>(latencies_.count()) / took, latencies_.percentile(0.5),
                latencies_.percentile(0.99), wrong_, (own_cpu() - cpu) / took);
}

} // namespace

void run_lines(const Lines& wanted) {
    const auto ends = wanted.socket.empty() ? start(wanted.command) : attach(wanted.socket, wanted.container);
    LinesRun{wanted, ends}.run();
    close(ends.in);
    if (ends.child == 0) return;
    close(ends.out);
    kill(ends.child, SIGKILL);
    waitpid(ends.child, nullptr, 0);
}

} // namespace bench
