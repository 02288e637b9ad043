// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/control.hpp"

#include "io/deadline.hpp"
#include "io/log.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace thv::proxy {

namespace {

constexpr std::size_t request_limit = 4096;

bool is_http(std::string_view request) {
    return request.starts_with("GET ") || request.starts_with("HEAD ");
}

/// One line, or the whole header of a request of HTTP.
Task<std::string> read_request(asio::local::stream_protocol::socket& socket) {
    std::string text;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(text, request_limit), '\n', asio::use_awaitable);
    if (is_http(text))
        co_await asio::async_read_until(socket, asio::dynamic_buffer(text, request_limit), "\r\n\r\n",
                                        asio::use_awaitable);
    co_return text;
}

std::string http_answer(std::string_view request, const Telling& telling) {
    const bool head_only = request.starts_with("HEAD ");
    request.remove_prefix(request.find(' ') + 1);
    const auto target = request.substr(0, request.find_first_of(" ?\r\n"));
    const auto answer = told(telling, target);
    return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n"
                       "Connection: close\r\n\r\n{}",
                       answer.status, http::reason_phrase(answer.status), answer.type, answer.body.size(),
                       head_only ? std::string_view{} : answer.body);
}

void log_failure(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        log::warn("a control connection failed: {}", error.what());
    }
}

} // namespace

Control::Control(const asio::any_io_executor& executor, const std::filesystem::path& folder, Handlers handlers)
    : address_(folder)
    , acceptor_(executor)
    , handlers_(std::move(handlers)) {
    const auto path = address_.path();
    ::unlink(path.c_str());
    acceptor_.open();
    const auto mask = ::umask(0177);
    boost::system::error_code error;
    acceptor_.bind(path, error);
    ::umask(mask);
    if (!error) acceptor_.listen(128, error);
    if (error) throw Error{Fault::internal, "cannot listen in '" + folder.string() + "': " + error.message()};
}

Control::~Control() {
    ::unlink(address_.path().c_str());
}

Task<> Control::serve() {
    while (true) {
        auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
        asio::co_spawn(acceptor_.get_executor(), answer(std::move(socket)), log_failure);
    }
}

Task<> Control::answer(asio::local::stream_protocol::socket socket) {
    auto request = co_await with_deadline(read_request(socket), std::chrono::seconds{5}, "reading a control request");
    const auto reply = co_await reply_to(std::move(request));
    co_await asio::async_write(socket, asio::buffer(reply), asio::use_awaitable);
}

Task<std::string> Control::reply_to(std::string text) {
    if (is_http(text)) co_return http_answer(text, handlers_.telling);
    const auto request = nlohmann::json::parse(text, nullptr, false);
    if (request.is_object() && request.value("do", "") == "report") co_return to_json(handlers_.report()) + "\n";
    if (request.is_object() && request.value("do", "") == "stop") {
        const std::chrono::milliseconds grace{request.value("grace_ms", 30000)};
        co_await handlers_.stop(grace);
        co_return "{\"ok\":true}\n";
    }
    co_return "{\"error\":\"unknown request\"}\n";
}

} // namespace thv::proxy
