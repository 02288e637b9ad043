// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Requests as they arrive at the server. Which ones the handler sees does not depend on how the stream is cut; what it
// sees has one meaning only; and the client gets one well-formed answer for each, in order.
#include "http/server_connection.hpp"
#include "pair.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace {

using namespace thv;
namespace asio = boost::asio;
using fuzz::require;

// The limit of a header is not exact: how a stream is cut may matter within a line of it, so it is out of the way here.
constexpr http::ServerLimits limits{.header_bytes = 64U << 10U, .fields = 16, .target_bytes = 128, .body_bytes = 2048};

/// Answers at once, later, or in a stream, as the target's last byte has it.
class Echo final : public http::Handler {
public:
    explicit Echo(asio::io_context& io)
        : io_(io) {}

    std::vector<std::string> seen;

    void request(http::Visit& visit) override {
        check(visit);
        std::string all{visit.method()};
        all.append(" ").append(visit.target());
        for (std::size_t i = 0; i < visit.fields(); ++i)
            all.append("\n").append(visit.field(i).name).append(": ").append(visit.field(i).value);
        seen.push_back(all.append("\n\n").append(visit.body()));
        const char how = visit.target().empty() ? '0' : visit.target().back();
        if (how == '1') return later(visit);
        if (how == '2') return stream(visit);
        visit.answer(how == '4' ? 204 : 200, "X: y\r\n", visit.body());
    }
    void gone(http::Visit& visit) override {
        require(waiting_ == &visit);
        waiting_ = nullptr;
    }

private:
    static bool is_chunked(std::string_view coding) {
        return std::ranges::equal(coding, std::string_view{"chunked"},
                                  [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
    }
    static void check(http::Visit& visit) {
        const auto transfer = visit.header_count("transfer-encoding");
        const auto length = visit.header("content-length");
        require(transfer <= 1 && visit.header_count("content-length") <= 1);
        require(transfer == 0 || !length);
        require(transfer == 0 || is_chunked(*visit.header("transfer-encoding")));
        if (!length) return require(transfer == 1 || visit.body().empty());
        std::size_t said = 0;
        const auto [end, failure] = std::from_chars(length->data(), length->data() + length->size(), said);
        require(failure == std::errc{} && end == length->data() + length->size());
        require(said == visit.body().size());
    }
    void later(http::Visit& visit) {
        require(waiting_ == nullptr);
        waiting_ = &visit;
        asio::post(io_, [this] {
            if (waiting_ != nullptr) std::exchange(waiting_, nullptr)->answer(200, {}, std::string_view{"later"});
        });
    }
    static void stream(http::Visit& visit) {
        visit.start(200, "X: z\r\n");
        visit.send(visit.body());
        visit.send(std::string_view{"more"});
        visit.finish();
    }

    asio::io_context& io_;
    http::Visit* waiting_ = nullptr;
};

/// Counts the answers in what a client gets, which must be well-formed up to where it ends.
class Answers {
public:
    explicit Answers(std::string_view bytes)
        : rest_(bytes) {
        while (!rest_.empty() && one()) {
        }
    }
    std::size_t finals = 0;

private:
    std::optional<std::string_view> line() {
        const auto end = rest_.find("\r\n");
        if (end == std::string_view::npos) return std::nullopt;
        const auto found = rest_.substr(0, end);
        rest_.remove_prefix(end + 2);
        return found;
    }
    static std::size_t number(std::string_view digits, int base) {
        std::size_t value = 0;
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
        require(failure == std::errc{} && end == digits.data() + digits.size());
        return value;
    }
    bool one() {
        const auto status = line();
        require(status && status->starts_with("HTTP/1.1 "));
        std::optional<std::size_t> length;
        bool chunked = false;
        for (auto field = line(); field && !field->empty(); field = line()) {
            if (field->starts_with("Content-Length: ")) length = number(field->substr(16), 10);
            if (*field == "Transfer-Encoding: chunked") chunked = true;
        }
        if (status->substr(9, 3) == "100") return true;
        ++finals;
        require(!(chunked && length));
        if (chunked) return chunks();
        if (!length) return status->substr(9, 3) == "204"; // others without one end with the connection
        // An answer to HEAD has a length and no body; only one that follows can tell.
        if (rest_.starts_with("HTTP/1.1 ") && *length != 0 && !rest_.substr(0, *length).ends_with("HTTP/1.1 "))
            return true;
        if (rest_.size() < *length) return false;
        rest_.remove_prefix(*length);
        return true;
    }
    bool chunks() {
        while (true) {
            if (rest_.starts_with("HTTP/1.1 ")) return true; // to HEAD
            const auto head = line();
            if (!head) return false;
            const auto size = number(*head, 16);
            require(rest_.size() >= size + 2 && rest_.substr(size, 2) == "\r\n");
            rest_.remove_prefix(size + 2);
            if (size == 0) return true;
        }
    }
    std::string_view rest_;
};

struct Outcome {
    std::vector<std::string> seen;
    std::string answers;
};

Outcome play(const std::vector<std::string_view>& pieces) {
    asio::io_context io{1};
    Echo echo{io};
    Outcome outcome;
    {
        const auto server = std::make_shared<http::Server::Impl>(io, echo, limits);
        fuzz::Pair pair;
        http::ServerSocket socket{io.get_executor()};
        socket.assign(asio::ip::tcp::v4(), pair.lend());
        server->take(std::move(socket));
        for (auto piece : pieces) {
            while (!piece.empty()) {
                const auto sent = pair.write(piece);
                piece.remove_prefix(sent);
                io.restart();
                io.poll();
                outcome.answers += pair.read();
                if (sent == 0) break;
            }
        }
        pair.end();
        for (int i = 0; i < 3; ++i) {
            io.restart();
            io.poll();
            outcome.answers += pair.read();
        }
        require(server->connections.empty() && server->peers.empty());
    }
    outcome.seen = std::move(echo.seen);
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto stream = fuzz::text_of(data, size);
    const auto pieces = fuzz::cut(stream);
    const auto whole = play({stream});
    const auto cut = play(pieces);
    require(whole.seen == cut.seen);
    const bool has_head = stream.find("HEAD") != std::string_view::npos;
    if (has_head || stream.find("HTTP/1.0") != std::string_view::npos) return 0; // see Answers
    const Answers answers{cut.answers};
    // The last answer may be a refusal, and one may be lost when the client ends its side before it.
    require(answers.finals <= cut.seen.size() + 1 && answers.finals + 1 >= cut.seen.size());
    return 0;
}
