// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "http/server.hpp"
#include "support/temp_folder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace thv::test {

/// A request as it arrived.
struct Seen {
    std::string method;
    std::string target;
    std::string authorization;
    std::string content_type;
    std::string body;
};

/// How one request is answered. It may keep the visit to go on with it later.
using Answer = std::function<void(http::Visit& visit)>;

/// A complete answer. `fields`: more header lines, each with its CR LF.
Answer status(int code, std::string body, std::string fields = "");
inline Answer json(std::string body) {
    return status(200, std::move(body));
}
/// A Status of the API with this code, reason and message, and more fields ("\"details\": {…}").
Answer refuses(int code, const std::string& reason, const std::string& message, const std::string& more = "");
/// Lines of a watch, after which the watch ends.
Answer events(std::vector<std::string> lines);
/// Lines of a watch, after which it stays open and silent.
Answer events_and_silence(std::vector<std::string> lines);
/// Part of an answer, after which the connection breaks.
Answer truncated(std::string part);

/// An API server, spoken to over plain HTTP, that answers as it is told, and an Api that speaks to it. Everything runs
/// on one thread, in `run`.
class ScriptedApi : private http::Handler {
public:
    /// `user`: what the kubeconfig says of it; a token by default.
    explicit ScriptedApi(std::string user = R"({"token": "secret-token"})");
    ~ScriptedApi() override;
    ScriptedApi(const ScriptedApi&) = delete;
    ScriptedApi& operator=(const ScriptedApi&) = delete;

    /// The next answers to requests whose "METHOD target" contains the text; of several texts the first that was
    /// named counts. A request without an answer gets 599.
    void on(const std::string& text, std::vector<Answer> answers);
    /// The same answer every time.
    void always(const std::string& text, Answer answer);

    /// The answer to requests that nothing else is said about.
    void otherwise(Answer answer) { otherwise_ = std::move(answer); }

    /// The targets of the requests so far whose "METHOD target" contains the text.
    std::vector<std::string> targets(const std::string& text = "") const;
    const std::vector<Seen>& seen() const { return seen_; }

    cluster::Api& api() { return *api_; }
    const TempFolder& folder() const { return folder_; }
    std::string server() const;

    /// Runs a task to its end and returns its result or throws what it threw.
    template <typename T>
    T run(Task<T> task) {
        std::exception_ptr failure;
        io_.restart();
        if constexpr (std::is_void_v<T>) {
            asio::co_spawn(io_, std::move(task), [&](std::exception_ptr thrown) {
                failure = thrown;
                io_.stop();
            });
            io_.run();
            if (failure) std::rethrow_exception(failure);
        } else {
            std::optional<T> result;
            asio::co_spawn(io_, std::move(task), [&](std::exception_ptr thrown, T value) {
                failure = thrown;
                if (!thrown) result.emplace(std::move(value));
                io_.stop();
            });
            io_.run();
            if (failure) std::rethrow_exception(failure);
            return std::move(*result);
        }
    }

private:
    struct Rule {
        std::string text;
        std::deque<Answer> answers;
        Answer always;
    };
    void request(http::Visit& visit) override;
    void gone(http::Visit& /*visit*/) override {}
    Rule& rule(const std::string& text);

    asio::io_context io_{1};
    TempFolder folder_;
    std::vector<Rule> rules_;
    Answer otherwise_;
    std::vector<Seen> seen_;
    std::optional<http::Server> server_;
    std::optional<cluster::Api> api_;
};

} // namespace thv::test
