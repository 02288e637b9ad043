// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/access.hpp"

#include "cluster/contexts.hpp"
#include "cluster/credentials.hpp"
#include "cluster/in_cluster.hpp"
#include "cluster/kubeconfig.hpp"
#include "core/base64.hpp"
#include "core/error.hpp"
#include "http/proxy.hpp"
#include "http/tls.hpp"
#include "http/url.hpp"
#include "io/files.hpp"
#include "manifest/manifest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace thv::cluster {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_config = 4U << 20U;

/// The files that may define contexts. All of them may be missing, except one that was named by an option.
std::vector<fs::path> candidates(const Environment& environment, const Selected& selected) {
    if (selected.kubeconfig) return {fs::absolute(*selected.kubeconfig)};
    std::vector<fs::path> paths;
    const auto list = environment.get_or("KUBECONFIG", "");
    for (std::size_t at = 0; at < list.size();) {
        const auto end = std::min(list.find(':', at), list.size());
        if (end > at) paths.push_back(fs::absolute(list.substr(at, end - at)));
        at = end + 1;
    }
    const auto home = environment.get("HOME");
    if (paths.empty() && home) paths.push_back(fs::path{*home} / ".kube/config");
    return paths;
}

std::vector<KubeconfigText> read_all(const std::vector<fs::path>& paths) {
    std::vector<KubeconfigText> files;
    for (const auto& path : paths)
        if (auto text = read_file(path, longest_config)) files.push_back({path, std::move(*text)});
    return files;
}

Settings from_kubeconfig(const Environment& environment, const Selected& selected) {
    const auto paths = candidates(environment, selected);
    const auto files = read_all(paths);
    if (files.empty()) {
        std::vector<std::string> names;
        names.reserve(paths.size());
        for (const auto& path : paths)
            names.push_back("'" + path.string() + "'");
        throw Error{Fault::not_found,
                    fmt::format("there is no kubeconfig{}{}", names.empty() ? "" : " at ", fmt::join(names, " or "))}
            .hint("name one with --kubeconfig or KUBECONFIG");
    }
    return settings_of(merge_kubeconfigs(files), selected.context);
}

Settings find_settings(const Environment& environment, const Selected& selected) {
    const bool chosen = selected.kubeconfig || selected.context || environment.get("KUBECONFIG");
    auto settings = !chosen && in_pod(environment) ? pod_settings(environment) : from_kubeconfig(environment, selected);
    if (selected.name_space) settings.name_space = *selected.name_space;
    check_cluster_namespace(settings.name_space);
    return settings;
}

/// A certificate or key: the data, or else what is in the file.
std::string pem(const std::string& data, const std::string& file, std::string_view what) {
    if (!data.empty()) {
        auto bytes = base64_decode(data);
        if (!bytes) throw Error{Fault::usage, fmt::format("the kubeconfig's {}-data is not base64", what)};
        return std::move(*bytes);
    }
    if (file.empty()) return {};
    auto text = read_file(file, longest_config);
    if (!text) throw Error{Fault::not_found, fmt::format("there is no '{}', which is to be the {}", file, what)};
    return std::move(*text);
}

} // namespace

std::vector<ContextName> contexts(const Environment& environment, const Selected& selected) {
    const auto config = merge_kubeconfigs(read_all(candidates(environment, selected)));
    std::vector<ContextName> names;
    for (const auto& [name, context] : config.contexts) {
        const auto cluster = config.clusters.find(context.cluster);
        names.push_back({name, cluster == config.clusters.end() ? std::string{} : cluster->second.server});
    }
    return names;
}

struct Access::Impl {
    Impl(Settings chosen, const Environment& environment);

    void make_endpoint();

    Settings settings;
    bool secure = true;
    std::string ca; ///< PEM; empty: the system's
    std::string prefix;
    http::TlsEndpoint target; ///< without its TLS part
    std::string used_certificate;
    http::Endpoint endpoint;
    std::unique_ptr<Credentials> credentials;
};

Access::Impl::Impl(Settings chosen, const Environment& environment)
    : settings(std::move(chosen)) {
    auto& cluster = settings.cluster;
    if (cluster.server.find("://") == std::string::npos) cluster.server = "http://" + cluster.server;
    const auto url = http::parse_url(cluster.server);
    const auto where = fmt::format("the server of context '{}'", settings.context);
    if (!url) throw url.error().within(where);
    if (url->scheme != "https" && url->scheme != "http")
        throw Error{Fault::usage, where + ": the URL must begin with https:// or http://"};
    if (url->has_user || !url->query.empty())
        throw Error{Fault::usage, where + ": the URL must hold neither a user nor a query"};
    secure = url->scheme == "https";
    prefix = url->path;
    while (prefix.ends_with('/'))
        prefix.pop_back();
    target.host = url->host;
    target.port = url->port != 0 ? url->port : secure ? std::uint16_t{443} : std::uint16_t{80};
    target.server_name = cluster.tls_server_name;
    target.proxy = cluster.proxy_url ? http::proxy_from_url(*cluster.proxy_url)
                                     : http::proxy_from_environment(environment, secure, target.host, target.port);
    if (target.proxy && !secure)
        throw Error{Fault::unsupported, where + " is http, and proxies are used for https only"};
    // Credentials are not sent where anybody could read them.
    if (!secure) settings.user = {};
    ca = pem(cluster.ca_data, cluster.ca_file, "certificate-authority");
    make_endpoint();
    credentials = std::make_unique<Credentials>(settings, ca, environment);
}

void Access::Impl::make_endpoint() {
    if (!secure) {
        endpoint = http::TcpEndpoint{.host = target.host, .port = target.port};
        return;
    }
    http::TlsOptions options{.insecure = settings.cluster.insecure};
    if (!ca.empty()) options.authorities = ca;
    const auto& user = settings.user;
    options.certificate = pem(user.certificate_data, user.certificate_file, "client-certificate");
    options.key = pem(user.key_data, user.key_file, "client-key");
    const auto* handed_out = credentials ? credentials->handed_out() : nullptr;
    if (handed_out != nullptr && !handed_out->certificate.empty()) {
        options.certificate = handed_out->certificate;
        options.key = handed_out->key;
    }
    auto used = options.certificate + options.key;
    if (target.tls && used == used_certificate) return;
    try {
        target.tls = http::make_tls(options);
    } catch (const Error& error) {
        throw error.within(fmt::format("context '{}'", settings.context));
    }
    used_certificate = std::move(used);
    endpoint = target;
}

Access::Access(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
Access::~Access() = default;
Access::Access(Access&&) noexcept = default;
Access& Access::operator=(Access&&) noexcept = default;

Access Access::from(const Environment& environment, const Selected& selected) {
    return Access{std::make_unique<Impl>(find_settings(environment, selected), environment)};
}

const http::Endpoint& Access::endpoint() const {
    return impl_->endpoint;
}
const std::string& Access::path_prefix() const {
    return impl_->prefix;
}
const std::string& Access::name_space() const {
    return impl_->settings.name_space;
}
const std::string& Access::context() const {
    return impl_->settings.context;
}

Task<http::Headers> Access::headers() {
    auto fields = co_await impl_->credentials->headers();
    if (impl_->settings.user.exec) impl_->make_endpoint();
    co_return fields;
}

Task<bool> Access::refresh() {
    const auto before = impl_->endpoint;
    const bool renewed = co_await impl_->credentials->refresh();
    impl_->make_endpoint();
    co_return renewed || impl_->endpoint != before;
}

} // namespace thv::cluster
