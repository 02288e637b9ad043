// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// Servers in the form of the official MCP registry (server.json).
#include "http/url.hpp"
#include "registry/checks.hpp"
#include "registry/entry.hpp"

#include <fmt/format.h>

namespace thv::registry {

namespace {

using nlohmann::ordered_json;

constexpr VariableForm form{.required = "isRequired", .secret = "isSecret"};
constexpr std::string_view official = "io.modelcontextprotocol.registry/official";
constexpr std::string_view publisher = "io.modelcontextprotocol.registry/publisher-provided";

/// A member of an object, or null for anything else.
const ordered_json* member(const ordered_json* object, std::string_view key) {
    if (object == nullptr || !object->is_object()) return nullptr;
    const auto found = object->find(key);
    return found == object->end() || found->is_null() ? nullptr : &*found;
}

/// The first object of a list whose field has one of these values; null when there is none.
const ordered_json* first_with(const ordered_json* list, std::string_view key,
                               std::initializer_list<std::string_view> values) {
    if (list == nullptr || !list->is_array()) return nullptr;
    for (const auto& item : *list) {
        const auto* value = member(&item, key);
        for (const auto wanted : values)
            if (value != nullptr && *value == wanted) return &item;
    }
    return nullptr;
}

/// A name without a tag gets the version, and one without a host that of its registry.
std::string image_of(const Fields& package) {
    auto image = package.text("identifier");
    const auto name = image.substr(image.rfind('/') == std::string::npos ? 0 : image.rfind('/'));
    const auto version = package.text("version");
    if (!name.contains(':') && !name.contains('@') && !version.empty()) image += ":" + version;
    const auto base = http::parse_url(package.text("registryBaseUrl", "https://docker.io"));
    const auto host = image.substr(0, image.find('/'));
    const bool has_host = image.contains('/') && (host.contains('.') || host.contains(':') || host == "localhost");
    if (!has_host && base && base->host != "docker.io") image.insert(0, base->host + "/");
    return image;
}

int port_of(const std::string& url) {
    const auto parts = http::parse_url(url);
    return parts ? parts->port : 0;
}

void read_arguments(Entry& entry, const Fields& package, std::string_view where) {
    const auto* list = package.find("packageArguments");
    if (list == nullptr) return;
    if (!list->is_array()) package.wrong("packageArguments", "a list");
    const auto inside = fmt::format("{}: packageArguments", where);
    for (const auto& item : *list) {
        const Fields argument{item, inside};
        const auto value = argument.text("value", argument.text("default"));
        const auto name = argument.text("name");
        const bool named = argument.text("type") == "named";
        if (value.empty() && argument.flag("isRequired"))
            entry.open_args.push_back(name.empty() ? argument.text("valueHint", "an argument") : name);
        if (value.empty()) continue;
        if (named) entry.args.push_back(name);
        entry.args.push_back(value);
    }
}

void read_package(Entry& entry, const ordered_json& document, std::string_view where) {
    const Fields package{document, where};
    entry.image = image_of(package);
    if (const auto* transport = package.find("transport")) {
        const auto inside = fmt::format("{}: transport", where);
        const Fields fields{*transport, inside};
        const auto kind = parse_transport(fields.text("type", "stdio"));
        if (!kind) fields.wrong("type", "stdio, sse or streamable-http");
        entry.transport = *kind;
        if (*kind != Transport::stdio) entry.target_port = port_of(fields.text("url"));
    }
    entry.variables = variables_of(package, "environmentVariables", form, where);
    read_arguments(entry, package, where);
}

void read_remote(Entry& entry, const ordered_json& document, std::string_view where) {
    const Fields remote{document, where};
    entry.url = remote.text("url");
    entry.transport = remote.text("type") == "sse" ? Transport::sse : Transport::streamable_http;
    entry.headers = variables_of(remote, "headers", form, where);
}

/// What upstream's registries say beyond the standard, by publisher and then by image or URL.
void read_extension(Entry& entry, const ordered_json& server, const std::string& key, std::string_view where) {
    const auto* publishers = member(member(&server, "_meta"), publisher);
    if (publishers == nullptr || !publishers->is_object()) return;
    for (const auto& [name, things] : publishers->items()) {
        const auto* said = member(&things, key);
        if (said == nullptr) continue;
        const Fields fields{*said, where};
        if (fields.find("args") != nullptr) {
            entry.args = fields.texts("args");
            entry.open_args.clear();
        }
        read_particulars(entry, fields, where);
        return;
    }
}

/// None for a server that is neither an image nor elsewhere: what only comes as a package of a language.
std::optional<Entry> entry_from(const ordered_json& server, const std::string& where) {
    const Fields fields{server, where};
    Entry entry{.name = fields.text("name")};
    entry.title = fields.text("title");
    entry.description = fields.text("description");
    if (const auto* repository = fields.find("repository"))
        entry.repository_url = Fields{*repository, where}.text("url");
    std::string key;
    if (const auto* package = first_with(fields.find("packages"), "registryType", {"oci"})) {
        read_package(entry, *package, where);
        key = Fields{*package, where}.text("identifier");
    } else if (const auto* remote = first_with(fields.find("remotes"), "type", {"streamable-http", "sse"})) {
        read_remote(entry, *remote, where);
        key = entry.url;
    } else {
        return std::nullopt;
    }
    read_extension(entry, server, key, where);
    check(entry, where);
    return entry;
}

} // namespace

void add_official(Catalogue& catalogue, const ordered_json& servers, std::string_view where) {
    if (!servers.is_array()) throw Error{Fault::usage, fmt::format("{}: 'servers' must be a list", where)};
    for (std::size_t number = 0; number < servers.size(); ++number) {
        const auto& item = servers[number];
        const auto* wrapped = member(&item, "server");
        const auto& server = wrapped != nullptr ? *wrapped : item;
        const auto* state = member(member(member(&item, "_meta"), official), "status");
        if (state != nullptr && *state == "deleted") continue;
        const auto* name = member(&server, "name");
        const auto called = name != nullptr && name->is_string() ? name->get<std::string>() : fmt::to_string(number);
        try {
            auto entry = entry_from(server, fmt::format("{}: {}", where, called));
            if (!entry) continue;
            if (entry->status.empty() && state != nullptr && state->is_string())
                entry->status = state->get<std::string>();
            catalogue.entries.push_back(*std::move(entry));
        } catch (const Error& error) {
            catalogue.broken.push_back({called, error});
        }
    }
}

Page parse_page(std::string_view text, std::string_view where) {
    const auto document = parse_json(text, where, JsonLimits{.bytes = largest_registry});
    const Fields fields{document, where};
    const auto* servers = fields.find("servers");
    // An empty list is null in Go.
    if (servers == nullptr && !document.contains("servers"))
        throw Error{Fault::usage, fmt::format("{}: this is no list of servers", where)};
    Page page;
    if (servers != nullptr) add_official(page.catalogue, *servers, where);
    if (const auto* metadata = fields.find("metadata")) page.next = Fields{*metadata, where}.text("nextCursor");
    return page;
}

} // namespace thv::registry
