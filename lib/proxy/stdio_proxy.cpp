// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/stdio_proxy.hpp"

#include "io/deadline.hpp"
#include "io/event.hpp"
#include "io/log.hpp"
#include "io/race.hpp"
#include "proxy/gate.hpp"
#include "proxy/stdio_handler.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

namespace thv::proxy {

namespace {

using State = mcp::Bridge::State;

/// A port must be known before requests can be judged, so the handler behind the server comes second.
struct LateHandler final : http::Handler {
    std::unique_ptr<StdioHandler> late;
    std::shared_ptr<Gate> gate;
    void request(http::Visit& visit) override { gate->request(visit); }
    void gone(http::Visit& visit) override { gate->gone(visit); }
    void drained(http::Visit& visit) override { gate->drained(visit); }
    void rejected(int status) override { gate->rejected(status); }
};

Health health_of(const mcp::Bridge& bridge) {
    return {.available = bridge.state() == State::ready, .trouble = bridge.trouble()};
}

/// Numbers that follow those of whoever started earlier: 4096 for each millisecond, below 2^53, which is as far as
/// JSON's numbers are exact everywhere.
std::uint64_t numbers_of_now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
    return (static_cast<std::uint64_t>(milliseconds) * 4096) & ((std::uint64_t{1} << 53U) - 1);
}

} // namespace

struct StdioProxy::Impl : std::enable_shared_from_this<Impl> {
    Impl(asio::any_io_executor on, Options wanted)
        : executor(std::move(on))
        , options(std::move(wanted))
        , view(options.tools, options.tool_changes)
        , viewed(view, options.bridge.line_bytes)
        , server(executor, handler, options.http)
        , timer(executor)
        , closed(executor)
        , settled(executor) {}

    Link& link() { return handler.late->link(); }
    void bind();
    void tick();
    void flush();
    void close();
    void after_child_input();
    void tell_of_garbage();
    void take_in(std::string_view bytes);
    Task<> until_settled();
    Task<> until_closed();

    asio::any_io_executor executor;
    Options options;
    const mcp::ToolView view;
    mcp::ViewedServer viewed;
    LateHandler handler;
    http::Server server;
    asio::steady_timer timer;
    Event closed;
    Event settled; ///< the handshake has ended in one way or the other
    std::function<void(std::string)> write;
    bool flush_posted = false;
    std::uint64_t garbage_told = 0; ///< lines
};

void StdioProxy::Impl::bind() {
    check_exposure(options);
    server.bind(options.host, options.port);
    handler.late = std::make_unique<StdioHandler>(executor, options, server.port());
    const Gate::Parts parts{executor, *handler.late,
                            [late = handler.late.get()] { return health_of(late->link().bridge()); }};
    handler.gate = std::make_shared<Gate>(options, server.port(), parts);
    link().on_output([this] {
        if (std::exchange(flush_posted, true)) return;
        // Behind everything that is ready now, so that many messages make one write.
        asio::post(executor, [self = shared_from_this()] { self->flush(); });
    });
}

void StdioProxy::Impl::flush() {
    flush_posted = false;
    auto bytes = link().take_output();
    if (view.active()) {
        bytes = viewed.to_server(bytes);
        if (auto answers = viewed.take_answers(); !answers.empty()) take_in(answers);
    }
    if (write && !bytes.empty()) write(std::move(bytes));
}

void StdioProxy::Impl::take_in(std::string_view bytes) {
    link().bridge().child_bytes(bytes);
    after_child_input();
}

/// What is dropped is not dropped in silence; but a server that writes nothing else does not fill the log.
void StdioProxy::Impl::tell_of_garbage() {
    const auto& bridge = link().bridge();
    const auto count = bridge.counters().garbage_lines;
    const auto more = count - std::exchange(garbage_told, count);
    if (more != 0)
        log::warn("the server wrote {} lines that are no JSON-RPC messages or too long; the first began '{}'", more,
                  bridge.first_garbage());
}

void StdioProxy::Impl::tick() {
    handler.late->tick(std::chrono::steady_clock::now());
    tell_of_garbage();
    timer.expires_after(options.tick);
    timer.async_wait([weak = weak_from_this()](boost::system::error_code failure) {
        if (failure) return;
        if (const auto self = weak.lock(); self && !self->closed.is_set()) self->tick();
    });
}

void StdioProxy::Impl::after_child_input() {
    const auto state = link().bridge().state();
    if (state == State::ready || state == State::refused) settled.set();
}

void StdioProxy::Impl::close() {
    closed.set();
    timer.cancel();
    server.close();
    write = nullptr;
}

Task<> StdioProxy::Impl::until_closed() {
    co_await closed.wait();
}

