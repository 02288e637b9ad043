// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/client.hpp"
#include "io/deadline.hpp"
#include "mcp/jsonrpc.hpp"
#include "proxy/stdio_proxy.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/raw_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace thv::test {

using namespace std::chrono_literals;

inline Task<> until(std::function<bool()> condition) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) throw Error{Fault::timed_out, "what was waited for did not happen"};
        co_await sleep_for(2ms);
    }
}

/// A server process in miniature. Tools: "echo" answers at once with its params, "hold" when `release` is called,
/// "progress" with three steps before, "ask" asks the client to sample and answers with the reply, or with an error.
class FakeServer {
public:
    explicit FakeServer(std::function<void(std::string)> write)
        : write_(std::move(write)) {}

    void feed(std::string_view bytes) {
        lines_.feed(bytes, [this](std::string_view line) { handle(std::string{line}); });
    }
    void say(std::string_view line) { write_(fmt::format("{}\n", line)); }
    void result(std::string_view id, std::string_view value) {
        say(fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{}}})", id, value));
    }
    void release() {
        for (const auto& id : std::exchange(held, {}))
            result(id, "{}");
    }

    std::vector<std::string> received; ///< lines, the handshake included
    std::vector<std::string> held;     ///< ids of "hold"
    std::string capabilities = R"({"tools":{"listChanged":true},"resources":{"subscribe":true}})";
    bool silent = false;
    bool modern = false; ///< speaks revision 2026-07-28

private:
    void handle(const std::string& line) {
        received.push_back(line);
        const auto message = mcp::scan(line);
        if (!message || silent) return;
        if (const auto asked = asking_.extract(std::string{message->id}))
            return result(asked.mapped(), message->kind == mcp::Kind::result ? message->body : R"({"isError":true})");
        if (message->kind != mcp::Kind::request) return;
        if (message->method == mcp::Method::initialize) {
            return result(
                message->id,
                fmt::format(
                    R"({{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{{"name":"fake","version":"1"}}}})",
                    capabilities));
        }
        if (message->method == mcp::Method::discover) {
            if (modern)
                return result(message->id, R"({"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}})");
            return say(
                fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":-32601,"message":"no"}}}})", message->id));
        }
        call(*message);
    }
    void call(const mcp::Message& message) {
        const auto tool = mcp::unquote(mcp::member(message.params, "name")).value_or("");
        if (tool == "hold") return held.emplace_back(message.id), void();
        if (tool == "ask") {
            const auto question = fmt::format(R"("q{}")", asking_.size());
            asking_.emplace(question, message.id);
            return say(fmt::format(
                R"({{"jsonrpc":"2.0","id":{},"method":"sampling/createMessage","params":{{"messages":[]}}}})",
                question));
        }
        for (int i = 1; tool == "progress" && i <= 3; ++i) {
            say(fmt::format(
                R"({{"jsonrpc":"2.0","method":"notifications/progress","params":{{"progressToken":{},"progress":{}}}}})",
                message.meta_token, i));
        }
        result(message.id, message.params.empty() ? "{}" : message.params);
    }

    std::function<void(std::string)> write_;
    mcp::Lines lines_;
    std::map<std::string, std::string> asking_; ///< questions, and the calls that they belong to
};

inline proxy::Options quick_options() {
    proxy::Options options;
    options.tick = 10ms;
    return options;
}

/// A proxy on a port of its own with a fake server behind it, both on one context with the test.
class World {
public:
    explicit World(proxy::Options options = quick_options())
        : proxy(context.get_executor(), options) {
        proxy.bind();
    }

    void connect() { proxy.connect_child(new_server()); }
    /// The same for a process that another proxy has greeted.
    void adopt(std::string handover) { proxy.adopt_child(new_server(), std::move(handover)); }
    void crash(std::string reason) {
        ++life_; // what it wrote but was not read yet is lost
        proxy.child_gone(std::move(reason));
    }

