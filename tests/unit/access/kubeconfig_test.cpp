// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/kubeconfig.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

#include <functional>

using namespace thv;
using namespace thv::cluster;
using thv::test::error_of;

namespace {

constexpr auto first = R"(
apiVersion: v1
kind: Config
current-context: x
clusters:
- name: c
  cluster: {server: "https://a.example"}
users:
- name: u
  user: {token: ta}
contexts:
- name: x
  context: {cluster: c, user: u}
)";

constexpr auto second = R"(
current-context: q
clusters:
- name: c
  cluster: {server: "https://b.example", certificate-authority: ca.crt, tls-server-name: b}
- name: c2
  cluster: {server: c2.example, certificate-authority: ../ca.crt, certificate-authority-data: Zm9v}
users:
- name: u
  user: {username: ub, password: pb}
- name: e
  user:
    client-certificate: sub/own.crt
    client-key: /keys/own.key
    tokenFile: token
    exec: {command: bin/plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, args: null}
contexts:
- name: x
  context: {namespace: nsb, cluster: other}
- name: q
  context: {cluster: c2, user: e, namespace: team}
)";

/// A file with one context "x" of a cluster and a user as given, in YAML's flow style.
Kubeconfig one(const std::string& cluster, const std::string& user) {
    const auto text = "{current-context: x, contexts: [{name: x, context: {cluster: c, user: u}}], "
                      "clusters: [{name: c, cluster: {" +
                      cluster + "}}], users: [{name: u, user: {" + user + "}}]}";
    return merge_kubeconfigs({{"/k/config", text}});
}

constexpr auto good_server = "server: s.example";

} // namespace

TEST_CASE("of what several files define, the first one's counts, as a whole") {
    const auto merged = merge_kubeconfigs({{"/one/config", first}, {"/two/config", second}});
    CHECK(merged.current_context == "x");
    CHECK(merged.clusters.at("c").server == "https://a.example");
    CHECK(merged.clusters.at("c").ca_file.empty());
    CHECK(merged.users.at("u").token == "ta");
    CHECK(merged.users.at("u").username.empty());
    CHECK(merged.contexts.at("x").cluster == "c");
    CHECK(merged.contexts.at("x").name_space.empty());
    CHECK(merged.contexts.size() == 2);

    const auto turned = merge_kubeconfigs({{"/two/config", second}, {"/one/config", first}});
    CHECK(turned.current_context == "q");
    CHECK(turned.clusters.at("c").tls_server_name == "b");
    CHECK(turned.users.at("u").token.empty());
    CHECK(turned.contexts.at("x").user.empty());
}

TEST_CASE("relative paths are meant from the folder of their file") {
    const auto merged = merge_kubeconfigs({{"/one/config", first}, {"/two/config", second}});
    CHECK(merged.clusters.at("c2").ca_file == "/ca.crt");
    const auto& user = merged.users.at("e");
    CHECK(user.certificate_file == "/two/sub/own.crt");
    CHECK(user.key_file == "/keys/own.key");
    CHECK(user.token_file == "/two/token");
    CHECK(user.exec->command == "/two/bin/plugin");
    const auto bare = one(good_server, "exec: {command: plugin, apiVersion: v}");
    CHECK(bare.users.at("u").exec->command == "plugin");
}

TEST_CASE("every field that counts is read") {
    const auto config = one(R"(server: s, insecure-skip-tls-verify: true, proxy-url: "http://p",
                               extensions: [{name: other, extension: 1},
                                            {name: client.authentication.k8s.io/exec, extension: {a: 1}}])",
                            R"(as: me, as-uid: "7", as-groups: [g, h], as-user-extra: {k: [v, w]},
                               client-certificate-data: YQ==, client-key-data: Yg==,
                               exec: {command: p, args: [a, b], env: [{name: N, value: v}], apiVersion: x,
                                      installHint: get it, interactiveMode: Always, provideClusterInfo: true})");
    const auto& cluster = config.clusters.at("c");
    CHECK(cluster.insecure);
    CHECK(cluster.proxy_url == "http://p");
    CHECK(cluster.exec_config.dump() == R"({"a":1})");
    const auto& user = config.users.at("u");
    CHECK(user.as == "me");
    CHECK(user.as_uid == "7");
    CHECK(user.as_groups == std::vector<std::string>{"g", "h"});
    REQUIRE(user.as_extra.size() == 1);
    CHECK(user.as_extra[0].second == std::vector<std::string>{"v", "w"});
    CHECK(user.certificate_data == "YQ==");
    CHECK(user.key_data == "Yg==");
    REQUIRE(user.exec);
    CHECK(user.exec->args == std::vector<std::string>{"a", "b"});
    CHECK(user.exec->env == std::vector<std::pair<std::string, std::string>>{{"N", "v"}});
    CHECK(user.exec->install_hint == "get it");
    CHECK(user.exec->interactive_mode == "Always");
    CHECK(user.exec->provide_cluster_info);
}

TEST_CASE("empty files, unknown fields and null lists are no harm") {
    const auto merged = merge_kubeconfigs({{"/a", ""},
                                           {"/b", "clusters: null\ncontexts:\nunknown: {x: 1}\n"},
                                           {"/c", "{\"users\": [{\"name\": \"u\"}], \"preferences\": {}}"}});
    CHECK(merged.clusters.empty());
    CHECK(merged.users.count("u") == 1);
}

