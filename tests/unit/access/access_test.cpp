// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/access.hpp"
#include "cluster/in_cluster.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/failure.hpp"
#include "support/temp_folder.hpp"

#include <filesystem>
#include <functional>

using namespace thv;
using namespace thv::cluster;
using test::drive;
using test::error_of;
using test::spill;
using test::TempFolder;

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

/// A kubeconfig with one context, in YAML's flow style.
std::string config(const std::string& cluster, const std::string& user = "token: t", const std::string& context = "x") {
    return "{current-context: " + context + ", contexts: [{name: " + context +
           ", context: {cluster: c, user: u}}], clusters: [{name: c, cluster: {" + cluster +
           "}}], users: [{name: u, user: {" + user + "}}]}";
}

/// The access that a kubeconfig gives, of which `environment` may hold more.
Access access_of(const TempFolder& folder, const std::string& text, Variables environment = {}) {
    const auto path = folder.path() / "config";
    spill(path, text);
    environment["KUBECONFIG"] = path.string();
    return Access::from(Environment{environment}, {});
}

} // namespace

TEST_CASE("where the access comes from: an option, then KUBECONFIG, then the home folder") {
    const TempFolder folder;
    const auto at = [&](const char* name) { return (folder.path() / name).string(); };
    spill(at("home/.kube/config"), config("server: home.example", "", "at-home"));
    spill(at("one"), config("server: one.example", "", "one"));
    spill(at("two"), config("server: two.example", "", "two"));
    const Variables home{{"HOME", at("home")}};
    const auto with = [&](const std::string& list) {
        auto all = home;
        all["KUBECONFIG"] = list;
        return Environment{all};
    };
    CHECK(Access::from(Environment{home}, {}).context() == "at-home");
    CHECK(Access::from(with(""), {}).context() == "at-home");
    CHECK(Access::from(with(at("missing") + "::" + at("one") + ":" + at("two")), {}).context() == "one");
    CHECK(Access::from(with(at("one") + ":" + at("two")), {.context = "two"}).context() == "two");
    CHECK(Access::from(with(at("one")), {.kubeconfig = at("two")}).context() == "two");
}

TEST_CASE("without a kubeconfig the error says where one was looked for") {
    const auto none = error_of([] { Access::from(Environment{}, {}); });
    CHECK(none.fault() == Fault::not_found);
    CHECK(none.message() == "there is no kubeconfig");
    const auto listed = error_of([] { Access::from(Environment{{{"KUBECONFIG", "/no/a:/no/b"}}}, {}); });
    CHECK(listed.fault() == Fault::not_found);
    CHECK(listed.message() == "there is no kubeconfig at '/no/a' or '/no/b'");
    CHECK_THAT(listed.hint(), ContainsSubstring("--kubeconfig"));
    const auto named = error_of([] { Access::from(Environment{}, {.kubeconfig = "/no/c"}); });
    CHECK(named.message() == "there is no kubeconfig at '/no/c'");
}

TEST_CASE("in a pod the service account is used, unless something was chosen") {
    const TempFolder folder;
    const auto path = (folder.path() / "config").string();
    spill(path, config("server: chosen.example"));
    spill(folder.path() / ".kube/config", config("server: home.example", "", "at-home"));
    const Variables pod{
        {"KUBERNETES_SERVICE_HOST", "10.0.0.1"}, {"KUBERNETES_SERVICE_PORT", "443"}, {"HOME", folder.path().string()}};
    auto chosen = pod;
    chosen["KUBECONFIG"] = path;
    CHECK(Access::from(Environment{chosen}, {}).context() == "x");
    CHECK(Access::from(Environment{pod}, {.kubeconfig = path}).context() == "x");
    CHECK(Access::from(Environment{pod}, {.context = "at-home"}).context() == "at-home");
    // There is no service account where tests run.
    const auto error = error_of([&] { Access::from(Environment{pod}, {}); });
    CHECK(error.fault() == Fault::not_found);
    CHECK_THAT(error.message(), ContainsSubstring("/var/run/secrets/kubernetes.io/serviceaccount/token"));
}

