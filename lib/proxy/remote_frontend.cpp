// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/remote_frontend.hpp"

#include "io/deadline.hpp"
#include "io/race.hpp"
#include "proxy/admission.hpp"
#include "proxy/restart.hpp"
#include "remote/contact.hpp"

#include <random>

namespace thv::proxy {

using namespace std::chrono_literals;

namespace {

constexpr auto first_patience = 10s;

Duration interval_from(const Environment& environment) {
    const auto text = environment.get("TOOLHIVE_HEALTH_CHECK_INTERVAL");
    if (!text) return 30s;
    const auto span = parse_duration(*text);
    if (!span || *span <= Duration::zero())
        throw Error{Fault::usage, "TOOLHIVE_HEALTH_CHECK_INTERVAL is no duration such as 30s"};
    return *span;
}

} // namespace

RemoteFrontend::RemoteFrontend(const asio::any_io_executor& executor, const RunConfig& config,
                               const Environment& environment, secrets::Values& values)
    : server_(remote::server_of(config, environment, values))
    , proxy_(executor, gated_options(executor, config, environment))
    , client_(std::make_shared<http::Client>(server_.address.endpoint, 1))
    , interval_(interval_from(environment))
    , stirred_(executor) {
    proxy_.watch([this](int status, const Error* failure) { note(status, failure); });
    proxy_.set_backend(server_);
}

Task<> RemoteFrontend::carry(std::string) {
    co_await forever();
}

/// What one request ran into need not be the server's state: only what says that it is not there, or that it does not
/// let us in, counts.
void RemoteFrontend::note(int status, const Error* failure) {
    if (!known_) return;
    std::optional<Error> trouble;
    if (failure == nullptr)
        trouble = remote::trouble_of(status, server_.address.endpoint, false);
    else if (failure->fault() == Fault::unreachable)
        trouble = *failure;
    else
        return;
    const bool changed = trouble.has_value() != trouble_.has_value();
    judge(std::move(trouble));
    if (changed) stirred_.set();
}

void RemoteFrontend::judge(std::optional<Error> trouble) {
    const auto message_of = [](const std::optional<Error>& error) { return error ? error->message() : std::string{}; };
    const bool same =
        known_ && trouble.has_value() == trouble_.has_value() && message_of(trouble) == message_of(trouble_);
    known_ = true;
    if (same) return;
    trouble_ = std::move(trouble);
    proxy_.set_trouble(trouble_ ? std::optional{trouble_->message()} : std::nullopt);
    if (tell_) tell_(trouble_);
}

Task<> RemoteFrontend::first_contact() {
    std::optional<Error> trouble;
    try {
        co_await remote::greet(server_, first_patience);
    } catch (const Error& error) {
        trouble = error;
    }
    judge(std::move(trouble));
}

Task<> RemoteFrontend::watch(std::function<void(const std::optional<Error>& trouble)> tell) {
    tell_ = std::move(tell);
    co_await first_contact();
    std::random_device source;
    std::uniform_real_distribution<double> jitter{0.0, 1.0};
    int failures = 0;
    for (;;) {
        const auto pause = trouble_ ? std::min(restart_pause(failures, jitter(source)), interval_) : interval_;
        stirred_.reset();
        co_await first_of(sleep_for(pause), stirred_.wait());
        if (stirred_.is_set()) {
            failures = 0;
            continue;
        }
        // After a failure a whole handshake: that something answers there does not mean that it works again.
        if (trouble_) {
            co_await first_contact();
        } else {
            auto trouble = co_await remote::look(client_, server_);
            judge(std::move(trouble));
        }
        failures = trouble_ ? failures + 1 : 0;
    }
}

} // namespace thv::proxy
