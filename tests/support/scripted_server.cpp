// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/scripted_server.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace thv::test {

namespace {

constexpr int patience_ms = 10'000;

void wait_readable(int socket) {
    pollfd entry{.fd = socket, .events = POLLIN, .revents = 0};
    if (::poll(&entry, 1, patience_ms) <= 0) throw std::runtime_error{"the client sent nothing for ten seconds"};
}

std::size_t announced_length(std::string_view header) {
    constexpr std::string_view field = "Content-Length: ";
    const auto at = header.find(field);
    return at == std::string_view::npos ? 0 : std::stoul(std::string{header.substr(at + field.size(), 12)});
}

} // namespace

Peer::~Peer() {
    close();
}

void Peer::close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
}

std::string Peer::read_some() {
    if (!buffered_.empty()) return std::exchange(buffered_, {});
    wait_readable(socket_);
    std::string bytes(65536, '\0');
    const auto got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

std::string Peer::read_request() {
    std::string bytes;
    for (;;) {
        const auto end = bytes.find("\r\n\r\n");
        const auto size = end == std::string::npos ? end : end + 4 + announced_length({bytes.data(), end});
        if (end != std::string::npos && bytes.size() >= size) {
            buffered_ = bytes.substr(size);
            bytes.resize(size);
            return bytes;
        }
        const auto more = read_some();
        if (more.empty()) return {};
        bytes += more;
    }
}

void Peer::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return; // the client has hung up, which is what some scripts are about
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void Peer::wait_for_close() {
    while (!read_some().empty()) {
    }
}

ScriptedServer::ScriptedServer(std::vector<Script> scripts)
    : scripts_(std::move(scripts)) {
    std::string name = (std::filesystem::temp_directory_path() / "thv-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::system_error{errno, std::generic_category(), "mkdtemp"};
    folder_ = name;
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 16) != 0)
        throw std::system_error{errno, std::generic_category(), "listening on " + path()};
    thread_ = std::jthread{[this] { serve(); }};
}

ScriptedServer::~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    std::filesystem::remove_all(folder_);
}

void ScriptedServer::serve() {
    for (const auto& script : scripts_) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) break;
        Peer peer{socket};
        script(peer);
    }
    ::close(listener_);
}

} // namespace thv::test