TEST_CASE("a broken kubeconfig is named with the place, and no value of it") {
    const auto [text, message] = GENERATE(table<std::string, std::string>({
        {"a: 1\nb: [secret", "/k/config:2:1: "},
        {"users: [{name: u, user: {token: secret, token: secret}}]", "/k/config:1:41: a key that this mapping has"},
        {"kind: Pod\n", "/k/config: field 'kind' must be \"Config\""},
        {"[]", "/k/config"},
        {"clusters: {}", "/k/config: field 'clusters' must be an array of objects"},
        {"clusters: [secret]", "/k/config: field 'clusters' must be an array of objects"},
        {"clusters: [{name: c, cluster: {server: 12}}]", "/k/config: cluster 'c': field 'server' must be"},
        {"clusters: [{name: c, cluster: secret}]", "/k/config: cluster 'c'"},
        {"users: [{name: u, user: {as-groups: secret}}]", "/k/config: user 'u': field 'as-groups' must be"},
        {"users: [{name: u, user: {as-user-extra: {k: secret}}}]", "/k/config: user 'u': field 'k' must be"},
        {"users: [{name: u, user: {as-user-extra: secret}}]", "/k/config: user 'u'"},
        {"users: [{name: u, user: {exec: {env: [secret]}}}]", "/k/config: user 'u': exec: field 'env' must be"},
        {"users: [{name: u}, {name: u}]", "/k/config: user 'u' is defined twice"},
        {"current-context: true", "/k/config: field 'current-context' must be"},
        {"current-context: a\n---\ncurrent-context: b", "/k/config: one document is expected"},
    }));
    CAPTURE(text);
    const auto error = error_of([&] { merge_kubeconfigs({{"/k/config", text}}); });
    CHECK(error.fault() == Fault::usage);
    CHECK_THAT(error.message(), StartsWith(message));
    CHECK(error.message().find("secret") == std::string::npos);
}

TEST_CASE("the current context is taken unless another is asked for") {
    const auto merged = merge_kubeconfigs({{"/one/config", first}, {"/two/config", second}});
    const auto current = settings_of(merged, std::nullopt);
    CHECK(current.context == "x");
    CHECK(current.name_space == "default");
    CHECK(current.cluster.server == "https://a.example");
    CHECK(current.user.token == "ta");
    const auto other = settings_of(merged, "q");
    CHECK(other.name_space == "team");
    CHECK(other.user.token_file == "/two/token");
}

TEST_CASE("a context without a user is nobody in particular") {
    const auto config = merge_kubeconfigs(
        {{"/k", "{contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {server: s}}]}"}});
    CHECK(settings_of(config, "x").user.token.empty());
}

TEST_CASE("a context that is not there is answered with those that are") {
    const auto merged = merge_kubeconfigs({{"/two/config", second}});
    const auto error = error_of([&] { settings_of(merged, "nope"); });
    CHECK(error.fault() == Fault::not_found);
    CHECK(error.message() == "the kubeconfig has no context 'nope'");
    CHECK(error.hint() == "choose one with --context: q, x");

    const auto none = error_of([&] { settings_of({.contexts = merged.contexts}, std::nullopt); });
    CHECK(none.fault() == Fault::usage);
    CHECK(none.message() == "the kubeconfig has no current context");
    CHECK_THAT(none.hint(), ContainsSubstring("q, x"));

    const auto dangling = error_of([&] { settings_of(merged, "x"); });
    CHECK(dangling.fault() == Fault::not_found);
    CHECK_THAT(dangling.message(), ContainsSubstring("the cluster 'other'"));
}

TEST_CASE("a context that contradicts itself is refused") {
    const auto [cluster, user, fault, message] = GENERATE(table<std::string, std::string, Fault, std::string>({
        {"", "token: secret", Fault::usage, "cluster 'c' of the kubeconfig has no server"},
        {"server: s, insecure-skip-tls-verify: true, certificate-authority: x", "", Fault::usage, "CA certificate"},
        {"server: s, insecure-skip-tls-verify: true, certificate-authority-data: eA==", "", Fault::usage, "CA certif"},
        {good_server, "token: secret, username: u", Fault::usage, "a token and also a user name"},
        {good_server, "tokenFile: f, password: secret", Fault::usage, "a token and also a user name"},
        {good_server, "client-certificate: f", Fault::usage, "a client certificate without the key"},
        {good_server, "client-key-data: eA==", Fault::usage, "a client key without the certificate"},
        {good_server, "as-groups: [g]", Fault::usage, "without as"},
        {good_server, "as-uid: \"1\"", Fault::usage, "without as"},
        {good_server, "auth-provider: {name: gcp}", Fault::unsupported, "auth-provider"},
        {good_server, "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}", Fault::usage,
         "exec has no command"},
        {good_server, "exec: {command: c, apiVersion: client.authentication.k8s.io/v1alpha1}", Fault::unsupported,
         "apiVersion that is not known"},
        {good_server, "exec: {command: c}", Fault::unsupported, "apiVersion that is not known"},
        {good_server, "exec: {command: c, apiVersion: client.authentication.k8s.io/v1}", Fault::usage,
         "interactiveMode"},
        {good_server, "exec: {command: c, apiVersion: client.authentication.k8s.io/v1beta1, interactiveMode: Maybe}",
         Fault::usage, "interactiveMode"},
        {good_server, "exec: {command: c, apiVersion: client.authentication.k8s.io/v1beta1, env: [{name: a=b}]}",
         Fault::usage, "environment variable"},
    }));
    CAPTURE(cluster, user);
    const auto config = one(cluster, user);
    const auto error = error_of([&] { settings_of(config, std::nullopt); });
    CHECK(error.fault() == fault);
    CHECK_THAT(error.message(), ContainsSubstring(message));
    CHECK(error.message().find("secret") == std::string::npos);
}

TEST_CASE("a plugin of v1beta1 needs no interactiveMode") {
    const auto config = one(good_server, "exec: {command: c, apiVersion: client.authentication.k8s.io/v1beta1}");
    CHECK(settings_of(config, std::nullopt).user.exec->command == "c");
}
