// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/requests.hpp"

#include "cluster/lookup.hpp"
#include "cluster/retry.hpp"
#include "cluster/status_error.hpp"
#include "io/deadline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace thv::cluster {

namespace {

constexpr std::size_t longest_refusal = 1U << 20U;
constexpr std::array known_versions{newest_version, std::string_view{"v1alpha1"}};

std::string text_of(const Json& body) {
    try {
        return body.dump();
    } catch (const Json::exception&) {
        // The library's own message would quote the value.
        throw Error{Fault::usage, "an argument, variable or label is not UTF-8"};
    }
}

bool went_away(const Error& error) {
    return error.fault() == Fault::unreachable;
}

std::string header_of(const http::Response& head, std::string_view name) {
    const auto* value = head.header(name);
    return value == nullptr ? std::string{} : *value;
}

} // namespace

Requests::Requests(Access access)
    : access_(std::move(access))
    , random_(std::random_device{}()) {
    connect_where_access_says();
}

double Requests::draw() {
    return std::uniform_real_distribution<>{0, 1}(random_);
}

void Requests::connect_where_access_says() {
    // Not at once a new client each time: it keeps the connections.
    if (client_ && client_->endpoint() == access_.endpoint()) return;
    client_ = std::make_unique<http::Client>(access_.endpoint());
    server_ = http::to_string(access_.endpoint()) + access_.path_prefix();
}

http::Request Requests::request_of(const Call& call) const {
    auto place = call.place;
    if (call.method == "POST") place.name.clear(); // it goes to the list; the name is for messages
    http::Request request{.method = call.method,
                          .target = access_.path_prefix() + path_of(place, version_),
                          .headers = {{"Accept", "application/json"}},
                          .deadline = call.deadline};
    // A log is no JSON.
    if (call.place.subresource == "log") request.headers.front().second = "*/*";
    if (!call.query.empty()) request.target += "?" + call.query;
    if (!call.body) return request;
    request.headers.emplace_back("Content-Type", call.content_type);
    if (version_ == newest_version || text_at(*call.body, {"apiVersion"}) != mcp_servers.group_version) {
        request.body = text_of(*call.body);
        return request;
    }
    auto older = *call.body;
    older["apiVersion"] = fmt::format("{}/{}", toolhive_group, version_);
    request.body = text_of(older);
    return request;
}

Task<std::unique_ptr<http::Stream>> Requests::attempt(const Call& call) {
    auto credentials = co_await access_.headers();
    connect_where_access_says();
    auto request = request_of(call);
    request.headers.insert(request.headers.end(), std::make_move_iterator(credentials.begin()),
                           std::make_move_iterator(credentials.end()));
    auto stream = co_await client_->open(std::move(request));
    co_return stream;
}

/// The body of a refusal; empty when it is more than a refusal can be.
Task<std::string> Requests::words_of(http::Stream& refused, Duration limit) {
    try {
        auto body = co_await with_deadline(refused.read_all(longest_refusal), limit,
                                           "waiting for what " + server_ + " says to its refusal");
        co_return body;
    } catch (const Error& error) {
        if (error.fault() != Fault::internal) throw;
    }
    co_return std::string{};
}

Task<Duration> Requests::weigh(http::Stream& refused, const Call& call, Tries& tries) {
    const int status = refused.head().status;
    const auto body = co_await words_of(refused, call.deadline);
    if (status == 401 && !std::exchange(tries.renewed, true)) {
        if (co_await access_.refresh()) co_return Duration::zero();
    }
    auto error = refusal(status, body, {call.verb, call.place, server_, access_.context()});
    if (error.reason() == unknown_resource && co_await find_version(call, tries.spoken)) co_return Duration::zero();
    const auto pause = tries.retries.after(status, header_of(refused.head(), "Retry-After"), draw());
    if (!pause) throw std::move(error);
    co_return *pause;
}

Task<std::unique_ptr<http::Stream>> Requests::open(Call call) {
    Tries tries{.retries = Retries{call.repeatable}, .spoken = {}, .renewed = false};
    for (;;) {
        std::unique_ptr<http::Stream> stream;
        Duration pause{};
        tries.spoken = version_;
        try {
            stream = co_await attempt(call);
        } catch (const Error& error) {
            const auto again = went_away(error) ? tries.retries.after_break(draw()) : std::nullopt;
            if (!again) throw;
            pause = *again;
        }
        if (stream && stream->head().ok()) co_return stream;
        if (stream) pause = co_await weigh(*stream, call, tries);
        if (pause > Duration::zero()) co_await sleep_for(pause);
    }
}

Task<std::string> Requests::send(Call call) {
    const auto doing = fmt::format("reading the answer of {} to {} {}", server_, call.verb, describe(call.place));
    const auto limit = call.deadline;
    const auto most = call.body_limit;
    bool again = call.repeatable;
    for (;;) {
        const auto stream = co_await open(call);
        try {
            auto body = co_await with_deadline(stream->read_all(most), limit, doing);
            co_return body;
        } catch (const Error& error) {
            if (!went_away(error) || !std::exchange(again, false)) throw;
        }
    }
}

/// After the server did not know a resource of the toolhive group in the version `spoken`: whether it knows it in
/// another one, which is spoken from now on.
Task<bool> Requests::find_version(const Call& call, std::string spoken) {
    if (call.place.resource.group() != toolhive_group) co_return false;
    if (version_known_) co_return version_ != spoken;
    http::Request request{.target = fmt::format("{}/apis/{}", access_.path_prefix(), toolhive_group),
                          .headers = co_await access_.headers(),
                          .deadline = call.deadline};
    request.headers.emplace_back("Accept", "application/json");
    const auto answer = co_await client_->request(std::move(request));
    if (!answer.ok()) co_return false;
    const auto document = Json::parse(answer.body, nullptr, false);
    const auto& served = elements_at(document, {"versions"});
    for (const auto known : known_versions) {
        const auto is_known = [&](const Json& entry) { return text_at(entry, {"version"}) == known; };
        if (std::ranges::none_of(served, is_known)) continue;
        version_ = known;
        version_known_ = true;
        break;
    }
    co_return version_ != spoken;
}

} // namespace thv::cluster
