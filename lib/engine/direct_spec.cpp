// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/direct_spec.hpp"

#include "engine/container_calls.hpp"
#include "engine/init_wire.hpp"
#include "engine/spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace thv::engine {

namespace {

using nlohmann::json;

/// A command of an image's configuration: a list of words, or nothing.
std::vector<std::string> words_of(const json& image, const char* name) {
    std::vector<std::string> words;
    const auto config = image.is_object() ? image.value("Config", json{}) : json{};
    const auto list = config.is_object() ? config.value(name, json{}) : json{};
    if (!list.is_array()) return words;
    for (const auto& word : list)
        if (word.is_string()) words.push_back(word.get<std::string>());
    return words;
}

/// FNV-1a: the same in every build, and nobody gains by a collision.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char byte : text)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    return hash;
}

bool place_taken(const RunConfig& config) {
    const std::string_view place = init_wire::folder;
    return std::ranges::any_of(mounts_of(config), [place](const Mount& mount) {
        return mount.target == place || mount.target.starts_with(std::string{place} + "/");
    });
}

} // namespace

std::optional<DirectSpec> direct_spec(const RunConfig& config, const json& spec, const json& image,
                                      const std::filesystem::path& folder) {
    if (config.transport != Transport::stdio || place_taken(config)) return std::nullopt;
    auto command = words_of(image, "Entrypoint");
    const auto arguments = config.cmd_args.empty() ? words_of(image, "Cmd") : config.cmd_args;
    command.insert(command.end(), arguments.begin(), arguments.end());
    if (command.empty()) return std::nullopt;
    DirectSpec direct{.spec = spec, .fingerprint = {}};
    auto& made = direct.spec;
    made["Entrypoint"] = {fmt::format("{}/{}", init_wire::folder, init_wire::program_name)};
    made["Cmd"] = std::move(command);
    made["HostConfig"]["Init"] = false;
    add_mounts(made, {{.source = folder, .target = init_wire::folder, .read_only = true}});
    const auto id = image.is_object() ? image.value("Id", json{}) : json{};
    auto whole = made.dump(-1, ' ', false, json::error_handler_t::replace) + id.dump();
    // Which secrets it gets, not their values: a server keeps those that it was started with.
    for (const auto& use : config.secrets)
        whole += "\n" + use;
    const auto hash = hash_of(whole);
    direct.fingerprint = fmt::format("{}-{:016x}", init_wire::version, hash);
    made["Labels"][direct_label] = direct.fingerprint;
    return direct;
}

} // namespace thv::engine
