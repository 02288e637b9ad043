// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/candidates.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "io/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

namespace thv::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_contexts = 256;
constexpr std::array overrides{"TOOLHIVE_PODMAN_SOCKET", "TOOLHIVE_DOCKER_SOCKET", "TOOLHIVE_COLIMA_SOCKET"};
constexpr std::array hosts{"DOCKER_HOST", "CONTAINER_HOST"};

Candidate from_url(std::string source, std::string_view url, bool decisive) {
    Candidate candidate{
        .source = std::move(source), .socket = unix_socket_of(url), .refusal = {}, .decisive = decisive};
    if (candidate.socket.empty()) {
        const auto scheme = url.substr(0, url.find("://"));
        candidate.refusal = url.starts_with("unix://") || scheme.size() == url.size()
                                ? std::string{"it is not of the form unix:///absolute/path"}
                                : fmt::format("engines behind {}:// are not supported, only unix://", scheme);
    }
    return candidate;
}

Candidate known(const fs::path& socket) {
    return {.source = "known socket", .socket = socket.string(), .refusal = {}, .decisive = false};
}

void add_known(std::vector<Candidate>& all, const Environment& environment, unsigned user_id) {
    const fs::path runtime = environment.get_or("XDG_RUNTIME_DIR", fmt::format("/run/user/{}", user_id));
    const fs::path home = environment.get_or("HOME", "");
    const bool has_home = home.is_absolute();
    all.push_back(known("/run/podman/podman.sock"));
    if (runtime.is_absolute()) all.push_back(known(runtime / "podman/podman.sock"));
    if (has_home) all.push_back(known(home / ".local/share/containers/podman/machine/podman.sock"));
    all.push_back(known("/run/docker.sock"));
    all.push_back(known("/var/run/docker.sock"));
    if (runtime.is_absolute()) all.push_back(known(runtime / "docker.sock"));
    if (!has_home) return;
    for (const auto* path : {".docker/run/docker.sock", ".docker/desktop/docker.sock", ".rd/docker.sock",
                             ".orbstack/run/docker.sock", ".colima/default/docker.sock"})
        all.push_back(known(home / path));
}

fs::path docker_configuration(const Environment& environment) {
    if (const auto folder = environment.get("DOCKER_CONFIG")) return *folder;
    const auto home = environment.get("HOME");
    return home ? fs::path{*home} / ".docker" : fs::path{};
}

/// The current context's name: DOCKER_CONTEXT, else what `docker context use` wrote.
std::string context_name(const Environment& environment, const fs::path& configuration) {
    if (const auto name = environment.get("DOCKER_CONTEXT")) return *name;
    const auto text = read_file(configuration / "config.json");
    if (!text) return {};
    const auto document = parse_json(*text, "docker's config.json");
    return Fields{document, "docker's config.json"}.text("currentContext");
}

/// The folders are named after a hash of the context's name; the name is inside, so no hash is needed to find it.
std::optional<std::string> context_host(const fs::path& configuration, std::string_view name) {
    std::error_code ignored; // no folder: no contexts
    std::size_t seen = 0;
    for (fs::directory_iterator entry{configuration / "contexts/meta", ignored}, end;
         entry != end && seen < most_contexts; entry.increment(ignored), ++seen) {
        const auto text = read_file(entry->path() / "meta.json");
        if (!text) continue;
        const auto document = parse_json(*text, "a docker context");
        const Fields meta{document, "a docker context"};
        if (meta.text("Name") != name) continue;
        const auto* endpoints = meta.find("Endpoints");
        const auto* docker = endpoints == nullptr ? nullptr : Fields{*endpoints, "a docker context"}.find("docker");
        return docker == nullptr ? std::string{} : Fields{*docker, "a docker context"}.text("Host");
    }
    return std::nullopt;
}

bool same_file(const Candidate& left, const Candidate& right) {
    if (left.socket.empty() || right.socket.empty()) return false;
    std::error_code missing;
    return left.socket == right.socket || fs::equivalent(left.socket, right.socket, missing);
}

} // namespace

std::string unix_socket_of(std::string_view url) {
    constexpr std::string_view scheme = "unix://";
    if (!url.starts_with(scheme)) return {};
    url.remove_prefix(scheme.size());
    return url.starts_with('/') ? std::string{url} : std::string{};
}

std::vector<Candidate> docker_context(const Environment& environment) {
    const auto configuration = docker_configuration(environment);
    const bool named = environment.get("DOCKER_CONTEXT").has_value();
    Candidate broken{.source = "docker context", .socket = {}, .refusal = {}, .decisive = named};
    if (configuration.empty()) return {};
    try {
        const auto name = context_name(environment, configuration);
        if (name.empty() || name == "default") return {};
        broken.source = fmt::format("docker context '{}'", name);
        const auto host = context_host(configuration, name);
        if (host) return {from_url(broken.source, *host, named)};
        broken.refusal = "there is no such context";
    } catch (const Error& error) {
        broken.refusal = error.message();
    }
    return {broken};
}

std::vector<Candidate> candidates(const Environment& environment, unsigned user_id) {
    for (const auto* name : overrides) {
        const auto path = environment.get(name);
        if (!path) continue;
        Candidate only{.source = name, .socket = *path, .refusal = {}, .decisive = true};
        if (!path->starts_with('/')) {
            only.socket.clear();
            only.refusal = "it is not an absolute path of a socket";
        }
        return {only};
    }
    std::vector<Candidate> all;
    for (const auto* name : hosts)
        if (const auto url = environment.get(name)) all.push_back(from_url(name, *url, true));
    // As in docker's own client, a host overrides a context.
    if (all.empty()) all = docker_context(environment);
    add_known(all, environment, user_id);
    std::vector<Candidate> once;
    for (auto& candidate : all) {
        const bool again =
            std::ranges::any_of(once, [&](const Candidate& other) { return same_file(other, candidate); });
        if (!again) once.push_back(std::move(candidate));
    }
    return once;
}

} // namespace thv::engine
