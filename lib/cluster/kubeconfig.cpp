// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/kubeconfig.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>

namespace thv::cluster {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string resolved(const fs::path& folder, std::string path) {
    if (path.empty() || path.starts_with('/')) return path;
    return (folder / path).lexically_normal().string();
}

/// The objects of an array of objects; as in Go, null is an empty one.
template <typename Visit>
void each(const Fields& fields, std::string_view key, Visit visit) {
    const auto* list = fields.find(key);
    if (list == nullptr) return;
    if (!list->is_array()) fields.wrong(key, "an array of objects");
    for (const auto& item : *list) {
        if (!item.is_object()) fields.wrong(key, "an array of objects");
        visit(item);
    }
}

Cluster cluster_from(const Json& document, const std::string& where, const fs::path& folder) {
    const Fields fields{document, where};
    Cluster cluster;
    cluster.server = fields.text("server");
    cluster.tls_server_name = fields.text("tls-server-name");
    cluster.insecure = fields.flag("insecure-skip-tls-verify");
    cluster.ca_file = resolved(folder, fields.text("certificate-authority"));
    cluster.ca_data = fields.text("certificate-authority-data");
    if (auto url = fields.text("proxy-url"); !url.empty()) cluster.proxy_url = std::move(url);
    each(fields, "extensions", [&](const Json& extension) {
        const Fields named{extension, where};
        const auto* value = named.find("extension");
        if (named.text("name") == "client.authentication.k8s.io/exec" && value != nullptr) cluster.exec_config = *value;
    });
    return cluster;
}

ExecPlugin plugin_from(const Json& document, const std::string& where, const fs::path& folder) {
    const Fields fields{document, where};
    ExecPlugin plugin;
    plugin.command = fields.text("command");
    if (plugin.command.find('/') != std::string::npos) plugin.command = resolved(folder, plugin.command);
    plugin.args = fields.texts("args");
    each(fields, "env", [&](const Json& entry) {
        const Fields variable{entry, where};
        plugin.env.emplace_back(variable.text("name"), variable.text("value"));
    });
    plugin.api_version = fields.text("apiVersion");
    plugin.install_hint = fields.text("installHint");
    plugin.interactive_mode = fields.text("interactiveMode");
    plugin.provide_cluster_info = fields.flag("provideClusterInfo");
    return plugin;
}

User user_from(const Json& document, const std::string& where, const fs::path& folder) {
    const Fields fields{document, where};
    User user;
    user.certificate_file = resolved(folder, fields.text("client-certificate"));
    user.certificate_data = fields.text("client-certificate-data");
    user.key_file = resolved(folder, fields.text("client-key"));
    user.key_data = fields.text("client-key-data");
    user.token = fields.text("token");
    user.token_file = resolved(folder, fields.text("tokenFile"));
    user.username = fields.text("username");
    user.password = fields.text("password");
    user.as = fields.text("as");
    user.as_uid = fields.text("as-uid");
    user.as_groups = fields.texts("as-groups");
    if (const auto* extra = fields.find("as-user-extra")) {
        const Fields table{*extra, where};
        for (const auto& [key, values] : extra->items())
            user.as_extra.emplace_back(key, table.texts(key));
    }
    if (const auto* exec = fields.find("exec")) user.exec = plugin_from(*exec, where + ": exec", folder);
    user.auth_provider = fields.find("auth-provider") != nullptr;
    return user;
}

Context context_from(const Json& document, const std::string& where, const fs::path&) {
    const Fields fields{document, where};
    return {.cluster = fields.text("cluster"), .user = fields.text("user"), .name_space = fields.text("namespace")};
}

/// One of the three lists of {name, what}: those that are new go into `all`, which is filled from several files.
template <typename Value, typename Read>
std::map<std::string, Value, std::less<>> named(const Fields& file, const KubeconfigText& source, std::string_view list,
                                                Read read) {
    const auto what = list.substr(0, list.size() - 1);
    std::map<std::string, Value, std::less<>> found;
    each(file, list, [&](const Json& entry) {
        const auto path = source.path.string();
        const Fields fields{entry, path};
        const auto name = fields.text("name");
        const auto where = fmt::format("{}: {} '{}'", path, what, name);
        const auto* value = fields.find(what);
        auto taken = value != nullptr ? read(*value, where, source.path.parent_path()) : Value{};
        if (!found.emplace(name, std::move(taken)).second)
            throw Error{Fault::usage, fmt::format("{} is defined twice", where)};
    });
    return found;
}

} // namespace

Kubeconfig merge_kubeconfigs(const std::vector<KubeconfigText>& files) {
    Kubeconfig merged;
    for (const auto& source : files) {
        const auto path = source.path.string();
        auto document = yaml_to_json(source.text, path);
        if (document.is_null()) continue;
        const Fields fields{document, path};
        const auto kind = fields.text("kind", "Config");
        if (kind != "Config") fields.wrong("kind", "\"Config\"");
        if (merged.current_context.empty()) merged.current_context = fields.text("current-context");
        // std::map::merge leaves what is there already.
        merged.clusters.merge(named<Cluster>(fields, source, "clusters", cluster_from));
        merged.users.merge(named<User>(fields, source, "users", user_from));
        merged.contexts.merge(named<Context>(fields, source, "contexts", context_from));
    }
    return merged;
}

} // namespace thv::cluster
