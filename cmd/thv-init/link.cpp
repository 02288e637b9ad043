// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "link.hpp"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

namespace thv::init {

namespace {

constexpr int64_t first_pause_ms = 10;
constexpr int64_t longest_pause_ms = 320;

} // namespace

Link::Link(const char* program) {
    address_.sun_family = AF_UNIX;
    const char* slash = strrchr(program, '/');
    const size_t folder = slash == nullptr ? 0 : static_cast<size_t>(slash - program) + 1;
    if (folder + sizeof init_wire::socket_name > sizeof address_.sun_path) return; // no such socket
    memcpy(address_.sun_path, program, folder);
    memcpy(address_.sun_path + folder, init_wire::socket_name, sizeof init_wire::socket_name);
}

int Link::connect() {
    fd_ = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0) return errno;
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) == 0) {
        pause_ = first_pause_ms;
        return 0;
    }
    const int failure = errno;
    close();
    return failure;
}

void Link::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    next_attempt_ = now_ms() + pause_;
}

bool Link::reconnect(int64_t now) {
    if (now < next_attempt_) return false;
    const int64_t longer = pause_ * 2 < longest_pause_ms ? pause_ * 2 : longest_pause_ms;
    if (connect() == 0) return true;
    pause_ = longer;
    return false;
}

void Link::send(const init_wire::Packet& packet, const int* fds) {
    if (!open()) return;
    iovec bytes{const_cast<init_wire::Packet*>(&packet), sizeof packet};
    alignas(cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    if (fds != nullptr) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        auto* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(2 * sizeof(int));
        memcpy(CMSG_DATA(header), fds, 2 * sizeof(int));
    }
    // Everything is told anew to whom the next connection leads.
    if (sendmsg(fd_, &message, MSG_NOSIGNAL) != sizeof packet) close();
}

bool Link::receive(init_wire::Packet& packet) {
    if (!open()) return false;
    const auto got = recv(fd_, &packet, sizeof packet, MSG_TRUNC);
    if (got == sizeof packet) return true;
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    close();
    return false;
}

bool Link::wait(int milliseconds) {
    pollfd waiting{fd_, POLLIN, 0};
    return poll(&waiting, 1, milliseconds) > 0;
}

} // namespace thv::init
