// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/event.hpp"
#include "proxy/frontend.hpp"
#include "proxy/output_lines.hpp"
#include "proxy/stdio_proxy.hpp"

namespace thv::proxy {

/// Clients' HTTP to a server's stdin and stdout.
class StdioFrontend : public Frontend {
public:
    StdioFrontend(const asio::any_io_executor& executor, Containers& containers, const RunConfig& config,
                  OutputSink output);

    void keep_sessions(const std::filesystem::path& journal) override { proxy_.keep_sessions(journal); }
    void bind() override {
        proxy_.bind();
        proxy_.watch_backlog([this] { return queue_.size(); });
    }
    int port() const override { return proxy_.port(); }
    Task<> serve() override { return proxy_.serve(); }
    Task<> attach(std::string container_id) override;
    Task<> resume(std::string container_id, std::string handover) override;
    std::string handover() const override { return independent() ? proxy_.handover() : std::string{}; }
    bool independent() const override { return stdio_ && stdio_->direct(); }
    Task<> carry(std::string container_id) override;
    Task<> ready(Duration patience) override;
    void down(std::string reason) override;
    void close() override { proxy_.close(); }
    Vitals vitals() const override { return proxy_.vitals(); }
    const CallLog& calls() const override { return proxy_.calls(); }

private:
    Task<> from_server(std::string container_id);
    Task<> to_server();
    Task<> read_until_broken();
    Task<bool> reattach(std::string container_id);
    Task<> without_output();
    std::function<void(std::string)> writer();

    Containers& containers_;
    StdioProxy proxy_;
    OutputLines stderr_lines_;
    std::shared_ptr<Stdio> stdio_;
    Event attached_;    ///< there is a stream to the server
    Event pending_;     ///< there are bytes for the server
    std::string queue_; ///< collected while the last write is under way, so that many messages make one write
};

} // namespace thv::proxy
