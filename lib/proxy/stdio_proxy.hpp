// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"
#include "io/task.hpp"
#include "proxy/fleet.hpp"
#include "proxy/options.hpp"
#include "proxy/vitals.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace thv::proxy {

/// Serves clients over HTTP from one server process that speaks MCP on its stdin and stdout. Sessions outlive the
/// process: the next one that is connected is greeted anew, and requests that arrive in between wait for it.
class StdioProxy {
public:
    StdioProxy(const asio::any_io_executor& executor, Options options);
    ~StdioProxy();
    StdioProxy(const StdioProxy&) = delete;
    StdioProxy& operator=(const StdioProxy&) = delete;

    /// Sessions are kept in that file, and those that are in it already go on. Before bind.
    void keep_sessions(std::filesystem::path journal);
    /// Takes the port; everything else comes after it. Throws Fault::conflict that names the owner of a busy one.
    void bind();
    int port() const;
    /// Serves clients until it is closed or cancelled.
    Task<> serve();

    /// There is a new process; `write` takes whole lines for its stdin, many at a time, and is not called after
    /// `child_gone` or from within any function of this class.
    void connect_child(std::function<void(std::string)> write);
    /// There is a new stream to the process that was there before; what was in flight fails with the reason.
    void reconnect_child(std::function<void(std::string)> write, std::string_view reason);
    /// There is a stream to a process that an earlier proxy served, which had this `handover`.
    void adopt_child(std::function<void(std::string)> write, std::string handover);
    /// What `adopt_child` of a later proxy needs to go on with this process; empty until it has answered.
    const std::string& handover() const;
    /// How further processes of the server are started, beside the one that is connected, until that one has gone.
    void allow_spawn(SpawnProcess spawn);
    /// Tells how many bytes that `write` took have not reached the process: beyond Options::server_backlog clients are
    /// told to come back later. Call after bind.
    void watch_backlog(std::function<std::size_t()> unwritten);
    void child_stdout(std::string_view bytes);
    void child_gone(std::string_view reason);
    /// Returns when the process has answered the handshake. Throws Fault::timed_out, Fault::unreachable when it went
    /// away, Fault::internal when it refused; the message tells what it wrote instead of JSON-RPC, if it did.
    Task<> initialized(Duration patience);

    /// Lets answers in progress finish, for at most `patience`, and closes.
    Task<> drain(Duration patience);
    /// Stops to listen and ends every connection.
    void close();

    const mcp::Bridge& bridge() const;
    std::size_t connections() const;
    Vitals vitals() const;
    const CallLog& calls() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace thv::proxy
