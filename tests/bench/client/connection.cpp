// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace bench {

Place place_of(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) throw std::runtime_error("not an http URL: " + std::string{url});
    auto rest = url.substr(scheme.size());
    const auto slash = rest.find('/');
    Place place{.host = std::string{rest.substr(0, slash)},
                .path = slash == std::string_view::npos ? "/" : std::string{rest.substr(slash)}};
    const auto colon = place.host.find(':');
    const auto name = place.host.substr(0, colon);
    int port = 80;
    if (colon != std::string::npos) {
        const auto digits = std::string_view{place.host}.substr(colon + 1);
        std::from_chars(digits.data(), digits.data() + digits.size(), port);
    }
    place.address.sin_family = AF_INET;
    place.address.sin_port = htons(static_cast<std::uint16_t>(port));
    const std::string address = name == "localhost" ? "127.0.0.1" : name;
    if (inet_pton(AF_INET, address.c_str(), &place.address.sin_addr) != 1)
        throw std::runtime_error("not an IPv4 address: " + name);
    return place;
}

struct Poll::Events {
    std::array<epoll_event, 512> list{};
};

Poll::Poll()
    : fd_(epoll_create1(EPOLL_CLOEXEC))
    , events_(new Events) {
    if (fd_ < 0) throw std::runtime_error("epoll is not available");
}

Poll::~Poll() {
    delete events_;
    ::close(fd_);
}

void Poll::add(int fd, void* owner) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = owner;
    if (epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) != 0) throw std::runtime_error("a descriptor cannot be watched");
}

void Poll::remove(int fd) {
    epoll_ctl(fd_, EPOLL_CTL_DEL, fd, nullptr);
}

int Poll::wait_for_some(Clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    const auto most = static_cast<int>(events_->list.size());
    const int found = epoll_wait(fd_, events_->list.data(), most, static_cast<int>(std::max<long>(left, 0)));
    return std::max(found, 0);
}

void* Poll::owner(int index) const {
    return events_->list.at(static_cast<std::size_t>(index)).data.ptr;
}

void Connection::open(Poll& poll, const Place& place) {
    close();
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) throw std::runtime_error(std::string{"no socket: "} + std::strerror(errno));
    const int yes = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr generic{};
    std::memcpy(&generic, &place.address, sizeof generic);
    if (connect(fd_, &generic, sizeof generic) != 0 && errno != EINPROGRESS) return close();
    poll_ = &poll;
    poll.add(fd_, this);
}

void Connection::close() {
    if (fd_ < 0) return;
    if (poll_ != nullptr) poll_->remove(fd_);
    ::close(fd_);
    fd_ = -1;
    out_.clear();
    sent_ = 0;
    answer_ = {};
}

bool Connection::connected() {
    if (fd_ < 0) return false;
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    sockaddr generic{};
    static_assert(sizeof generic == sizeof peer);
    return getpeername(fd_, &generic, &size) == 0;
}

void Connection::send(std::string_view request) {
    out_.assign(request);
    sent_ = 0;
    if (!write_some()) close();
}

bool Connection::write_some() {
    while (sent_ < out_.size()) {
        const auto written = ::send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
        if (written < 0) return errno == EAGAIN || errno == ENOTCONN;
        sent_ += static_cast<std::size_t>(written);
    }
    return true;
}

Connection::State Connection::work() {
    if (fd_ < 0) return State::closed;
    if (!write_some()) {
        close();
        return State::closed;
    }
    std::array<char, 65536> buffer;
    for (;;) {
        const auto got = recv(fd_, buffer.data(), buffer.size(), 0);
        if (got > 0) {
            if (answer_.feed({buffer.data(), static_cast<std::size_t>(got)})) return State::whole;
            if (!answer_.broken()) continue;
        } else if (got < 0 && errno == EAGAIN) {
            return State::open;
        } else if (got == 0 && answer_.end()) {
            return State::whole;
        }
        close();
        return State::closed;
    }
}

void Connection::next() {
    const bool stays = answer_.keep_alive();
    answer_.next();
    if (!stays) close();
}

double own_cpu() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace bench
