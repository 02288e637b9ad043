// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "core/time.hpp"
#include "io/task.hpp"
#include "proxy/options.hpp"
#include "proxy/vitals.hpp"
#include "remote/access.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace thv::proxy {

/// Passes clients' HTTP on to a server that speaks HTTP in its container, whose address may change while clients stay.
/// Host and Origin are checked here and not passed on, for the server knows neither; everything else is passed on,
/// answers as they arrive. Requests that come while there is no server wait for it, at most `bridge.child_wait`.
/// Failures are answered with 502 (the server broke off), 503 (there is none) or 504, and a JSON-RPC error.
class HttpProxy {
public:
    HttpProxy(const asio::any_io_executor& executor, Options options);
    ~HttpProxy();
    HttpProxy(const HttpProxy&) = delete;
    HttpProxy& operator=(const HttpProxy&) = delete;

    /// Takes the port. Throws Fault::conflict that names the owner of a busy one.
    void bind();
    int port() const;
    /// Serves clients until it is closed or cancelled.
    Task<> serve();

    /// A server in a container, by the port that was published for it.
    void set_backend(std::string host, int port);
    /// The same for one that has just been started: it gets no requests until a probe has found it answering.
    void expect_backend(std::string host, int port);
    /// A server that runs elsewhere.
    void set_backend(remote::Server server);
    /// What to tell of each answer's status and, with the status 0, of each failure to get one.
    void watch(std::function<void(int status, const Error* failure)> noted);
    /// Why the server cannot serve, as /health tells it; none: it can.
    void set_trouble(std::optional<std::string> trouble);
    /// There is no server; what it had not answered fails.
    void backend_gone(std::string reason);
    /// Returns when the server answers requests of its transport. Throws Fault::timed_out with the last failure.
    Task<> probe(Transport transport, Duration patience);

    /// Lets answers in progress finish, for at most `patience`, and closes. Open event streams are not waited for.
    Task<> drain(Duration patience);
    /// Stops to listen and ends every connection.
    void close();
    Vitals vitals() const;
    const CallLog& calls() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace thv::proxy
