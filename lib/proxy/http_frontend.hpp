// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/event.hpp"
#include "proxy/forward.hpp"
#include "proxy/frontend.hpp"
#include "proxy/output_lines.hpp"

namespace thv::proxy {

/// Clients' HTTP passed on to a server that speaks HTTP in its container, at the port that the engine published.
class HttpFrontend : public Frontend {
public:
    HttpFrontend(const asio::any_io_executor& executor, Containers& containers, const RunConfig& config,
                 OutputSink output);

    void bind() override { proxy_.bind(); }
    int port() const override { return proxy_.port(); }
    Task<> serve() override { return proxy_.serve(); }
    Task<> attach(std::string container_id) override;
    Task<> carry(std::string container_id) override;
    Task<> ready(Duration patience) override;
    void down(std::string reason) override;
    void close() override { proxy_.close(); }
    Vitals vitals() const override { return proxy_.vitals(); }
    const CallLog& calls() const override { return proxy_.calls(); }

private:
    Task<> read_output();

    Containers& containers_;
    HttpProxy proxy_;
    Transport transport_;
    int target_port_;
    bool wants_output_;
    OutputLines output_lines_;
    std::unique_ptr<Stdio> stdio_; ///< only when somebody wants the output
    Event backend_known_;
};

} // namespace thv::proxy
