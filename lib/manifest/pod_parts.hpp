// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/manifest: how the JSON of a pod is put together and taken apart.

#include "core/error.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace thv::pod {

using Json = nlohmann::ordered_json;

/// The run config's field with the part of a pod template that has no field of its own.
inline constexpr auto patch_field = "k8s_pod_template_patch";
/// The name of the server's container.
inline constexpr std::string_view server_container = "mcp";

/// The list, or the object, under `key`, made when it is not there. Fault::usage when something else is.
Json& list_in(Json& object, const char* key);
Json& object_in(Json& object, const char* key);

/// Whether an entry of a list is an object of that name.
bool named(const Json& entry, std::string_view name);

/// The server's container, made when it is not there. Valid until the pod is changed elsewhere.
Json& server_in(Json& pod);

void drop_if_empty(Json& object, const char* key);

/// Bytes as Kubernetes writes them.
std::string quantity(long long bytes);

/// Adds a volume, under a name of `prefix` that is free, and mounts it in the server. Fault::usage when something is
/// mounted there already.
void put_mount(Json& pod, std::string_view prefix, const Json& volume, const Json& mount);

/// Takes those mounts of the server out, with their volumes, whose name begins with `prefix` and that `take` has
/// accepted. Any other stays where it is.
void take_mounts(Json& pod, Json& server, std::string_view prefix,
                 const std::function<bool(const Json& mount, const Json& volume)>& take);

/// The amount under `key`, taken out, when it is one that we write; any other stays where it is.
template <typename Parse>
auto take_amount(Json& amounts, const char* key, Parse parse) {
    using Value = typename decltype(parse(std::string_view{}))::value_type;
    std::optional<Value> value;
    if (!amounts.contains(key)) return value;
    const auto& found = amounts[key];
    const auto text = found.is_string() ? found.template get<std::string>() : found.dump();
    // "512M" is 512 million here and 512 Mi to us: only what means the same in both is ours.
    const bool decimal = !text.empty() && std::string_view{"kMGT"}.find(text.back()) != std::string_view::npos;
    if (const auto parsed = parse(text); parsed && !decimal) {
        value = *parsed;
        amounts.erase(key);
    }
    return value;
}

} // namespace thv::pod
