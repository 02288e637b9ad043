// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace thv::test {

/// The server's end of one connection: blocking, each wait limited to ten seconds.
class Peer {
public:
    explicit Peer(int socket)
        : socket_(socket) {}
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    /// One request: its header and the body that its Content-Length announces. Empty when the client has closed.
    std::string read_request();
    /// Whatever comes next, at least one byte; empty when the client has closed.
    std::string read_some();
    void send(std::string_view bytes);
    /// Waits until the client has closed its end.
    void wait_for_close();
    void close();

private:
    int socket_;
    std::string buffered_;
};

/// A server on a Unix socket in a folder of its own, which plays one script per connection, in the order in which they
/// are accepted; further connections are refused. What a script throws fails the destructor's thread loudly.
class ScriptedServer {
public:
    using Script = std::function<void(Peer&)>;
    explicit ScriptedServer(std::vector<Script> scripts);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    std::string path() const { return (folder_ / "s").string(); }

private:
    void serve();

    std::vector<Script> scripts_;
    std::filesystem::path folder_;
    int listener_ = -1;
    std::jthread thread_;
};

} // namespace thv::test
