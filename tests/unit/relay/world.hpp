// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/server.hpp"
#include "io/deadline.hpp"
#include "io/event.hpp"
#include "io/race.hpp"
#include "mcp/jsonrpc.hpp"
#include "relay/relay.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"

#include <fmt/format.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace thv::test {

using namespace std::chrono_literals;

/// One request that the server got.
struct Asked {
    std::string line; ///< "POST /mcp"
    std::string body;
    http::Headers headers;
    std::string header(std::string_view name) const {
        const auto* const value = http::find_header(headers, name);
        return value == nullptr ? "(none)" : *value;
    }
};

/// A server that does what a test says, and a client that says what a test wants, with a relay between them.
class World : private http::Handler {
public:
    using Action = std::function<void(http::Visit& visit, const Asked& asked)>;

    explicit World(Action on_request, ProxyMode speaks = ProxyMode::streamable_http)
        : action(std::move(on_request))
        , mode(speaks)
        , server_(context.get_executor(), *this)
        , said_(context.get_executor()) {
        server_.bind("127.0.0.1", 0);
        server_.start();
    }

    void say(std::string_view line) {
        to_server_.append(line).append("\n");
        said_.set();
    }
    void finish() {
        finished_ = true;
        said_.set();
    }
    /// Waits until the client got a line that holds `needle`, and returns it.
    Task<std::string> heard(std::string needle) {
        std::string found;
        const auto there = [&] {
            for (const auto& line : lines())
                if (line.contains(needle)) found = line;
            return !found.empty();
        };
        co_await until(there, "a line with " + needle + ", having got " + from_server);
        co_return found;
    }
    Task<> until(std::function<bool()> condition, std::string what) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end) throw Error{Fault::timed_out, "there never was " + what};
            co_await sleep_for(1ms);
        }
    }
    std::vector<std::string> lines() const {
        std::vector<std::string> all;
        for (std::string_view rest = from_server; !rest.empty(); rest.remove_prefix(all.back().size() + 1))
            all.emplace_back(rest.substr(0, rest.find('\n')));
        return all;
    }
    /// How often the server was asked so.
    std::size_t count(std::string_view line, std::string_view body = {}) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(asked, [&](const auto& one) { return one.line == line && one.body.contains(body); }));
    }
    const Asked& first(std::string_view line, std::string_view body = {}) const {
        for (const auto& one : asked)
            if (one.line == line && one.body.contains(body)) return one;
        throw Error{Fault::not_found, fmt::format("nobody asked '{}' with '{}'", line, body)};
    }

    /// Relays while `work` runs, to the end of the relay.
    relay::Ending run(std::function<Task<>(World&)> work) { return drive(context, act(std::move(work))); }

    asio::io_context context{1};
    Action action;
    ProxyMode mode;
    std::string target = "/mcp";
    relay::Limits limits;
    std::vector<Asked> asked;
    std::string from_server;
    bool reads = true; ///< whether the client does
    int lost = 0;      ///< requests that ended before their answer

    /// Keeps an exchange open; valid until the visit is over.
    http::Visit* open = nullptr;

private:
    void request(http::Visit& visit) override {
        Asked one{.line = fmt::format("{} {}", visit.method(), visit.target()),
                  .body = std::string{visit.body()},
                  .headers = {}};
        for (std::size_t i = 0; i < visit.fields(); ++i)
            one.headers.emplace_back(visit.field(i).name, visit.field(i).value);
        asked.push_back(one);
        action(visit, one);
    }
    void gone(http::Visit& visit) override {
        ++lost;
        if (open == &visit) open = nullptr;
    }
    Task<std::string> read() {
        if (to_server_.empty() && !finished_) {
            said_.reset();
            co_await said_.wait();
        }
        co_return std::exchange(to_server_, {});
    }
    Task<bool> write(std::string bytes) {
        from_server += bytes;
        co_return reads;
    }
    Task<relay::Ending> act(std::function<Task<>(World&)> work) {
        relay::Server place{.address = {.endpoint = http::TcpEndpoint{"127.0.0.1", server_.port()}, .target = target},
                            .mode = mode};
        relay::Client client{.read = [this] { return read(); },
                             .write = [this](std::string bytes) { return write(std::move(bytes)); }};
        auto ending = relay::Ending::unanswered;
        std::exception_ptr failure;
        try {
            co_await first_of(serve(std::move(place), std::move(client), ending), beside(std::move(work)));
        } catch (...) {
            failure = std::current_exception();
        }
        server_.close();
        if (failure) std::rethrow_exception(failure);
        co_return ending;
    }
    Task<> serve(relay::Server place, relay::Client client, relay::Ending& ending) {
        ending = co_await relay::relay(std::move(place), std::move(client), limits);
    }
    Task<> beside(std::function<Task<>(World&)> work) {
        co_await work(*this);
        finish();
        co_await sleep_for(20s);
        throw Error{Fault::timed_out, "the relay did not end"};
    }

    http::Server server_;
    Event said_;
    std::string to_server_;
    bool finished_ = false;
};

inline constexpr std::string_view as_json = "Content-Type: application/json\r\n";
inline constexpr std::string_view as_events = "Content-Type: text/event-stream\r\n";

inline std::string id_of(const Asked& asked) {
    const auto message = mcp::scan(asked.body);
    return message ? std::string{message->id} : std::string{};
}
inline std::string result(std::string_view id, std::string_view value = "{}") {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{}}})", id, value);
}
inline std::string event(std::string_view data, std::string_view id = {}) {
    return fmt::format("{}data: {}\n\n", id.empty() ? std::string{} : fmt::format("id: {}\n", id), data);
}

} // namespace thv::test
