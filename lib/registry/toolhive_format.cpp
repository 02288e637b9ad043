// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// Registry files in upstream's form.
#include "core/json.hpp"
#include "registry/checks.hpp"
#include "registry/entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace thv::registry {

namespace {

using nlohmann::ordered_json;

constexpr VariableForm form{.required = "required", .secret = "secret"};
constexpr int highest_port = 65535;
/// Of one object; finding a field in one takes time in proportion.
constexpr std::size_t most_servers = 10'000;

Transport transport_of(const Fields& fields) {
    const auto transport = parse_transport(fields.text("transport"));
    if (!transport) fields.wrong("transport", "stdio, sse or streamable-http");
    return *transport;
}

Entry entry_from(const std::string& name, const ordered_json& document, bool remote, const std::string& where) {
    const Fields fields{document, where};
    Entry entry{.name = name};
    entry.title = fields.text("title");
    entry.description = fields.text("description");
    (remote ? entry.url : entry.image) = fields.text(remote ? "url" : "image");
    entry.transport = transport_of(fields);
    entry.args = fields.texts("args");
    entry.open_args = fields.texts("required_args");
    entry.target_port = fields.integer("target_port", 0, highest_port);
    entry.proxy_port = fields.integer("proxy_port", 0, highest_port);
    entry.variables = variables_of(fields, "env_vars", form, where);
    entry.headers = variables_of(fields, "headers", form, where);
    entry.repository_url = fields.text("repository_url");
    read_particulars(entry, fields, where);
    check(entry, where);
    return entry;
}

void add(Catalogue& catalogue, const Fields& fields, const char* key, bool remote, std::string_view where) {
    const auto* servers = fields.find(key);
    if (servers == nullptr) return;
    if (!servers->is_object()) fields.wrong(key, "an object of servers by name");
    for (const auto& [name, document] : servers->items()) {
        try {
            catalogue.entries.push_back(entry_from(name, document, remote, fmt::format("{}: {}", where, name)));
        } catch (const Error& error) {
            catalogue.broken.push_back({name, error});
        }
    }
}

ordered_json variables_json(const std::vector<Variable>& variables) {
    ordered_json out = ordered_json::array();
    for (const auto& variable : variables) {
        ordered_json item{
            {"name", variable.name}, {"description", variable.description}, {"required", variable.required}};
        if (variable.value) item["default"] = *variable.value;
        if (variable.secret) item["secret"] = true;
        out.push_back(std::move(item));
    }
    return out;
}

void put_unless_empty(ordered_json& out, const char* key, const ordered_json& value) {
    const bool no_text = value.is_string() && value.get_ref<const std::string&>().empty();
    const bool blank = value.is_null() || no_text || (value.is_structured() && value.empty()) || value == 0;
    if (!blank) out[key] = value;
}

} // namespace

Catalogue parse_catalogue(std::string_view text, std::string_view where) {
    const JsonLimits limits{.bytes = largest_registry, .members = most_servers};
    const auto document = parse_json(text, where, limits);
    const Fields fields{document, where};
    Catalogue catalogue;
    catalogue.last_updated = fields.text("last_updated");
    const auto* servers = fields.find("servers");
    const auto* data = fields.find("data");
    if (servers != nullptr && servers->is_array()) {
        add_official(catalogue, *servers, where);
    } else if (servers == nullptr && data != nullptr) {
        const auto inside = fmt::format("{}: data", where);
        const Fields inner{*data, inside};
        if (inner.find("servers") == nullptr) inner.wrong("servers", "a list of servers");
        add_official(catalogue, *inner.find("servers"), inside);
    } else {
        if (servers == nullptr && fields.find("remote_servers") == nullptr)
            throw Error{Fault::usage, fmt::format("{}: this is no registry: it has no 'servers'", where)};
        add(catalogue, fields, "servers", false, where);
        add(catalogue, fields, "remote_servers", true, where);
    }
    tidy(catalogue);
    return catalogue;
}

ordered_json to_json(const Entry& entry) {
    // Upstream takes the name from here, not from the key.
    ordered_json out{{"name", entry.name},
                     {"description", entry.description},
                     {"tier", entry.tier},
                     {"status", entry.status},
                     {"transport", to_string(entry.transport)},
                     {"tools", entry.tools},
                     {entry.remote() ? "url" : "image", entry.remote() ? entry.url : entry.image}};
    put_unless_empty(out, "title", entry.title);
    put_unless_empty(out, "args", entry.args);
    put_unless_empty(out, "required_args", entry.open_args); // ours: upstream's form has no such thing
    put_unless_empty(out, "target_port", entry.target_port);
    put_unless_empty(out, "proxy_port", entry.proxy_port);
    put_unless_empty(out, "env_vars", variables_json(entry.variables));
    put_unless_empty(out, "headers", variables_json(entry.headers));
    put_unless_empty(out, "oauth_config", entry.oauth_config);
    put_unless_empty(out, "permissions", entry.permissions);
    put_unless_empty(out, "tags", entry.tags);
    put_unless_empty(out, "repository_url", entry.repository_url);
    ordered_json metadata = ordered_json::object();
    put_unless_empty(metadata, "stars", entry.stars);
    put_unless_empty(metadata, "pulls", entry.pulls);
    put_unless_empty(metadata, "last_updated", entry.last_updated);
    put_unless_empty(out, "metadata", metadata);
    return out;
}

std::string to_json(const Catalogue& catalogue) {
    ordered_json out{{"version", "1.0.0"},
                     {"last_updated", catalogue.last_updated},
                     {"servers", ordered_json::object()},
                     {"remote_servers", ordered_json::object()}};
    for (const auto& entry : catalogue.entries)
        out[entry.remote() ? "remote_servers" : "servers"].push_back({entry.name, to_json(entry)});
    return to_go_json(out) + '\n';
}

void tidy(Catalogue& catalogue) {
    std::set<std::string> seen;
    std::erase_if(catalogue.entries, [&seen](const Entry& entry) { return !seen.insert(entry.name).second; });
    std::ranges::sort(catalogue.entries, {}, &Entry::name);
    std::ranges::sort(catalogue.broken, {}, &BrokenEntry::name);
}

} // namespace thv::registry