Task<> StdioProxy::Impl::until_settled() {
    co_await settled.wait();
}

StdioProxy::StdioProxy(const asio::any_io_executor& executor, Options options)
    : impl_(std::make_shared<Impl>(executor, std::move(options))) {}

StdioProxy::~StdioProxy() {
    impl_->close();
}

void StdioProxy::keep_sessions(std::filesystem::path journal) {
    impl_->options.session_journal = std::move(journal);
}

void StdioProxy::bind() {
    impl_->bind();
}

int StdioProxy::port() const {
    return impl_->server.port();
}

Task<> StdioProxy::serve() {
    const auto self = impl_;
    self->server.start();
    self->tick();
    co_await first_of(self->until_closed(), self->handler.late->fleet().run());
}

void StdioProxy::connect_child(std::function<void(std::string)> write) {
    impl_->link().take_output(); // meant for another process
    impl_->viewed.reset();
    impl_->write = std::move(write);
    impl_->settled.reset();
    impl_->link().bridge().child_connected();
}

void StdioProxy::reconnect_child(std::function<void(std::string)> write, std::string_view reason) {
    auto& bridge = impl_->link().bridge();
    if (bridge.state() != State::down) child_gone(reason);
    impl_->write = std::move(write);
    impl_->settled.reset();
    bridge.child_resumed();
    impl_->after_child_input();
}

void StdioProxy::adopt_child(std::function<void(std::string)> write, std::string handover) {
    impl_->link().take_output();
    impl_->write = std::move(write);
    impl_->settled.reset();
    impl_->link().bridge().child_adopted(std::move(handover), numbers_of_now());
    impl_->after_child_input();
}

void StdioProxy::allow_spawn(SpawnProcess spawn) {
    impl_->handler.late->fleet().allow(std::move(spawn));
}

const std::string& StdioProxy::handover() const {
    return bridge().server_result();
}

void StdioProxy::watch_backlog(std::function<std::size_t()> unwritten) {
    impl_->link().on_backlog(std::move(unwritten));
}

void StdioProxy::child_stdout(std::string_view bytes) {
    if (impl_->view.active())
        impl_->take_in(impl_->viewed.from_server(bytes));
    else
        impl_->take_in(bytes);
}

void StdioProxy::child_gone(std::string_view reason) {
    impl_->handler.late->fleet().forbid();
    impl_->write = nullptr;
    impl_->viewed.reset();
    impl_->link().bridge().child_gone(reason);
    impl_->link().take_output();
    impl_->settled.set();
}

Task<> StdioProxy::initialized(Duration patience) {
    const auto self = impl_;
    const auto& bridge = self->link().bridge();
    bool late = false;
    try {
        co_await with_deadline(self->until_settled(), patience, "waiting for the server's first answer");
    } catch (const Error& error) {
        if (error.fault() != Fault::timed_out) throw;
        late = true;
    }
    if (!late && bridge.state() == State::ready) co_return;
    const auto& garbage = bridge.first_garbage();
    const auto note =
        garbage.empty() ? std::string{} : fmt::format("; it wrote something that is not JSON-RPC: '{}'", garbage);
    if (late)
        throw Error{Fault::timed_out,
                    fmt::format("the server did not answer initialize within {}{}", human_span(patience), note)}
            .hint("see what it wrote with 'thv logs'; is it an MCP server that speaks stdio?");
    const auto fault = bridge.state() == State::refused ? Fault::internal : Fault::unreachable;
    throw Error{fault, fmt::format("the server is not usable: {}{}", bridge.trouble(), note)};
}

Task<> StdioProxy::drain(Duration patience) {
    const auto self = impl_;
    self->server.drain();
    self->handler.late->end_streams();
    const auto end = std::chrono::steady_clock::now() + patience;
    const auto& bridge = self->link().bridge();
    const auto& fleet = self->handler.late->fleet();
    while (bridge.in_flight() + bridge.waiting() + fleet.open_calls() != 0 && std::chrono::steady_clock::now() < end)
        co_await sleep_for(std::chrono::milliseconds{20});
    self->close();
}

void StdioProxy::close() {
    impl_->close();
}

const mcp::Bridge& StdioProxy::bridge() const {
    return impl_->link().bridge();
}

std::size_t StdioProxy::connections() const {
    return impl_->server.connections();
}

Vitals StdioProxy::vitals() const {
    auto vitals = impl_->handler.late->vitals();
    vitals.health = health_of(bridge());
    vitals.connections = connections();
    return vitals;
}

const CallLog& StdioProxy::calls() const {
    return *impl_->options.calls;
}

} // namespace thv::proxy