TEST_CASE("a pod's service account gives the server, the token's file and the namespace") {
    const TempFolder folder;
    spill(folder.path() / "token", "abc\n");
    spill(folder.path() / "ca.crt", "ca");
    Variables pod{{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}, {"KUBERNETES_SERVICE_PORT", "6443"}};
    auto settings = pod_settings(Environment{pod}, folder.path());
    CHECK(settings.context == "in-cluster");
    CHECK(settings.cluster.server == "https://10.0.0.1:6443");
    CHECK(settings.cluster.ca_file == (folder.path() / "ca.crt").string());
    CHECK(settings.user.token_file == (folder.path() / "token").string());
    CHECK(settings.name_space == "default");
    pod["KUBERNETES_SERVICE_HOST"] = "fd00::1";
    pod["POD_NAMESPACE"] = "from-variable";
    settings = pod_settings(Environment{pod}, folder.path());
    CHECK(settings.cluster.server == "https://[fd00::1]:6443");
    CHECK(settings.name_space == "from-variable");
    spill(folder.path() / "namespace", "from-file\n");
    CHECK(pod_settings(Environment{pod}, folder.path()).name_space == "from-file");
    std::filesystem::remove(folder.path() / "ca.crt");
    CHECK(error_of([&] { pod_settings(Environment{pod}, folder.path()); }).fault() == Fault::not_found);
}

TEST_CASE("a server's URL becomes an endpoint and what goes before every path") {
    const auto [server, url, prefix] = GENERATE(table<std::string, std::string, std::string>({
        {"https://s.example", "https://s.example:443", ""},
        {"https://s.example:6443/", "https://s.example:6443", ""},
        {"https://s.example/k8s/clusters/c-1/", "https://s.example:443", "/k8s/clusters/c-1"},
        {"https://[fd00::1]:6443", "https://[fd00::1]:6443", ""},
        {"http://s.example", "http://s.example:80", ""},
        {"s.example:8080", "http://s.example:8080", ""},
        {"localhost", "http://localhost:80", ""},
    }));
    CAPTURE(server);
    const TempFolder folder;
    const auto access = access_of(folder, config("server: \"" + server + "\""));
    CHECK(http::to_string(access.endpoint()) == url);
    CHECK(access.path_prefix() == prefix);
}

TEST_CASE("the name to check, and the proxy, come from the kubeconfig or the environment") {
    const TempFolder folder;
    const auto tls = [&](const std::string& more, Variables environment = {}) {
        const auto access = access_of(folder, config("server: \"https://s.example\"" + more), std::move(environment));
        return std::get<http::TlsEndpoint>(access.endpoint());
    };
    CHECK(tls(", tls-server-name: n.example").server_name == "n.example");
    CHECK_FALSE(tls("").proxy);
    const Variables variable{{"HTTPS_PROXY", "http://env.example:1"}};
    CHECK(tls("", variable).proxy->host == "env.example");
    CHECK(tls(", proxy-url: \"http://own.example:2\"", variable).proxy->host == "own.example");
    CHECK_FALSE(tls("", {{"HTTPS_PROXY", "http://env.example:1"}, {"NO_PROXY", ".example,s.example"}}).proxy);
}

TEST_CASE("what cannot be reached is refused before anything is sent") {
    const auto [cluster, fault, message] = GENERATE(table<std::string, Fault, std::string>({
        {"server: \"ftp://s.example\"", Fault::usage, "must begin with https://"},
        {"server: \"https://me:secret@s.example\"", Fault::usage, "neither a user nor a query"},
        {"server: \"https://s.example?secret\"", Fault::usage, "neither a user nor a query"},
        {"server: \"https://s example\"", Fault::usage, "spaces"},
        {"server: \"https://s.example\", proxy-url: \"socks5://me:secret@p\"", Fault::unsupported, "socks5://"},
        {"server: \"https://s.example\", proxy-url: \"https://me:secret@p\"", Fault::unsupported, "https://"},
        {"server: \"http://s.example\", proxy-url: \"http://me:secret@p\"", Fault::unsupported, "proxies are used"},
        {"server: \"https://s.example\", certificate-authority: /no/ca", Fault::not_found, "'/no/ca'"},
        {"server: \"https://s.example\", certificate-authority-data: \"!secret\"", Fault::usage, "is not base64"},
        {"server: \"https://s.example\", certificate-authority-data: c2VjcmV0", Fault::usage, "no certificate"},
    }));
    CAPTURE(cluster);
    const TempFolder folder;
    const auto error = error_of([&] { access_of(folder, config(cluster)); });
    CHECK(error.fault() == fault);
    CHECK_THAT(error.message(), ContainsSubstring(message));
    CHECK(error.message().find("secret") == std::string::npos);
}

