// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/forward.hpp"

#include "io/deadline.hpp"
#include "io/event.hpp"
#include "mcp/jsonrpc.hpp"
#include "proxy/gate.hpp"
#include "proxy/passage.hpp"
#include "proxy/probe.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace thv::proxy {

namespace {

constexpr std::size_t idle_connections = 128;

/// A port must be known before requests can be judged, so what judges them comes second.
struct Door final : http::Handler {
    std::shared_ptr<Gate> gate;
    void request(http::Visit& visit) override { gate->request(visit); }
    void gone(http::Visit& visit) override { gate->gone(visit); }
    void drained(http::Visit& visit) override { gate->drained(visit); }
    void rejected(int status) override { gate->rejected(status); }
};

} // namespace

struct HttpProxy::Impl final : http::Handler, std::enable_shared_from_this<Impl> {
    Impl(asio::any_io_executor on, Options wanted)
        : executor(std::move(on))
        , options(std::move(wanted))
        , server(executor, door, options.http)
        , closed(executor)
        , backend_known(executor) {}

    void request(http::Visit& visit) override;
    void gone(http::Visit& visit) override;
    void drained(http::Visit& visit) override;
    Health health() const;
    void close();
    /// Ends what the server has not answered.
    void cancel_all();
    static Task<> serve_one(std::shared_ptr<Impl> self, std::shared_ptr<Passage> passage);
    Task<BackendPtr> wait_for_backend();
    BackendPtr made(Backend next) const;
    void set_backend(BackendPtr next);
    static void fail(const Passage& passage, int status, const std::string& why);

    asio::any_io_executor executor;
    Options options;
    Door door;
    http::Server server;
    std::unique_ptr<Guard> guard;
    Event closed;
    Event backend_known;
    BackendPtr backend;
    BackendPtr expected; ///< not yet known to answer
    std::shared_ptr<PassedSessions> sessions = std::make_shared<PassedSessions>(options.sessions, options.session_ttl);
    std::function<void(int status, const Error* failure)> noted;
    std::optional<std::string> trouble;
    std::string reason = "the server is not up";
    std::unordered_map<http::Visit*, std::shared_ptr<Passage>> passages;
};

void HttpProxy::Impl::request(http::Visit& visit) {
    const auto passage = std::make_shared<Passage>(executor, visit);
    passages.insert_or_assign(&visit, passage);
    auto ended = [passage](const std::exception_ptr& failure) {
        if (failure && passage->visit != nullptr) passage->visit->abort(); // a bug: serve_one answers what it can
    };
    asio::co_spawn(executor, serve_one(shared_from_this(), passage),
                   asio::bind_cancellation_slot(passage->cancel.slot(), std::move(ended)));
}

void HttpProxy::Impl::gone(http::Visit& visit) {
    const auto found = passages.find(&visit);
    if (found == passages.end()) return;
    const auto passage = found->second;
    passages.erase(found);
    passage->visit = nullptr;
    passage->cancel.emit(asio::cancellation_type::terminal);
}

void HttpProxy::Impl::drained(http::Visit& visit) {
    if (const auto found = passages.find(&visit); found != passages.end()) found->second->room.set();
}

Task<BackendPtr> HttpProxy::Impl::wait_for_backend() {
    if (!backend) {
        co_await with_deadline(backend_known.wait(), options.bridge.child_wait, "waiting for the server to start");
    }
    co_return backend;
}

Task<> HttpProxy::Impl::serve_one(std::shared_ptr<Impl> self, std::shared_ptr<Passage> passage) {
    auto* const visit = passage->visit;
    int status = 0;
    std::string why;
    bool has_backend = false;
    try {
        const auto server = co_await self->wait_for_backend();
        has_backend = server != nullptr;
        if (!has_backend) throw Error{Fault::unreachable, self->reason};
        auto cors = passage->visit == nullptr ? std::string{} : self->guard->cors_fields(*passage->visit);
        if (passage->visit != nullptr) co_await pass(passage, server, std::move(cors));
    } catch (const Error& error) {
        status = !has_backend ? 503 : error.fault() == Fault::timed_out ? 504 : 502;
        why = has_backend ? error.message() : "the server is not running: " + self->reason;
    } catch (const boost::system::system_error& error) {
        status = 502;
        why = passage->ended_by_backend ? "the server stopped before it answered: " + self->reason : error.what();
    }
    // The visit may be another one by now if this one's answer was finished and the connection went on.
    if (const auto found = self->passages.find(visit); found != self->passages.end() && found->second == passage)
        self->passages.erase(found);
    if (status != 0 && passage->visit != nullptr) fail(*passage, status, why);
    passage->visit = nullptr;
}

void HttpProxy::Impl::fail(const Passage& passage, int status, const std::string& why) {
    auto& visit = *passage.visit;
    if (visit.started()) return visit.abort();
    const auto message = mcp::scan(visit.body());
    const auto id = message && message->kind == mcp::Kind::request ? message->id : std::string_view{};
    const std::string_view retry = status == 503 ? "Retry-After: 1\r\n" : "";
    visit.answer(status, fmt::format("Content-Type: application/json\r\n{}", retry),
                 mcp::error_message(id, -32000, why));
}

Health HttpProxy::Impl::health() const {
    return {.available = backend != nullptr && !trouble, .trouble = trouble.value_or(reason)};
}

