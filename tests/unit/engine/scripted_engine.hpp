// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/api.hpp"
#include "support/scripted_server.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace thv::test {

/// An answer of an engine, as bytes; `headers` end with CRLF each.
inline std::string engine_answer(int status, const std::string& body, const std::string& headers = "") {
    return fmt::format("HTTP/1.1 {} X\r\n{}Content-Length: {}\r\n\r\n{}", status, headers, body.size(), body);
}

/// A Podman that gives these answers, one after the other, and notes what it is asked. A null document is an empty
/// body.
class ScriptedPodman {
public:
    explicit ScriptedPodman(const std::vector<std::pair<int, nlohmann::json>>& answers)
        : server_(scripts(answers)) {}

    std::shared_ptr<engine::Api> api() const {
        return std::make_shared<engine::Api>(http::UnixEndpoint{server_.path()}, engine::Facts{.podman = true}, "1.41");
    }
    /// "GET /v1.41/containers/web/json"; to be read when the last answer has arrived.
    std::vector<std::string> asked;

private:
    std::vector<ScriptedServer::Script> scripts(const std::vector<std::pair<int, nlohmann::json>>& answers) {
        std::vector<ScriptedServer::Script> result;
        for (const auto& [status, document] : answers) {
            const auto body = document.is_null() ? std::string{} : document.dump();
            result.emplace_back([this, text = engine_answer(status, body, "Connection: close\r\n")](Peer& peer) {
                const auto request = peer.read_request();
                asked.push_back(request.substr(0, request.find(" HTTP/")));
                peer.send(text);
            });
        }
        return result;
    }

    ScriptedServer server_;
};

} // namespace thv::test
