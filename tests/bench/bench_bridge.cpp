// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// What the bridge costs. Without arguments: nanoseconds per message of the scanner and of the whole state machine.
// With a port: serves streamable HTTP on it from a server inside this process that echoes at once, for a load
// generator (`wrk`) to measure the HTTP side alone. With two ports: passes HTTP from the first on to the second.
#include "mcp/bridge.hpp"
#include "mcp/jsonrpc.hpp"
#include "proxy/forward.hpp"
#include "proxy/stdio_proxy.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <string>

namespace {

namespace mcp = thv::mcp;

/// The server's answer to one line; empty for a notification.
std::string echo(std::string_view line) {
    const auto message = mcp::scan(line);
    if (!message || message->kind != mcp::Kind::request) return {};
    const auto result =
        message->method == mcp::Method::initialize
            ? std::
                  string{R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"echo","version":"1"}})"}
            : std::string{R"({"content":[{"type":"text","text":"hello"}]})"};
    return fmt::format("{{\"jsonrpc\":\"2.0\",\"id\":{},\"result\":{}}}\n", message->id, result);
}

std::string answers(std::string_view lines) {
    std::string all;
    mcp::Lines splitter;
    splitter.feed(lines, [&](std::string_view line) { all += echo(line); });
    return all;
}

/// Time of this process on a processor, in nanoseconds: what others do on the machine does not count.
double spent() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

void measure_scanner(std::string_view name, const std::string& text) {
    const std::size_t rounds = (256U << 20U) / text.size() + 1;
    std::size_t found = 0;
    const auto since = spent();
    for (std::size_t i = 0; i < rounds; ++i)
        found += mcp::scan(text)->id.size();
    const auto each = (spent() - since) / static_cast<double>(rounds);
    fmt::print("scan {:<12} {:>9} bytes {:>12.0f} ns {:>8.0f} MB/s\n", name, text.size(), each,
               static_cast<double>(text.size()) / each * 1000);
    if (found == 0) std::exit(1);
}

struct Discard final : mcp::Sink {
    std::string to_server;
    mcp::Session session{};
    std::size_t answered = 0;
    void to_child(const mcp::Pieces& line) override {
        line.append_to(to_server);
        to_server.push_back('\n');
    }
    void event(mcp::Exchange, const mcp::Pieces&) override {}
    void answer(mcp::Exchange, const mcp::Pieces& message) override { answered += message.bytes() != 0; }
    void refused(mcp::Exchange, int, const mcp::Pieces& message) override { answered += message.bytes() != 0; }
    std::string secret() override { return "secret"; }
    void opened(mcp::Exchange, mcp::Session key, const mcp::Pieces&) override { session = key; }
    bool push(mcp::Session, const mcp::Pieces&) override { return true; }
};

void measure_bridge() {
    Discard sink;
    mcp::Bridge bridge{sink};
    const auto exchange = [&] { bridge.child_bytes(answers(std::exchange(sink.to_server, {}))); };
    bridge.child_connected();
    exchange();
    const std::string hello =
        R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}})";
    bridge.initialize({}, *mcp::scan(hello), hello);
    constexpr std::size_t calls = 500'000;
    const std::string text =
        R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello"}}})";
    const auto since = spent();
    for (std::size_t i = 0; i < calls; ++i) {
        bridge.request({sink.session, mcp::Exchange{1}, true}, *mcp::scan(text), text);
        exchange();
    }
    fmt::print("bridge, call and answer, echo included {:>8.0f} ns\n", (spent() - since) / static_cast<double>(calls));
    if (sink.answered != calls) std::exit(1);
}

void serve(std::uint16_t port) {
    boost::asio::io_context context{1};
    thv::proxy::Options options;
    options.port = port;
    thv::proxy::StdioProxy proxy{context.get_executor(), options};
    proxy.bind();
    boost::asio::co_spawn(context, proxy.serve(), boost::asio::detached);
    proxy.connect_child([&](std::string lines) {
        boost::asio::post(context, [&proxy, lines = std::move(lines)] { proxy.child_stdout(answers(lines)); });
    });
    fmt::print("http://127.0.0.1:{}/mcp\n", proxy.port());
    std::fflush(stdout);
    context.run();
}

void forward(std::uint16_t port, std::uint16_t backend) {
    boost::asio::io_context context{1};
    thv::proxy::Options options;
    options.port = port;
    thv::proxy::HttpProxy proxy{context.get_executor(), options};
    proxy.bind();
    proxy.set_backend("127.0.0.1", backend);
    boost::asio::co_spawn(context, proxy.serve(), boost::asio::detached);
    context.run();
}

std::uint16_t port_of(const char* text) {
    return static_cast<std::uint16_t>(std::strtoul(text, nullptr, 10));
}

} // namespace

int main(int count, char** arguments) {
    if (count > 2) {
        forward(port_of(arguments[1]), port_of(arguments[2]));
        return 0;
    }
    if (count > 1) {
        serve(port_of(arguments[1]));
        return 0;
    }
    std::string items;
    for (int i = 0; i < 2000; ++i)
        items += fmt::format(R"({}{{"name":"tool_{}","description":"Does a thing with \"quotes\" and more","n":{}}})",
                             i ? "," : "", i, i * 7);
    const auto result = [](const std::string& body) { return R"({"jsonrpc":"2.0","id":17,"result":)" + body + "}"; };
    measure_scanner(
        "call",
        R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello"},"_meta":{"progressToken":7}}})");
    measure_scanner("tools", result(R"({"tools":[)" + items + "]}"));
    measure_scanner("text", result(R"({"content":[{"type":"text","text":")" + std::string(1U << 20U, 'x') + R"("}]})"));
    std::string cjk;
    for (int i = 0; i < 100'000; ++i)
        cjk += "日本語";
    measure_scanner("cjk", result(R"({"content":[{"type":"text","text":")" + cjk + R"("}]})"));
    measure_bridge();
    return 0;
}
