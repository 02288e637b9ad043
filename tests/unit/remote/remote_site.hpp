// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/server.hpp"
#include "io/deadline.hpp"
#include "remote/access.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

namespace thv::test {

using namespace std::chrono_literals;

/// Somebody else's server at /a/mcp, which does what a test says.
class RemoteSite : public http::Handler {
public:
    using Action = std::function<void(http::Visit& visit, const std::string& line)>;
    explicit RemoteSite(Action on_request)
        : action(std::move(on_request))
        , listener_(std::make_unique<http::Server>(context.get_executor(), *this)) {
        listener_->bind("127.0.0.1", 0);
        listener_->start();
        port = listener_->port();
    }

    remote::Server server(Transport transport) const {
        return {.address = {.endpoint = http::TcpEndpoint{"127.0.0.1", port}, .target = "/a/mcp?k=1"},
                .credentials = {{"Authorization", "Bearer t"}},
                .transport = transport};
    }
    /// Runs a task, and ends the server with it.
    Task<> until_done(Task<> task) {
        std::exception_ptr failure;
        try {
            co_await with_deadline(std::move(task), 20s, "waiting for the test's task");
        } catch (...) {
            failure = std::current_exception();
        }
        die();
        if (failure) std::rethrow_exception(failure);
    }
    void die() {
        if (listener_) listener_->close();
        listener_.reset();
    }
    void rise() {
        listener_ = std::make_unique<http::Server>(context.get_executor(), *this);
        listener_->bind("127.0.0.1", port);
        listener_->start();
    }

    asio::io_context context{1};
    Action action;
    std::uint16_t port = 0;
    std::vector<std::string> lines;
    std::vector<std::string> authorizations;

private:
    void request(http::Visit& visit) override {
        lines.push_back(fmt::format("{} {} {}", visit.method(), visit.target(), visit.body()));
        authorizations.emplace_back(visit.header("authorization").value_or("(none)"));
        const auto line = lines.back();
        action(visit, line);
    }
    void gone(http::Visit&) override {}

    std::unique_ptr<http::Server> listener_;
};

} // namespace thv::test
