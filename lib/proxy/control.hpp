// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"
#include "io/task.hpp"
#include "proxy/diagnostics.hpp"
#include "store/supervisors.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>
#include <functional>

namespace thv::proxy {

/// The supervisor's end of its control socket: one JSON request a connection, one JSON answer.
///   {"do":"report"}                  → a SupervisorReport
///   {"do":"stop","grace_ms":30000}   → {"ok":true} once the workload has stopped
/// It also answers GET of HTTP, so that any monitoring reads what there is to tell (see `told`):
///   curl --unix-socket …/control.sock http://localhost/metrics
class Control {
public:
    struct Handlers {
        std::function<SupervisorReport()> report;
        std::function<Task<>(Duration grace)> stop;
        Telling telling = {};
    };

    /// Listens in the workload's folder, mode 0600; a socket left by a dead predecessor is replaced, which is safe
    /// because the caller holds the life lock.
    Control(const asio::any_io_executor& executor, const std::filesystem::path& folder, Handlers handlers);
    ~Control();
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;

    /// Answers until cancelled.
    Task<> serve();

private:
    Task<> answer(asio::local::stream_protocol::socket socket);
    Task<std::string> reply_to(std::string request);

    ControlAddress address_;
    asio::local::stream_protocol::acceptor acceptor_;
    Handlers handlers_;
};

} // namespace thv::proxy
