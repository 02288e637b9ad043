// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/client.hpp"
#include "io/environment.hpp"
#include "io/event.hpp"
#include "proxy/forward.hpp"
#include "proxy/frontend.hpp"
#include "remote/access.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace thv::proxy {

/// Clients' HTTP passed on to a server that runs elsewhere. Requests go there also while it seems to be away.
class RemoteFrontend final : public Frontend {
public:
    /// Takes TOOLHIVE_HEALTH_CHECK_INTERVAL, the time between two looks at a server that answers (30s), from the
    /// environment. Throws as remote::server_of does.
    RemoteFrontend(const asio::any_io_executor& executor, const RunConfig& config, const Environment& environment,
                   secrets::Values& values);

    void bind() override { proxy_.bind(); }
    int port() const override { return proxy_.port(); }
    Task<> serve() override { return proxy_.serve(); }
    void close() override { proxy_.close(); }
    Vitals vitals() const override { return proxy_.vitals(); }
    const CallLog& calls() const override { return proxy_.calls(); }
    void down(std::string reason) override { proxy_.backend_gone(std::move(reason)); }

    /// There is no container to carry anything to.
    Task<> attach(std::string) override { co_return; }
    Task<> carry(std::string) override;
    Task<> ready(Duration) override { co_return; }

    /// Tells what keeps the server from working for clients, or that nothing does: after the first contact, and then
    /// whenever that changes, be it seen in the answers that pass or when the server is looked at, which happens more
    /// often while it fails. Until cancelled.
    Task<> watch(std::function<void(const std::optional<Error>& trouble)> tell);

private:
    Task<> first_contact();
    void judge(std::optional<Error> trouble);
    void note(int status, const Error* failure);

    remote::Server server_;
    HttpProxy proxy_;
    std::shared_ptr<http::Client> client_;
    Duration interval_;
    Event stirred_; ///< an answer that passed has changed the verdict
    std::function<void(const std::optional<Error>&)> tell_;
    std::optional<Error> trouble_;
    bool known_ = false; ///< there was a first contact
};

} // namespace thv::proxy
