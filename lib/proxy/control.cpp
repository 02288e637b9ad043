// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/control.hpp"

#include "io/deadline.hpp"
#include "io/log.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace thv::proxy {

namespace {

constexpr std::size_t request_limit = 4096;

Task<std::string> read_line(asio::local::stream_protocol::socket& socket) {
    std::string line;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(line, request_limit), '\n', asio::use_awaitable);
    co_return line;
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
    const auto line = co_await with_deadline(read_line(socket), std::chrono::seconds{5}, "reading a control request");
    const auto request = nlohmann::json::parse(line, nullptr, false);
    std::string reply = "{\"error\":\"unknown request\"}\n";
    if (request.is_object() && request.value("do", "") == "report") {
        reply = to_json(handlers_.report()) + "\n";
    } else if (request.is_object() && request.value("do", "") == "stop") {
        const std::chrono::milliseconds grace{request.value("grace_ms", 30000)};
        co_await handlers_.stop(grace);
        reply = "{\"ok\":true}\n";
    }
    co_await asio::async_write(socket, asio::buffer(reply), asio::use_awaitable);
}

} // namespace thv::proxy
