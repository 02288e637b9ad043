// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace thv::http {

namespace {

namespace fs = std::filesystem;

/// The inodes of the sockets that listen on a port, from a table like /proc/net/tcp (proc(5)).
std::set<std::string> listeners(const char* table, std::uint16_t port) {
    std::set<std::string> inodes;
    std::ifstream file{table};
    std::string line;
    std::getline(file, line); // the headings
    while (std::getline(file, line)) {
        std::istringstream columns{line};
        std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
        columns >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >> inode;
        const auto colon = local.rfind(':');
        if (state != "0A" || colon == std::string::npos) continue;
        unsigned value = 0;
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), value, 16);
        if (value == port) inodes.insert("socket:[" + inode + "]");
    }
    return inodes;
}

bool holds(const fs::path& process, const std::set<std::string>& sockets) {
    std::error_code failure; // other users' processes cannot be looked into
    for (fs::directory_iterator at{process / "fd", failure}, end; !failure && at != end; at.increment(failure)) {
        std::error_code unreadable; // closed meanwhile
        if (sockets.contains(fs::read_symlink(at->path(), unreadable).string())) return true;
    }
    return false;
}

} // namespace

std::string port_owner(std::uint16_t port) {
    auto sockets = listeners("/proc/net/tcp", port);
    sockets.merge(listeners("/proc/net/tcp6", port));
    if (sockets.empty()) return {};
    std::error_code failure; // no /proc: no answer
    for (fs::directory_iterator at{"/proc", failure}, end; !failure && at != end; at.increment(failure)) {
        const auto pid = at->path().filename().string();
        if (pid.find_first_not_of("0123456789") != std::string::npos || !holds(at->path(), sockets)) continue;
        std::ifstream file{at->path() / "comm"};
        std::string name;
        std::getline(file, name);
        return fmt::format("process {} ({})", pid, name);
    }
    return {};
}

} // namespace thv::http
