// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "manifest/pod_options.hpp"

#include "manifest/manifest.hpp"
#include "manifest/pod_parts.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace thv {
namespace {

using pod::Json;

constexpr std::string_view tmpfs_prefix = "thv-tmpfs-";
/// https://github.com/kubernetes/apimachinery/blob/master/pkg/util/validation/validation.go, IsValidUserID
constexpr std::int64_t largest_id = std::numeric_limits<std::int32_t>::max();

struct PodUser {
    std::int64_t id = 0;
    std::optional<std::int64_t> group;
};

/// Written as Kubernetes gives it back, so that it is the same again when it is read.
std::optional<std::int64_t> id_from(std::string_view text) {
    std::int64_t id = -1;
    std::from_chars(text.data(), text.data() + text.size(), id);
    const bool fine = id >= 0 && id <= largest_id && fmt::to_string(id) == text;
    return fine ? std::optional{id} : std::nullopt;
}

std::optional<PodUser> user_from(std::string_view text) {
    const auto colon = text.find(':');
    const auto id = id_from(text.substr(0, colon));
    if (!id) return std::nullopt;
    if (colon == std::string_view::npos) return PodUser{.id = *id, .group = {}};
    const auto group = id_from(text.substr(colon + 1));
    return group ? std::optional{PodUser{.id = *id, .group = group}} : std::nullopt;
}

/// What is said of the size of a folder in memory, and what else is.
struct MemoryFolder {
    std::string target;
    std::optional<long long> size; ///< bytes
    std::vector<std::string> others;
};

MemoryFolder folder_from(const std::string& text) {
    const auto tmpfs = value_or_throw(parse_tmpfs(text));
    MemoryFolder folder{.target = tmpfs.target, .size = {}, .others = {}};
    for (const auto& option : tmpfs_options(tmpfs)) {
        if (option.starts_with("size="))
            folder.size = value_or_throw(parse_memory(option.substr(option.find('=') + 1)));
        else
            folder.others.push_back(option);
    }
    return folder;
}

void put_tmpfs(Json& pod, const MemoryFolder& folder) {
    Json memory{{"medium", "Memory"}};
    if (folder.size) memory["sizeLimit"] = pod::quantity(*folder.size);
    pod::put_mount(pod, tmpfs_prefix, {{"emptyDir", std::move(memory)}}, {{"mountPath", folder.target}});
}

/// The folder in memory that is mounted there, when it is one of ours.
std::optional<std::string> tmpfs_from(const Json& mount, const Json& volume) {
    if (mount.size() != 2 || volume.size() != 2 || !volume.contains("emptyDir")) return std::nullopt;
    auto memory = volume["emptyDir"];
    if (!memory.is_object() || !memory.contains("medium") || memory["medium"] != "Memory") return std::nullopt;
    memory.erase("medium");
    const auto size = pod::take_amount(memory, "sizeLimit", parse_memory);
    if (!memory.empty()) return std::nullopt;
    const Tmpfs tmpfs{.target = mount["mountPath"].get<std::string>(),
                      .options = size ? fmt::format("size={}", *size) : std::string{}};
    auto text = to_string(tmpfs);
    return parse_tmpfs(text) ? std::optional{std::move(text)} : std::nullopt;
}

std::optional<std::int64_t> id_at(const Json& context, const char* field) {
    if (!context.contains(field) || !context[field].is_number_integer()) return std::nullopt;
    const auto id = context[field].get<std::int64_t>();
    return id >= 0 && id <= largest_id ? std::optional{id} : std::nullopt;
}

void take_user(ContainerOptions& options, Json& context) {
    const auto id = id_at(context, "runAsUser");
    const auto group = id_at(context, "runAsGroup");
    const bool consistent = id && context.contains("runAsNonRoot") && context["runAsNonRoot"] == (*id != 0);
    if (!consistent || context.contains("runAsGroup") != group.has_value()) return;
    options.user = group ? fmt::format("{}:{}", *id, *group) : fmt::to_string(*id);
    for (const auto* field : {"runAsUser", "runAsGroup", "runAsNonRoot"})
        context.erase(field);
}

} // namespace

std::vector<Misfit> misfits_of(const RunConfig& config) {
    std::vector<Misfit> misfits;
    if (config.limits.pids)
        misfits.push_back(
            {"--pids-limit", Error{Fault::unsupported, "--pids-limit is not available on a cluster"}.hint(
                                 "the kubelet of a node limits the processes of its pods: podPidsLimit")});
    const auto& user = config.container_options.user;
    if (!user.empty() && !user_from(user))
        misfits.push_back(
            {fmt::format("user '{}'", user),
             Error{Fault::usage, fmt::format("--user: on a cluster '{}' cannot be who a server runs as", user)}.hint(
                 "give numbers, UID or UID:GID; only the image knows its names")});
    for (const auto& text : config.container_options.tmpfs)
        for (const auto& option : folder_from(text).others)
            misfits.push_back(
                {fmt::format("--tmpfs option '{}'", option),
                 Error{Fault::unsupported,
                       fmt::format("--tmpfs: '{}' has '{}', which is not available on a cluster", text, option)}
                     .hint("a folder in memory has only a size there, as in /tmp:size=64m")});
    return misfits;
}

void put_options(Json& pod, const ContainerOptions& options) {
    const auto user = user_from(options.user);
    if (options.read_only || user) {
        auto& context = pod::object_in(pod::server_in(pod), "securityContext");
        if (options.read_only) context["readOnlyRootFilesystem"] = true;
        if (user) {
            context["runAsUser"] = user->id;
            if (user->group) context["runAsGroup"] = *user->group;
            context["runAsNonRoot"] = user->id != 0; // without it the operator says true, and root would not start
        }
    }
    for (const auto& text : options.tmpfs)
        put_tmpfs(pod, folder_from(text));
}

void take_options(ContainerOptions& options, Json& pod, Json& server) {
    const auto take = [&options](const Json& mount, const Json& volume) {
        auto text = tmpfs_from(mount, volume);
        if (!text) return false;
        options.tmpfs.push_back(*std::move(text));
        return true;
    };
    pod::take_mounts(pod, server, tmpfs_prefix, take);
    if (!server.contains("securityContext") || !server["securityContext"].is_object()) return;
    auto& context = server["securityContext"];
    take_user(options, context);
    if (context.contains("readOnlyRootFilesystem") && context["readOnlyRootFilesystem"] == true) {
        options.read_only = true;
        context.erase("readOnlyRootFilesystem");
    }
    pod::drop_if_empty(server, "securityContext");
}

} // namespace thv
