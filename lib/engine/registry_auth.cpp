// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/registry_auth.hpp"

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "io/files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

namespace thv::engine {

namespace {

struct Login {
    std::string user;
    std::string password;
    std::string identity_token;
};

std::optional<Login> from_variables(const Environment& environment, const std::string& registry) {
    std::string host = registry;
    for (auto& c : host) {
        if (c == '.' || c == '-' || c == ':') c = '_';
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    }
    const auto user = environment.get("REGISTRY_" + host + "_USERNAME");
    const auto password = environment.get("REGISTRY_" + host + "_PASSWORD");
    if (!user || !password) return std::nullopt;
    return Login{.user = *user, .password = *password, .identity_token = {}};
}

std::filesystem::path docker_configuration(const Environment& environment) {
    if (const auto folder = environment.get("DOCKER_CONFIG")) return std::filesystem::path{*folder} / "config.json";
    const auto home = environment.get("HOME");
    return home ? std::filesystem::path{*home} / ".docker/config.json" : std::filesystem::path{};
}

/// The keys under which docker's client keeps a registry's login.
std::vector<std::string> keys_of(const std::string& registry) {
    if (registry == "docker.io")
        return {"https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io"};
    return {registry, "https://" + registry, "https://" + registry + "/", "https://" + registry + "/v1/",
            "https://" + registry + "/v2/"};
}

std::optional<Login> from_configuration(const Environment& environment, const std::string& registry) {
    constexpr auto where = "docker's config.json";
    const auto file = docker_configuration(environment);
    const auto text = file.empty() ? std::nullopt : read_file(file);
    if (!text) return std::nullopt;
    const auto document = parse_json(*text, where);
    const auto* auths = Fields{document, where}.find("auths");
    if (auths == nullptr) return std::nullopt;
    for (const auto& key : keys_of(registry)) {
        const auto* entry = Fields{*auths, where}.find(key);
        if (entry == nullptr) continue;
        const Fields fields{*entry, where};
        const auto pair = base64_decode(fields.text("auth")).value_or("");
        const auto colon = std::min(pair.find(':'), pair.size());
        Login login{.user = pair.substr(0, colon),
                    .password = colon < pair.size() ? pair.substr(colon + 1) : std::string{},
                    .identity_token = fields.text("identitytoken")};
        if (!login.user.empty() || !login.identity_token.empty()) return login;
    }
    return std::nullopt;
}

} // namespace

Task<std::string> registry_auth(Environment environment, std::string registry) {
    auto login = from_variables(environment, registry);
    if (!login) login = from_configuration(environment, registry);
    if (!login) co_return std::string{};
    const bool hub = registry == "docker.io";
    nlohmann::json document{{"serveraddress", hub ? std::string{"https://index.docker.io/v1/"} : registry}};
    if (login->identity_token.empty()) {
        document["username"] = login->user;
        document["password"] = login->password;
    } else {
        document["identitytoken"] = login->identity_token;
    }
    co_return base64_encode(document.dump(), true);
}

} // namespace thv::engine
