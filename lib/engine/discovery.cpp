// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/discovery.hpp"

#include "core/error.hpp"
#include "engine/candidates.hpp"
#include "engine/embedded.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>

namespace thv::engine {

namespace {

constexpr auto patience = std::chrono::seconds{2};
constexpr std::string_view permission_denied = "Permission denied";

/// The reason without what the probe says anyway.
std::string reason_of(const Error& error, const std::string& socket) {
    const auto prefix = fmt::format("cannot connect to unix://{}: ", socket);
    return error.message().starts_with(prefix) ? error.message().substr(prefix.size()) : error.message();
}

Task<Probe> probe(Candidate candidate) {
    Probe result{.source = candidate.source, .socket = candidate.socket, .reason = candidate.refusal};
    if (!result.reason.empty()) co_return result;
    try {
        http::Client client{http::UnixEndpoint{candidate.socket}};
        const auto facts = co_await ping(client, patience);
        result.answered = true;
        result.engine = facts.name();
        result.version = facts.version;
        result.api_version = facts.api_version;
    } catch (const Error& error) {
        result.reason = reason_of(error, candidate.socket);
    }
    co_return result;
}

Facts facts_of(const Probe& probe) {
    return {.podman = probe.engine == "podman", .version = probe.version, .api_version = probe.api_version};
}

/// "docker", "podman", or empty for any.
std::string wanted_kind(const Environment& environment) {
    const auto kind = environment.get_or("TOOLHIVE_RUNTIME", "");
    if (!kind.empty() && kind != "docker" && kind != "podman")
        throw Error{Fault::usage, fmt::format("TOOLHIVE_RUNTIME is '{}', which is no container engine", kind)}.hint(
            "use docker or podman, or unset it");
    return kind;
}

Error none_answers(const std::vector<Probe>& probes) {
    std::vector<std::string> lines;
    lines.reserve(probes.size());
    for (const auto& probe : probes)
        lines.push_back(
            fmt::format("{} ({}): {}", probe.socket.empty() ? "-" : probe.socket, probe.source, probe.reason));
    const auto message = fmt::format("no container engine answers; tried:\n  {}", fmt::join(lines, "\n  "));
    const bool denied = std::ranges::any_of(probes, [](const Probe& p) { return p.reason == permission_denied; });
    return Error{Fault::unreachable, message}.hint(
        denied ? "join the group of the socket ('sudo usermod -aG docker $USER', then log in again), or use rootless "
                 "podman ('systemctl --user enable --now podman.socket')"
               : "install podman or docker, or start it ('systemctl --user enable --now podman.socket' or 'sudo "
                 "systemctl start docker'); 'thv runtime check' shows every place that is tried");
}

Task<Probe> probe_own(Paths paths) {
    auto result =
        co_await probe({.source = std::string{own_podman}, .socket = own_podman_socket(paths), .refusal = {}});
    co_return result;
}

Endpoint own_endpoint(const Paths& paths, const Facts& facts) {
    return {.socket = own_podman_socket(paths), .source = std::string{own_podman}, .facts = facts, .own = true};
}

struct Search {
    std::optional<Endpoint> found;
    std::vector<Probe> probes; ///< of those that did not answer
    bool may_be_own = false;   ///< whether a podman service of our own may take their place
};

/// Looks at the places in their order until an engine answers that will do.
Task<Search> look(Environment environment) {
    const auto kind = wanted_kind(environment);
    Search search;
    bool decided = false;
    for (const auto& place : candidates(environment, ::getuid())) {
        auto result = co_await probe(place);
        if (result.answered && (kind.empty() || result.engine == kind)) {
            search.found = Endpoint{.socket = result.socket, .source = result.source, .facts = facts_of(result)};
            co_return search;
        }
        if (result.answered)
            result.reason = fmt::format("it is {}, and TOOLHIVE_RUNTIME asks for {}", result.engine, kind);
        decided = decided || place.decisive;
        const bool stop = place.decisive && !result.answered;
        search.probes.push_back(std::move(result));
        if (stop) break;
    }
    search.may_be_own = !decided && kind != "docker" && !podman_program(environment).empty();
    co_return search;
}

} // namespace

Task<std::vector<Probe>> probe_engines(Environment environment, Paths paths) {
    const auto places = candidates(environment, ::getuid());
    std::vector<Probe> probes;
    for (const auto& place : places) {
        auto result = co_await probe(place);
        probes.push_back(std::move(result));
    }
    const bool decided = std::ranges::any_of(places, &Candidate::decisive);
    if (decided || podman_program(environment).empty()) co_return probes;
    auto own = co_await probe_own(paths);
    if (!own.answered) own.reason += "; it is started when it is needed";
    probes.push_back(std::move(own));
    co_return probes;
}

Task<Endpoint> find_engine(Environment environment, Paths paths) {
    auto search = co_await look(environment);
    if (search.found) co_return *std::move(search.found);
    if (!search.may_be_own) throw none_answers(search.probes);
    const auto facts = co_await start_own_podman(environment, paths);
    co_return own_endpoint(paths, facts);
}

Task<Endpoint> find_running_engine(Environment environment, Paths paths) {
    auto search = co_await look(environment);
    if (search.found) co_return *std::move(search.found);
    if (search.may_be_own) {
        auto own = co_await probe_own(paths);
        if (own.answered) co_return own_endpoint(paths, facts_of(own));
        search.probes.push_back(std::move(own));
    }
    throw none_answers(search.probes);
}

std::shared_ptr<Api> connect(const Endpoint& endpoint, const Environment& environment) {
    auto version = negotiate(endpoint.facts, environment.get("DOCKER_API_VERSION"));
    return std::make_shared<Api>(http::UnixEndpoint{endpoint.socket}, endpoint.facts, std::move(version));
}

Task<std::shared_ptr<Api>> Connector::api() {
    // A service of our own ends when nothing has used it for a minute.
    const bool fresh = std::chrono::steady_clock::now() - checked_ < std::chrono::seconds{20};
    const bool may_have_ended = found_ && found_->own && !fresh;
    if (api_ && !api_->lost() && !may_have_ended) co_return api_;
    auto endpoint = found_;
    if (!endpoint) {
        endpoint = co_await find_engine(environment_, paths_);
    } else if (endpoint->own) {
        endpoint->facts = co_await start_own_podman(environment_, paths_);
    } else {
        // A container lives on one engine: another one that happens to answer would not know it.
        http::Client client{http::UnixEndpoint{endpoint->socket}};
        endpoint->facts = co_await ping(client, patience);
    }
    api_ = connect(*endpoint, environment_);
    found_ = std::move(endpoint);
    checked_ = std::chrono::steady_clock::now();
    co_return api_;
}

} // namespace thv::engine
