// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "core/time.hpp"
#include "io/task.hpp"
#include "proxy/call_log.hpp"
#include "proxy/vitals.hpp"
#include "workload/containers.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace thv::proxy {

/// What a supervisor needs of the proxy in front of its server, whichever way the server speaks. It outlives the
/// containers behind it: clients keep their connections and sessions while one is replaced by the next.
struct Frontend {
    virtual ~Frontend() = default;

    /// Keeps what is needed to go on with clients' sessions after a death of this process in that file, where that is
    /// not the server's business, and goes on with those that are in it. Before `bind`.
    virtual void keep_sessions(const std::filesystem::path& /*journal*/) {}
    /// Starts to listen. Fault::conflict that names the owner of a busy port.
    virtual void bind() = 0;
    virtual int port() const = 0;
    /// Serves clients until cancelled.
    virtual Task<> serve() = 0;
    /// Called between create and start, so that the server's first byte is not lost.
    virtual Task<> attach(std::string container_id) = 0;
    /// Like `attach`, to a server that a predecessor has left running, whose `handover` is given.
    virtual Task<> resume(std::string container_id, std::string handover);
    /// What a successor's `resume` needs; empty where there is nothing to go on with.
    virtual std::string handover() const { return {}; }
    /// Whether the server is reached without the engine, so that it is served while the engine is away.
    virtual bool independent() const { return false; }
    /// Carries bytes between clients and the container until cancelled. Called after start; and again, without
    /// `attach` before, for a container that still runs after the engine was away.
    virtual Task<> carry(std::string container_id) = 0;
    /// Returns when the server has answered `initialize`.
    virtual Task<> ready(Duration patience) = 0;
    /// The server is gone: everything in flight fails with the reason, new requests wait for its successor.
    virtual void down(std::string reason) = 0;
    /// Stops to listen and ends every connection.
    virtual void close() = 0;
    /// After `bind`.
    virtual Vitals vitals() const = 0;
    virtual const CallLog& calls() const = 0;
};

/// Takes what the server writes to stderr (and for HTTP servers to stdout), line by line.
using OutputSink = std::function<void(std::string_view line)>;

/// The frontend for a run config's transport. `containers` outlives it.
std::unique_ptr<Frontend> make_frontend(const asio::any_io_executor& executor, Containers& containers,
                                        const RunConfig& config, OutputSink output);

} // namespace thv::proxy
