// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/secret_inputs.hpp"

#include "core/error.hpp"
#include "engine/container_calls.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::engine {

namespace {

using nlohmann::json;

constexpr std::string_view folder_inside = "/run/secrets";

std::string inside(const std::string& name) {
    return fmt::format("{}/{}", folder_inside, name);
}

std::map<std::string, std::string> values_of(const std::vector<SecretUse>& uses, const SecretPorts& ports) {
    if (ports.values == nullptr) throw Error{Fault::internal, "nobody has said where secrets are"};
    std::vector<std::string> names;
    names.reserve(uses.size());
    for (const auto& use : uses)
        names.push_back(use.name);
    try {
        return ports.values->values(names);
    } catch (const Error& error) {
        // "Not found" would be taken for the image's word.
        if (error.fault() != Fault::not_found) throw;
        throw Error{Fault::usage, error.message()}.hint(error.hint());
    }
}

void check_variable(const SecretUse& use, const std::string& value) {
    constexpr std::size_t longest_entry = 131'071; // "NAME=value", where a page has 4 KiB
    const bool fits = use.target.size() + 1 + value.size() <= longest_entry;
    if (fits && !value.contains('\0')) return;
    const auto* const why = fits ? "holds a NUL, which no variable can" : "is longer than a variable can be";
    throw Error{Fault::usage, fmt::format("the secret '{}' {}", use.name, why)}.hint("give it as a file, with as=file");
}

/// The files that are mounted, by name.
std::map<std::string, std::string> files_of(const std::vector<SecretUse>& uses,
                                            const std::map<std::string, std::string>& values) {
    std::map<std::string, std::string> files;
    for (const auto& use : uses)
        if (use.file) files.emplace(use.name, values.at(use.name));
    return files;
}

} // namespace

SecretInputs secret_inputs(const RunConfig& config, const SecretPorts& ports, bool local) {
    SecretInputs inputs;
    if (config.secrets.empty()) return inputs;
    std::vector<SecretUse> uses;
    uses.reserve(config.secrets.size());
    for (const auto& text : config.secrets)
        uses.push_back(value_or_throw(parse_secret_use(text)));
    const bool as_files = std::ranges::any_of(uses, &SecretUse::file);
    if (as_files && (!local || !ports.files))
        throw Error{Fault::unsupported, "a secret can be a file only where the container engine is on this machine"}
            .hint("leave as=file out");
    const auto values = values_of(uses, ports);
    for (const auto& use : uses) {
        if (!use.file) check_variable(use, values.at(use.name));
        const auto& content = use.file ? inside(use.name) : values.at(use.name);
        inputs.environment.push_back(fmt::format("{}={}", secret_variable(use), content));
    }
    if (!as_files) return inputs;
    const auto files = files_of(uses, values);
    const auto folder = ports.files->write(key(config), files);
    for (const auto& [name, value] : files)
        inputs.mounts.push_back({.source = folder / name, .target = inside(name), .read_only = true});
    return inputs;
}

void deliver(json& spec, const SecretInputs& inputs) {
    for (const auto& entry : inputs.environment) {
        const auto name = entry.substr(0, entry.find('=') + 1);
        auto& variables = spec["Env"];
        std::erase_if(variables.get_ref<json::array_t&>(),
                      [&](const json& other) { return other.get_ref<const std::string&>().starts_with(name); });
        variables.push_back(entry);
    }
    add_mounts(spec, inputs.mounts);
}

} // namespace thv::engine
