// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/api.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace thv::engine {

namespace {

using nlohmann::json;

constexpr std::size_t longest_message = 1000;

struct Version {
    int major = 0;
    int minor = 0;
    auto operator<=>(const Version&) const = default;
};
constexpr Version oldest{1, 41};
constexpr Version newest{1, 51};

std::optional<Version> parse_version(std::string_view text) {
    Version version;
    const auto* const begin = text.data();
    const auto* const end = begin + text.size();
    const auto major = std::from_chars(begin, end, version.major);
    if (major.ec != std::errc{} || major.ptr == end || *major.ptr != '.') return std::nullopt;
    const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
    if (minor.ec != std::errc{} || minor.ptr != end) return std::nullopt;
    return version;
}

std::string text_of(Version version) {
    return fmt::format("{}.{}", version.major, version.minor);
}

Fault fault_of(int status) {
    switch (status) {
    case 400:
        return Fault::usage;
    case 401:
    case 403:
        return Fault::denied;
    case 404:
        return Fault::not_found;
    case 409:
        return Fault::conflict;
    case 501:
        return Fault::unsupported;
    case 503:
        return Fault::unreachable;
    default:
        return Fault::internal;
    }
}

/// The engine's text for a person's terminal: one line, no control characters, not endless.
std::string presentable(std::string text) {
    if (text.size() > longest_message) text.resize(longest_message);
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::string text_of_body(const json& body) {
    try {
        return body.dump();
    } catch (const json::exception&) {
        // The library's own message would quote the value.
        throw Error{Fault::usage, "an argument, variable or label of the container is not UTF-8"};
    }
}

/// "Docker/20.10.24+dfsg1 (linux)" gives "20.10.24+dfsg1".
std::string product_version(std::string_view server) {
    const auto slash = server.find('/');
    if (slash == std::string_view::npos) return {};
    const auto rest = server.substr(slash + 1);
    return std::string{rest.substr(0, rest.find(' '))};
}

} // namespace

Task<Facts> ping(http::Client& client, Duration deadline) {
    const auto answer = co_await client.request({.target = "/_ping", .deadline = deadline, .body_limit = 4096});
    const auto* api = answer.header("Api-Version");
    if (!answer.ok() || api == nullptr)
        throw Error{Fault::unreachable,
                    fmt::format("what listens on {} is not a container engine", to_string(client.endpoint()))};
    Facts facts{.podman = false, .version = {}, .api_version = *api};
    if (const auto* server = answer.header("Server")) facts.version = product_version(*server);
    if (const auto* podman = answer.header("Libpod-API-Version")) {
        facts.podman = true;
        facts.version = *podman;
    }
    co_return facts;
}

std::string negotiate(const Facts& facts, const std::optional<std::string>& wanted) {
    if (wanted) {
        const auto version = parse_version(*wanted);
        if (!version) throw Error{Fault::usage, "DOCKER_API_VERSION is not a version like 1.44"};
        return text_of(*version);
    }
    const auto offered = parse_version(facts.api_version);
    if (!offered) throw Error{Fault::unsupported, fmt::format("{} tells no API version", facts.name())};
    if (*offered < oldest) {
        const auto message = fmt::format("{} {} speaks API {}, which is too old; {} is needed", facts.name(),
                                         facts.version, text_of(*offered), text_of(oldest));
        throw Error{Fault::unsupported, message}.hint("install Docker 20.10 or Podman 4, or a later one");
    }
    return text_of(std::min(*offered, newest));
}

json parse_answer(const std::string& body) {
    auto document = json::parse(body, nullptr, false);
    if (document.is_discarded()) throw Error{Fault::internal, "the container engine's answer is not JSON"};
    return document;
}

Api::Api(http::Endpoint endpoint, Facts facts, std::string version)
    : client_(std::move(endpoint))
    , facts_(std::move(facts))
    , prefix_("/v" + std::move(version)) {}

http::Request Api::request_of(Call call) const {
    http::Request request{.method = std::move(call.method),
                          .target = prefix_ + call.path,
                          .headers = std::move(call.headers),
                          .deadline = call.deadline};
    if (call.body) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = text_of_body(*call.body);
    }
    return request;
}

Error Api::refused(const http::Response& response) const {
    const auto document = json::parse(response.body, nullptr, false);
    std::string message;
    if (document.is_object() && document.contains("message") && document["message"].is_string())
        message = presentable(document["message"].get<std::string>());
    if (message.empty()) message = fmt::format("answered with status {}", response.status);
    // Podman answers 500 when a container goes away while it does something with it.
    const bool gone = facts_.podman && response.status == 500 && message.ends_with("no such container");
    return Error{gone ? Fault::not_found : fault_of(response.status), fmt::format("{}: {}", facts_.name(), message)};
}

Task<http::Response> Api::send(Call call) {
    try {
        auto answer = co_await client_.request(request_of(std::move(call)));
        if (answer.status >= 400) throw refused(answer);
        co_return answer;
    } catch (const Error& error) {
        lost_ = lost_ || error.fault() == Fault::unreachable;
        throw;
    }
}

Task<json> Api::get(std::string path) {
    const auto answer = co_await send({.path = std::move(path)});
    co_return answer.body.empty() ? json{} : parse_answer(answer.body);
}

Task<std::optional<json>> Api::find(std::string path) {
    try {
        auto document = co_await get(std::move(path));
        co_return document;
    } catch (const Error& error) {
        if (error.fault() != Fault::not_found) throw;
    }
    co_return std::nullopt;
}

Task<std::unique_ptr<http::Stream>> Api::open(Call call) {
    try {
        auto stream = co_await client_.open(request_of(std::move(call)));
        if (stream->head().status < 400) co_return stream;
        auto refusal = stream->head();
        refusal.body = co_await stream->read_all(64U << 10U);
        throw refused(refusal);
    } catch (const Error& error) {
        lost_ = lost_ || error.fault() == Fault::unreachable;
        throw;
    }
}

Task<http::Upgraded> Api::hijack(std::string path) {
    try {
        auto upgraded = co_await client_.upgrade(request_of({.method = "POST", .path = std::move(path)}));
        if (!upgraded.socket.open()) throw refused(upgraded.head);
        co_return upgraded;
    } catch (const Error& error) {
        lost_ = lost_ || error.fault() == Fault::unreachable;
        throw;
    }
}

Task<> Api::ping() {
    try {
        co_await engine::ping(client_, std::chrono::seconds{5});
    } catch (const Error& error) {
        lost_ = true;
        if (error.fault() != Fault::timed_out) throw;
        throw Error{Fault::unreachable, error.message()};
    }
}

} // namespace thv::engine
