// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/client.hpp"
#include "io/task.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>

namespace thv::engine {

/// What an engine says of itself in its answer to a ping.
struct Facts {
    bool podman = false;
    std::string version = {};     ///< the engine's own, "20.10.24"
    std::string api_version = {}; ///< the highest that it speaks, "1.41"

    const char* name() const { return podman ? "podman" : "docker"; }
};

/// Asks what listens there. Throws Fault::unreachable with the reason when nothing does, or something that is no
/// engine.
Task<Facts> ping(http::Client& client, Duration deadline);

/// The API version that both sides speak: the engine's own, at most 1.51. With `wanted` (DOCKER_API_VERSION) that one.
/// Throws Fault::unsupported for an engine older than 1.41, and Fault::usage when `wanted` is no version.
std::string negotiate(const Facts& facts, const std::optional<std::string>& wanted);

/// The requests of the Docker Engine API (https://docs.docker.com/reference/api/engine/), which podman serves too, on
/// one engine. An answer of 400 and above is thrown with the engine's own message: Fault::usage (400), denied (401,
/// 403), not_found (404), conflict (409), unsupported (501), unreachable (503), else internal. Paths carry no version
/// and are percent-encoded.
class Api {
public:
    struct Call {
        std::string method = "GET";
        std::string path = {};
        std::optional<nlohmann::json> body = {};
        http::Headers headers = {};
        Duration deadline = std::chrono::seconds{30}; ///< zero: none
    };

    Api(http::Endpoint endpoint, Facts facts, std::string version);

    const Facts& facts() const { return facts_; }
    const http::Endpoint& endpoint() const { return client_.endpoint(); }
    /// The engine went away during a call: whoever holds this should look for it again.
    bool lost() const { return lost_; }

    Task<http::Response> send(Call call);
    /// The answer as JSON; null for an empty one.
    Task<nlohmann::json> get(std::string path);
    /// The same, and none for 404.
    Task<std::optional<nlohmann::json>> find(std::string path);
    Task<std::unique_ptr<http::Stream>> open(Call call);
    /// A connection that the engine has handed over.
    Task<http::Upgraded> hijack(std::string path);
    /// Fault::unreachable when the engine does not answer within five seconds.
    Task<> ping();

private:
    http::Request request_of(Call call) const;
    Error refused(const http::Response& response) const;

    http::Client client_;
    Facts facts_;
    std::string prefix_;
    bool lost_ = false;
};

/// A JSON answer of the engine. Fault::internal when it is not JSON.
nlohmann::json parse_answer(const std::string& body);

} // namespace thv::engine
