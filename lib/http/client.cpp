// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/client.hpp"

#include "http/connection.hpp"
#include "io/deadline.hpp"

#include <boost/beast/core/buffers_to_string.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <variant>

namespace thv::http {

namespace {

constexpr std::chrono::seconds connect_limit{30};
constexpr std::size_t piece_size = 16U << 10U;

/// RFC 9110, 9.2.2: sending it twice does what sending it once does.
bool idempotent(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

/// For how long a connection may be idle and still carry a request that cannot be sent twice. What the server says
/// ("Keep-Alive: timeout=5"), with a second for the way there; where it does not, less than the five seconds after
/// which common servers close. Over a Unix socket engines wait for as long as it takes.
std::optional<std::chrono::seconds> may_idle(const Endpoint& endpoint, const Response& answer) {
    using std::chrono::seconds;
    constexpr seconds usual{4};
    constexpr seconds longest{3600};
    constexpr std::string_view word = "timeout=";
    const auto* const said = answer.header("Keep-Alive");
    const auto at = said == nullptr ? std::string::npos : said->find(word);
    if (at == std::string::npos)
        return std::holds_alternative<UnixEndpoint>(endpoint) ? std::nullopt : std::optional{usual};
    int count = 0;
    const auto digits = said->substr(at + word.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return std::clamp(seconds{count} - seconds{1}, seconds{0}, longest);
}

std::string describe(const Request& request, const Endpoint& endpoint) {
    const auto path = request.target.substr(0, request.target.find('?'));
    return fmt::format("waiting for {} to answer {} {}", to_string(endpoint), request.method, path);
}

/// A server that does not even take the connection is not waited for as long as one that works on its answer.
Task<std::unique_ptr<Connection>> connect_in_time(Endpoint endpoint) {
    const auto name = to_string(endpoint);
    try {
        auto connecting = connect(std::move(endpoint));
        auto connection = co_await with_deadline(std::move(connecting), connect_limit, "connecting");
        co_return connection;
    } catch (const Error& error) {
        if (error.fault() != Fault::timed_out) throw;
    }
    throw Error{Fault::unreachable,
                fmt::format("cannot connect to {}: no answer within {}", name, human_span(connect_limit))};
}

Error too_long(const Endpoint& endpoint, std::size_t limit) {
    return Error{Fault::internal, fmt::format("{} sent a body of more than {} bytes", to_string(endpoint), limit)};
}

} // namespace

struct Client::Pool {
    Pool(Endpoint server, std::size_t kept)
        : endpoint(std::move(server))
        , most_idle(kept) {}
    Endpoint endpoint;
    std::size_t most_idle;
    std::vector<std::unique_ptr<Connection>> idle;

    std::unique_ptr<Connection> take() {
        while (!idle.empty()) {
            auto connection = std::move(idle.back());
            idle.pop_back();
            const auto idle_for = std::chrono::steady_clock::now() - connection->idle_since;
            const auto limit = connection->may_idle;
            const bool fresh = !limit || idle_for < *limit;
            if (fresh && fit_for_reuse(*connection)) return connection;
        }
        return nullptr;
    }

    /// Keeps the connection of a finished exchange when both sides may go on with it.
    void give_back(Exchange& exchange) {
        const bool reusable = exchange.connection && exchange.parser && exchange.parser->is_done() &&
                              exchange.parser->keep_alive() && exchange.connection->buffer.size() == 0;
        if (reusable && idle.size() < most_idle) {
            exchange.connection->idle_since = std::chrono::steady_clock::now();
            idle.push_back(std::move(exchange.connection));
        }
        exchange.connection.reset();
    }

    Task<std::unique_ptr<Exchange>> exchange(Request request);

    // Static, so that an answer in progress keeps the pool alive when the client is gone.
    static Task<Response> whole(std::shared_ptr<Pool> pool, Request request);
    static Task<std::unique_ptr<Stream>> streamed(std::shared_ptr<Pool> pool, Request request);
    static Task<Upgraded> hijacked(std::shared_ptr<Pool> pool, Request request);
};

Task<std::unique_ptr<Exchange>> Client::Pool::exchange(Request request) {
    const auto header = wire_header(request, endpoint);
    auto exchange = std::make_unique<Exchange>();
    for (;;) {
        exchange->connection = take();
        const bool reused = exchange->connection != nullptr;
        if (!reused) exchange->connection = co_await connect_in_time(endpoint);
        const auto result = co_await attempt(*exchange, header, request);
        if (!result.failure) {
            exchange->connection->may_idle = may_idle(endpoint, exchange->head);
            co_return exchange;
        }
        const bool again = reused && result.unanswered && (result.unsent || idempotent(request.method));
        if (!again || result.failure == asio::error::operation_aborted) raise(result.failure, endpoint);
    }
}

struct Stream::Impl {
    std::shared_ptr<Client::Pool> pool;
    std::unique_ptr<Exchange> exchange;
    std::unique_ptr<char[]> piece = {}; ///< not cleared: most answers fill little of it

    Task<std::string> read_some() {
        if (!exchange->connection) co_return std::string{};
        if (!piece) piece = std::make_unique_for_overwrite<char[]>(read_size);
        const auto got = co_await read_body(*exchange, pool->endpoint, piece.get(), read_size);
        if (got == 0) pool->give_back(*exchange);
        co_return std::string{piece.get(), got};
    }
};

Task<Response> Client::Pool::whole(std::shared_ptr<Pool> pool, Request request) {
    const auto limit = request.body_limit;
    const auto exchange = co_await pool->exchange(std::move(request));
    auto answer = std::move(exchange->head);
    for (;;) {
        const auto have = answer.body.size();
        answer.body.resize(have + piece_size);
        const auto got = co_await read_body(*exchange, pool->endpoint, answer.body.data() + have, piece_size);
        answer.body.resize(have + got);
        if (got == 0) break;
        if (answer.body.size() > limit) throw too_long(pool->endpoint, limit);
    }
    pool->give_back(*exchange);
    co_return answer;
}

Task<std::unique_ptr<Stream>> Client::Pool::streamed(std::shared_ptr<Pool> pool, Request request) {
    auto impl = std::make_unique<Stream::Impl>();
    impl->pool = pool;
    impl->exchange = co_await pool->exchange(std::move(request));
    co_return std::make_unique<Stream>(std::move(impl));
}

Task<Upgraded> Client::Pool::hijacked(std::shared_ptr<Pool> pool, Request request) {
    const auto limit = request.body_limit;
    Stream::Impl refusal{.pool = pool, .exchange = co_await pool->exchange(std::move(request)), .piece = {}};
    auto& exchange = *refusal.exchange;
    Upgraded upgraded{.head = exchange.head, .socket = {}, .early = {}};
    const bool raw_ok = upgraded.head.status == 200 && !exchange.parser->is_done() && exchange.parser->need_eof();
    if (upgraded.head.status == 101 || raw_ok) {
        upgraded.early = boost::beast::buffers_to_string(exchange.connection->buffer.data());
        upgraded.socket = Fd{exchange.connection->socket.release()};
        co_return upgraded;
    }
    Stream body{std::make_unique<Stream::Impl>(std::move(refusal))};
    upgraded.head.body = co_await body.read_all(limit);
    co_return upgraded;
}

Stream::Stream(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
Stream::~Stream() = default;
const Response& Stream::head() const {
    return impl_->exchange->head;
}
Task<std::string> Stream::read_some() {
    return impl_->read_some();
}

Task<std::string> Stream::read_all(std::size_t limit) {
    std::string body;
    for (;;) {
        const auto more = co_await read_some();
        if (more.empty()) co_return body;
        if (body.size() + more.size() > limit) throw too_long(impl_->pool->endpoint, limit);
        body += more;
    }
}

Client::Client(Endpoint endpoint, std::size_t idle)
    : pool_(std::make_shared<Pool>(std::move(endpoint), idle)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
const Endpoint& Client::endpoint() const {
    return pool_->endpoint;
}

Task<Response> Client::request(Request request) {
    const auto limit = request.deadline;
    auto doing = describe(request, pool_->endpoint);
    auto task = Pool::whole(pool_, std::move(request));
    return limit > Duration::zero() ? with_deadline(std::move(task), limit, std::move(doing)) : std::move(task);
}

Task<std::unique_ptr<Stream>> Client::open(Request request) {
    const auto limit = request.deadline;
    auto doing = describe(request, pool_->endpoint);
    auto task = Pool::streamed(pool_, std::move(request));
    return limit > Duration::zero() ? with_deadline(std::move(task), limit, std::move(doing)) : std::move(task);
}

Task<Upgraded> Client::upgrade(Request request) {
    if (std::holds_alternative<TlsEndpoint>(pool_->endpoint))
        throw Error{Fault::unsupported, "a connection over TLS cannot be taken over"};
    const auto limit = request.deadline;
    auto doing = describe(request, pool_->endpoint);
    request.headers.emplace_back("Connection", "Upgrade");
    request.headers.emplace_back("Upgrade", "tcp");
    auto task = Pool::hijacked(pool_, std::move(request));
    return limit > Duration::zero() ? with_deadline(std::move(task), limit, std::move(doing)) : std::move(task);
}

} // namespace thv::http