void HttpProxy::Impl::cancel_all() {
    std::vector<std::shared_ptr<Passage>> all;
    all.reserve(passages.size());
    for (const auto& [visit, passage] : passages)
        all.push_back(passage);
    for (const auto& passage : all) {
        passage->ended_by_backend = true;
        passage->cancel.emit(asio::cancellation_type::terminal);
    }
}

void HttpProxy::Impl::close() {
    closed.set();
    server.close();
}

HttpProxy::HttpProxy(const asio::any_io_executor& executor, Options options)
    : impl_(std::make_shared<Impl>(executor, std::move(options))) {}

HttpProxy::~HttpProxy() {
    impl_->close();
}

void HttpProxy::bind() {
    const auto& options = impl_->options;
    check_exposure(options);
    impl_->server.bind(options.host, options.port);
    const auto port = impl_->server.port();
    impl_->guard = std::make_unique<Guard>(options.host, port, options.allowed_origins, options.allowed_hosts);
    const Gate::Parts parts{impl_->executor, *impl_, [impl = impl_.get()] { return impl->health(); }, true};
    impl_->door.gate = std::make_shared<Gate>(options, port, parts);
}

int HttpProxy::port() const {
    return impl_->server.port();
}

Task<> HttpProxy::serve() {
    const auto self = impl_;
    self->server.start();
    co_await self->closed.wait();
}

BackendPtr HttpProxy::Impl::made(Backend next) const {
    next.client = std::make_shared<http::Client>(next.address.endpoint, idle_connections);
    next.sse = options.transport == Transport::sse;
    next.endpoint_prefix = options.endpoint_prefix;
    next.trusts_forwarded = options.trust_forwarded;
    next.sessions = sessions;
    next.noted = noted;
    return std::make_shared<Backend>(std::move(next));
}

void HttpProxy::Impl::set_backend(BackendPtr next) {
    expected.reset();
    backend = std::move(next);
    backend_known.set();
}

void HttpProxy::expect_backend(std::string host, int port) {
    const http::TcpEndpoint endpoint{std::move(host), static_cast<std::uint16_t>(port)};
    impl_->expected = impl_->made({.client = {}, .address = {.endpoint = endpoint, .target = "/"}});
}

void HttpProxy::set_backend(std::string host, int port) {
    expect_backend(std::move(host), port);
    impl_->set_backend(impl_->expected);
}

void HttpProxy::set_backend(remote::Server server) {
    impl_->set_backend(impl_->made({.client = {},
                                    .address = std::move(server.address),
                                    .foreign = true,
                                    .credentials = std::move(server.credentials)}));
}

void HttpProxy::watch(std::function<void(int status, const Error* failure)> observer) {
    impl_->noted = std::move(observer);
}

void HttpProxy::set_trouble(std::optional<std::string> why) {
    impl_->trouble = std::move(why);
}

void HttpProxy::backend_gone(std::string reason) {
    impl_->backend.reset();
    impl_->expected.reset();
    impl_->backend_known.reset();
    impl_->reason = std::move(reason);
    impl_->cancel_all();
}

Task<> HttpProxy::probe(Transport transport, Duration patience) {
    const auto self = impl_;
    const auto end = std::chrono::steady_clock::now() + patience;
    Duration pause = std::chrono::milliseconds{25};
    std::string last = "it was not asked";
    while (true) {
        const auto left = end - std::chrono::steady_clock::now();
        if (left <= Duration::zero()) break;
        const auto server = self->expected ? self->expected : self->backend;
        try {
            if (!server) throw Error{Fault::unreachable, self->reason};
            const auto limit = std::min<Duration>(left, std::chrono::seconds{5});
            const auto status = co_await first_status(server->client, transport, limit);
            if (status < 500) {
                if (server == self->expected) self->set_backend(server);
                co_return;
            }
            last = fmt::format("it answers with status {}", status);
        } catch (const Error& error) {
            last = error.message();
        }
        co_await sleep_for(std::min<Duration>(pause, end - std::chrono::steady_clock::now()));
        pause = std::min<Duration>(pause * 2, std::chrono::seconds{1});
    }
    throw Error{Fault::timed_out, fmt::format("the server did not answer within {}: {}", human_span(patience), last)}
        .hint("check --target-port and --transport against the server's documentation");
}

Task<> HttpProxy::drain(Duration patience) {
    const auto self = impl_;
    self->server.drain();
    const auto end = std::chrono::steady_clock::now() + patience;
    const auto waiting = [&] {
        return std::ranges::any_of(self->passages, [](const auto& entry) { return !entry.first->started(); });
    };
    while (waiting() && std::chrono::steady_clock::now() < end)
        co_await sleep_for(std::chrono::milliseconds{20});
    self->close();
}

void HttpProxy::close() {
    impl_->close();
}

Vitals HttpProxy::vitals() const {
    Vitals vitals{.health = impl_->health(), .connections = impl_->server.connections()};
    vitals.sessions = impl_->sessions->size();
    for (const auto& [visit, passage] : impl_->passages) {
        if (passage->visit != nullptr && passage->visit->started())
            ++vitals.streams;
        else if (impl_->backend)
            ++vitals.in_flight;
        else
            ++vitals.waiting;
    }
    return vitals;
}

const CallLog& HttpProxy::calls() const {
    return *impl_->options.calls;
}

} // namespace thv::proxy