TEST_CASE("the namespace is the chosen one, the context's, or default") {
    const TempFolder folder;
    const auto path = (folder.path() / "config").string();
    spill(path, "{contexts: [{name: a, context: {cluster: c}}, {name: b, context: {cluster: c, namespace: team}}], "
                "clusters: [{name: c, cluster: {server: s}}]}");
    const Environment environment{{{"KUBECONFIG", path}, {"POD_NAMESPACE", "pod"}}};
    CHECK(Access::from(environment, {.context = "a"}).name_space() == "default");
    CHECK(Access::from(environment, {.context = "b"}).name_space() == "team");
    CHECK(Access::from(environment, {.context = "b", .name_space = "mine"}).name_space() == "mine");
}

TEST_CASE("static credentials become header fields") {
    const auto [server, user, headers] = GENERATE(table<std::string, std::string, http::Headers>({
        {"https://s", "", {}},
        {"https://s", "token: abc", {{"Authorization", "Bearer abc"}}},
        {"https://s", "username: u, password: p", {{"Authorization", "Basic dTpw"}}},
        {"https://s",
         "token: abc, as: me, as-uid: \"7\", as-groups: [g, h], as-user-extra: {example.org/Key%: [v, w]}",
         {{"Impersonate-User", "me"},
          {"Impersonate-Uid", "7"},
          {"Impersonate-Group", "g"},
          {"Impersonate-Group", "h"},
          {"Impersonate-Extra-example.org%2FKey%25", "v"},
          {"Impersonate-Extra-example.org%2FKey%25", "w"},
          {"Authorization", "Bearer abc"}}},
        // Where anybody could read them they are not sent.
        {"http://s", "token: abc, as: me", {}},
    }));
    CAPTURE(server, user);
    const TempFolder folder;
    auto access = access_of(folder, config("server: \"" + server + "\"", user));
    CHECK(drive(access.headers()) == headers);
    CHECK_FALSE(drive(access.refresh()));
}

TEST_CASE("a token's file beats the token, is read again after a refusal, and may vanish for a while") {
    const TempFolder folder;
    const auto file = folder.path() / "token";
    spill(file, "one\n");
    auto access = access_of(folder, config("server: \"https://s\"", "token: fixed, tokenFile: token"));
    const auto authorization = [&] { return *http::find_header(drive(access.headers()), "Authorization"); };
    CHECK(authorization() == "Bearer one");
    spill(file, "two\n");
    CHECK(authorization() == "Bearer one"); // for about a minute
    CHECK(drive(access.refresh()));
    CHECK(authorization() == "Bearer two");
    std::filesystem::remove(file);
    CHECK(drive(access.refresh()));
    CHECK(authorization() == "Bearer two");
}

TEST_CASE("while a token's file is unreadable the token does; without one it is an error") {
    const TempFolder folder;
    auto fallback = access_of(folder, config("server: \"https://s\"", "token: fixed, tokenFile: missing"));
    CHECK(*http::find_header(drive(fallback.headers()), "Authorization") == "Bearer fixed");
    auto access = access_of(folder, config("server: \"https://s\"", "tokenFile: missing"));
    const auto error = error_of([&] { drive(access.headers()); });
    CHECK(error.fault() == Fault::not_found);
    CHECK_THAT(error.message(), ContainsSubstring((folder.path() / "missing").string()));
}
