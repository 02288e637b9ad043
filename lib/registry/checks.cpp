// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/checks.hpp"

#include "http/address.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::registry {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t longest_name = 200;
constexpr std::size_t longest_image = 500;
constexpr int highest_port = 65535;

bool in_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"._-/"}.contains(c);
}

bool visible(unsigned char byte) {
    return byte > ' ' && byte != 0x7f;
}

/// A count that somebody else's program wrote; what is no sensible number is 0, since nothing depends on it.
int count_of(const ordered_json& object, std::string_view key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end() || !found->is_number()) return 0;
    const auto value = found->get<double>();
    return value > 0 && value < 1e9 ? static_cast<int>(value) : 0;
}

[[noreturn]] void refuse(std::string_view where, std::string_view why) {
    throw Error{Fault::usage, fmt::format("{}: {}", where, why)};
}

} // namespace

void check(const Entry& entry, std::string_view where) {
    if (entry.name.empty() || entry.name.size() > longest_name || !std::ranges::all_of(entry.name, in_name))
        refuse(where, "its name is empty, too long, or has other characters than letters, digits and ._-/");
    if (entry.image.empty() == entry.url.empty()) refuse(where, "it must have an image, or the URL of a remote server");
    if (entry.image.size() > longest_image || !std::ranges::all_of(entry.image, visible) ||
        entry.image.starts_with('-'))
        refuse(where, "its image is no image reference");
    if (!entry.url.empty() && !http::parse_address(entry.url)) refuse(where, "its URL is none of a remote server");
    if (entry.remote() && entry.transport == Transport::stdio) refuse(where, "a remote server cannot speak stdio");
    for (const int port : {entry.target_port, entry.proxy_port})
        if (port < 0 || port > highest_port) refuse(where, "a port is out of range");
    for (const auto& variable : entry.variables)
        if (variable.name.empty() || variable.name.contains('=') || !std::ranges::all_of(variable.name, visible))
            refuse(where, "a variable has no usable name");
    if (!entry.permissions.is_null())
        static_cast<void>(profile_from_json(entry.permissions, fmt::format("{}: permissions", where)));
}

std::vector<Variable> variables_of(const Fields& fields, std::string_view key, VariableForm form,
                                   std::string_view where) {
    std::vector<Variable> out;
    const auto* list = fields.find(key);
    if (list == nullptr) return out;
    if (!list->is_array()) fields.wrong(key, "a list");
    const auto inside = fmt::format("{}: {}", where, key);
    for (const auto& item : *list) {
        const Fields inner{item, inside};
        Variable variable{.name = inner.text("name"), .description = inner.text("description")};
        for (const auto* source : {"default", "value"})
            if (inner.find(source) != nullptr && !variable.value) variable.value = inner.text(source);
        // Upstream writes an empty default where there is none.
        if (variable.value && variable.value->empty()) variable.value.reset();
        variable.required = inner.flag(form.required);
        variable.secret = inner.flag(form.secret);
        out.push_back(std::move(variable));
    }
    return out;
}

void read_particulars(Entry& entry, const Fields& fields, std::string_view where) {
    if (const auto* permissions = fields.find("permissions")) entry.permissions = *permissions;
    if (const auto* oauth = fields.find("oauth_config")) entry.oauth_config = *oauth;
    entry.oauth = entry.oauth_config.is_object() && !entry.oauth_config.empty();
    entry.tools = fields.texts("tools");
    entry.tags = fields.texts("tags");
    entry.tier = fields.text("tier");
    entry.status = fields.text("status");
    const auto* metadata = fields.find("metadata");
    if (metadata == nullptr) return;
    entry.stars = count_of(*metadata, "stars");
    entry.pulls = count_of(*metadata, "pulls");
    entry.last_updated = Fields{*metadata, where}.text("last_updated");
}

} // namespace thv::registry