    /// Runs a test as a client and ends the proxy.
    void run(Task<> (*work)(World&)) {
        asio::co_spawn(context, proxy.serve(), asio::detached);
        drive(context, and_close(*this, work));
    }
    void close() { proxy.close(); }

    http::Client client() const { return http::Client{http::TcpEndpoint{"127.0.0.1", port()}, 128}; }
    std::uint16_t port() const { return static_cast<std::uint16_t>(proxy.port()); }

    /// A POST to /mcp, with what a well-behaved client sends along; an empty session is left out.
    Task<http::Response> post(std::string body, std::string session = {}, http::Headers more = {}) {
        http::Request request{.method = "POST", .target = "/mcp"};
        request.body = std::move(body);
        request.headers = std::move(more);
        add(request, "Content-Type", "application/json");
        add(request, "Accept", "application/json, text/event-stream");
        if (!session.empty()) add(request, "Mcp-Session-Id", session);
        return send(std::move(request));
    }
    Task<http::Response> send(http::Request request) {
        auto speaker = client();
        const auto answer = co_await speaker.request(std::move(request));
        co_return answer;
    }
    /// A new session's id.
    Task<std::string> open(std::string capabilities = "{}") {
        const auto answer = co_await post(fmt::format(
            R"({{"jsonrpc":"2.0","id":0,"method":"initialize","params":{{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{{"name":"t","version":"1"}}}}}})",
            capabilities));
        if (answer.status != 200 || answer.header("mcp-session-id") == nullptr)
            throw Error{Fault::internal, fmt::format("initialize: {} {}", answer.status, answer.body)};
        co_return *answer.header("mcp-session-id");
    }
    Task<std::unique_ptr<http::Stream>> stream(std::string session, std::string target = "/mcp") {
        http::Request request{.method = "GET", .target = std::move(target)};
        request.headers = {{"Accept", "text/event-stream"}};
        if (!session.empty()) request.headers.emplace_back("Mcp-Session-Id", session);
        auto speaker = client();
        auto opened = co_await speaker.open(std::move(request));
        co_return opened;
    }

    asio::io_context context{1};
    proxy::StdioProxy proxy;
    std::shared_ptr<FakeServer> server;

private:
    /// How to write to it.
    std::function<void(std::string)> new_server() {
        ++life_;
        server = std::make_shared<FakeServer>([this, life = life_](std::string bytes) {
            asio::post(context, [this, life, bytes = std::move(bytes)] {
                if (life == life_) proxy.child_stdout(bytes);
            });
        });
        return [this, to = server](std::string bytes) { asio::post(context, [to, bytes] { to->feed(bytes); }); };
    }
    static void add(http::Request& request, std::string name, std::string value) {
        if (http::find_header(request.headers, name) == nullptr)
            request.headers.emplace_back(std::move(name), std::move(value));
    }

    int life_ = 0;
};

inline std::string call(std::string_view id, std::string_view tool, std::string_view more = {}) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"tools/call","params":{{"name":"{}"{}}}}})", id, tool,
                       more);
}

/// The data of the events in an event stream, but for those without any.
inline std::vector<std::string> events_in(std::string_view text) {
    std::vector<std::string> events;
    while (true) {
        const auto place = text.find("data: ");
        if (place == std::string_view::npos) return events;
        text.remove_prefix(place + 6);
        if (const auto data = text.substr(0, text.find('\n')); !data.empty()) events.emplace_back(data);
    }
}

inline int error_code(const http::Response& answer) {
    const auto code = mcp::member(mcp::member(answer.body, "error"), "code");
    return code.empty() ? 0 : std::stoi(std::string{code});
}

/// Reads a stream until `needle` has come.
inline Task<std::string> read_until(http::Stream& stream, std::string needle) {
    std::string text;
    while (text.find(needle) == std::string::npos) {
        const auto more = co_await with_deadline(stream.read_some(), 10s,
                                                 "reading until '" + needle + "', having got '" + text + "'");
        if (more.empty()) throw Error{Fault::internal, "the stream ended after '" + text + "'"};
        text += more;
    }
    co_return text;
}

} // namespace thv::test
