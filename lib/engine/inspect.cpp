// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/inspect.hpp"

#include "core/error.hpp"
#include "engine/fields.hpp"

#include <charconv>
#include <chrono>
#include <string>
#include <string_view>

namespace thv::engine {

namespace {

using nlohmann::json;

int integer(const json& object, const char* name) {
    const auto& value = field(object, name);
    return value.is_number_integer() ? value.get<int>() : 0;
}

bool flag(const json& object, const char* name) {
    const auto& value = field(object, name);
    return value.is_boolean() && value.get<bool>();
}

std::map<std::string, std::string> labels_of(const json& object) {
    std::map<std::string, std::string> labels;
    const auto& value = field(object, "Labels");
    if (!value.is_object()) return labels;
    for (const auto& [name, content] : value.items())
        if (content.is_string()) labels.emplace(name, content.get<std::string>());
    return labels;
}

/// Podman's own states have leaked through its Docker API in some versions.
std::string docker_state(std::string state) {
    if (state == "stopped") return "exited";
    if (state == "configured" || state == "initialized") return "created";
    return state;
}

std::string without_slash(const std::string& name) {
    return name.starts_with('/') ? name.substr(1) : name;
}

/// The Go zero time, year 1, means never; it is out of the range of Time, like anything else that is not a time.
std::optional<Time> time_from_text(const std::string& text) {
    const auto time = parse_rfc3339(text);
    return time ? std::optional{*time} : std::nullopt;
}

/// Seconds since 1970, as far as Time reaches.
std::optional<Time> time_of(const json& seconds) {
    constexpr std::int64_t latest = 9'000'000'000;
    if (!seconds.is_number_integer()) return std::nullopt;
    const auto count = seconds.get<std::int64_t>();
    return count >= 0 && count <= latest ? std::optional{Time{std::chrono::seconds{count}}} : std::nullopt;
}

int port_number(std::string_view digits) {
    int port = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return parsed.ec == std::errc{} && port > 0 && port <= 65535 ? port : 0;
}

/// Whether a port bound to that address answers on 127.0.0.1.
bool on_loopback(const std::string& address) {
    return address.empty() || address == "0.0.0.0" || address == "127.0.0.1";
}

/// {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "32768"}], "53/udp": null}
std::map<int, int> bound_ports(const json& ports) {
    std::map<int, int> result;
    if (!ports.is_object()) return result;
    for (const auto& [key, bindings] : ports.items()) {
        const int inside = key.ends_with("/tcp") ? port_number(std::string_view{key}.substr(0, key.size() - 4)) : 0;
        if (inside == 0 || !bindings.is_array()) continue;
        for (const auto& binding : bindings) {
            const int outside = port_number(text(binding, "HostPort"));
            if (outside != 0 && on_loopback(text(binding, "HostIp"))) result.emplace(inside, outside);
        }
    }
    return result;
}

/// What a list names the parts of a port binding.
struct PortWords {
    const char* address;
    const char* inside;
    const char* outside;
    const char* protocol;
};
constexpr PortWords docker_words{"IP", "PrivatePort", "PublicPort", "Type"};
constexpr PortWords podman_words{"host_ip", "container_port", "host_port", "protocol"};

/// [{"IP": "127.0.0.1", "PrivatePort": 8080, "PublicPort": 32768, "Type": "tcp"}]
std::map<int, int> listed_ports(const json& ports) {
    std::map<int, int> result;
    if (!ports.is_array()) return result;
    for (const auto& port : ports) {
        const auto& words = field(port, podman_words.protocol).is_string() ? podman_words : docker_words;
        const bool usable = text(port, words.protocol) == "tcp" && on_loopback(text(port, words.address));
        if (usable && integer(port, words.outside) > 0)
            result.emplace(integer(port, words.inside), integer(port, words.outside));
    }
    return result;
}

ContainerInfo listed(const json& entry) {
    ContainerInfo info;
    info.id = text(entry, "Id");
    const auto& names = field(entry, "Names");
    if (names.is_array() && !names.empty() && names[0].is_string())
        info.name = without_slash(names[0].get<std::string>());
    info.state = docker_state(text(entry, "State"));
    info.image = text(entry, "Image");
    info.labels = labels_of(entry);
    info.ports = listed_ports(field(entry, "Ports"));
    const auto& created = field(entry, "Created");
    info.created_at = created.is_string() ? time_from_text(created.get<std::string>()) : time_of(created);
    return info;
}

} // namespace

ContainerInfo container_info(const json& inspected) {
    ContainerInfo info;
    info.id = text(inspected, "Id");
    if (info.id.empty()) throw Error{Fault::internal, "the container engine describes a container without an id"};
    info.name = without_slash(text(inspected, "Name"));
    info.created_at = time_from_text(text(inspected, "Created"));
    const auto& state = field(inspected, "State");
    info.state = docker_state(text(state, "Status"));
    info.exit_code = integer(state, "ExitCode");
    info.oom_killed = flag(state, "OOMKilled");
    info.error = text(state, "Error");
    info.started_at = time_from_text(text(state, "StartedAt"));
    const auto& config = field(inspected, "Config");
    info.image = text(config, "Image");
    info.labels = labels_of(config);
    info.ports = bound_ports(field(field(inspected, "NetworkSettings"), "Ports"));
    return info;
}

std::vector<ContainerInfo> container_list(const json& list) {
    if (!list.is_array()) throw Error{Fault::internal, "the container engine's list of containers is not a list"};
    std::vector<ContainerInfo> result;
    for (const auto& entry : list)
        result.push_back(listed(entry));
    return result;
}

} // namespace thv::engine
