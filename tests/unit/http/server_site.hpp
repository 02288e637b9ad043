// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "http/server.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/raw_client.hpp"

#include <fmt/format.h>

#include <exception>
#include <functional>
#include <string>

namespace thv::test {

using namespace thv::http;
using namespace std::chrono_literals;

/// A server that answers "METHOD TARGET BODY", or does what a test says, and writes down what it is told.
struct Site final : Handler {
    explicit Site(ServerLimits limits = {})
        : server(context.get_executor(), *this, limits) {
        server.bind("127.0.0.1", 0);
        server.start();
    }
    void request(Visit& visit) override {
        ++requests;
        last = &visit;
        if (action) return action(visit);
        visit.answer(200, "Content-Type: text/plain\r\n",
                     fmt::format("{} {} {}", visit.method(), visit.target(), visit.body()));
    }
    void gone(Visit& visit) override {
        ++lost;
        if (last == &visit) last = nullptr;
    }

    /// Runs a test as a client, then ends the server.
    void run(Task<> (*work)(Site&, RawClient&)) { drive(context, act(*this, work)); }
    static Task<> act(Site& site, Task<> (*work)(Site&, RawClient&)) {
        RawClient client{site.context.get_executor()};
        co_await client.connect(site.server.port());
        std::exception_ptr failure;
        try {
            co_await work(site, client);
        } catch (...) {
            failure = std::current_exception();
        }
        client.close();
        site.server.close();
        if (failure) std::rethrow_exception(failure);
    }

    asio::io_context context{1};
    std::function<void(Visit&)> action;
    Server server;
    Visit* last = nullptr;
    int requests = 0;
    int lost = 0;
};

inline Task<> until(std::function<bool()> condition) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) throw Error{Fault::timed_out, "what was waited for did not happen"};
        co_await sleep_for(2ms);
    }
}

/// What one request, sent on a connection of its own, is answered with; to the end of the connection.
inline std::string exchange(ServerLimits limits, std::string request) {
    static std::string sent;
    static std::string received;
    sent = std::move(request);
    Site site{limits};
    site.run([](Site&, RawClient& client) -> Task<> {
        co_await client.send(sent);
        received = co_await client.read_all();
    });
    return received;
}

inline std::string status_of(const std::string& answer) {
    return answer.substr(0, answer.find("\r\n"));
}

inline constexpr auto get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

} // namespace thv::test
