// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "io/deadline.hpp"
#include "io/task.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace thv::test {

/// A TCP connection for tests that look at the bytes. All waits end after ten seconds.
class RawClient {
public:
    explicit RawClient(asio::any_io_executor executor)
        : socket_(std::move(executor)) {}

    Task<> connect(std::uint16_t port) {
        const asio::ip::tcp::endpoint endpoint{asio::ip::address_v4::loopback(), port};
        co_await socket_.async_connect(endpoint, asio::use_awaitable);
    }
    Task<> send(std::string bytes) { co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable); }

    /// Reads until `needle` has come and returns everything up to its end; the rest stays for the next call.
    Task<std::string> read_until(std::string needle) {
        const auto task = "reading until '" + needle + "', having got '" + received_ + "'";
        co_await with_deadline(fill(needle), std::chrono::seconds{10}, task);
        const auto end = received_.find(needle) + needle.size();
        auto text = received_.substr(0, end);
        received_.erase(0, end);
        co_return text;
    }
    /// Reads to the end of the stream (or a reset) and returns everything.
    Task<std::string> read_all() {
        co_await with_deadline(fill({}), std::chrono::seconds{10}, "reading to the end");
        co_return std::exchange(received_, {});
    }
    /// Status line, headers and a body with a Content-Length.
    Task<std::string> read_answer() {
        auto head = co_await read_until("\r\n\r\n");
        const auto place = head.find("Content-Length: ");
        if (place == std::string::npos) co_return head;
        const auto length = std::stoul(head.substr(place + 16));
        while (received_.size() < length)
            co_await with_deadline(more(), std::chrono::seconds{10}, "reading a body");
        head += received_.substr(0, length);
        received_.erase(0, length);
        co_return head;
    }
    void close() { socket_.close(); }
    asio::ip::tcp::socket& socket() { return socket_; }

private:
    Task<> more() {
        std::array<char, 4096> chunk{};
        const auto got = co_await socket_.async_read_some(asio::buffer(chunk), asio::use_awaitable);
        received_.append(chunk.data(), got);
    }
    Task<> fill(std::string needle) {
        std::array<char, 4096> chunk{};
        while (needle.empty() || received_.find(needle) == std::string::npos) {
            boost::system::error_code failure;
            const auto got = co_await socket_.async_read_some(asio::buffer(chunk),
                                                              asio::redirect_error(asio::use_awaitable, failure));
            received_.append(chunk.data(), got);
            if (!failure) continue;
            if (needle.empty()) co_return;
            throw Error{Fault::unreachable,
                        "the connection ended before '" + needle + "' came; got '" + received_ + "'"};
        }
    }

    asio::ip::tcp::socket socket_;
    std::string received_;
};

} // namespace thv::test
