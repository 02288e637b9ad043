// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/credentials.hpp"
#include "cluster/exec_plugin.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "io/deadline.hpp"
#include "io/gather.hpp"
#include "io/process.hpp"
#include "io/race.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/failure.hpp"
#include "support/temp_folder.hpp"

#include <filesystem>
#include <functional>

using namespace thv;
using namespace thv::cluster;
using namespace std::chrono_literals;
using test::drive;
using test::error_of;
using test::slurp;
using test::spill;
using test::TempFolder;

namespace {

constexpr auto v1 = "client.authentication.k8s.io/v1";
const Environment surrounding{{{"PATH", "/usr/bin:/bin"}, {"KUBERNETES_EXEC_INFO", "stale"}, {"OWN", "1"}}};

std::string answer(const std::string& status, const std::string& version = v1) {
    return R"({"kind": "ExecCredential", "apiVersion": ")" + version + R"(", "status": )" + status + "}";
}

/// A plugin that is a shell script in a folder of its own. "$runs" in the script counts its runs.
class Script {
public:
    explicit Script(const std::string& body) {
        const auto path = folder_.path() / "plugin";
        spill(path, "#!/bin/sh\ncd " + folder_.path().string() + "\necho run >> runs\nruns=$(wc -l < runs)\n" + body);
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        plugin = {.command = path.string(), .api_version = v1, .interactive_mode = "Never"};
    }
    int runs() const {
        const auto text = std::filesystem::exists(file("runs")) ? slurp(file("runs")) : "";
        return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    }
    std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }
    Credentials credentials() const {
        Settings settings{.context = "x", .name_space = "default", .cluster = {.server = "https://s"}, .user = {}};
        settings.user.exec = plugin;
        return Credentials{settings, "the CA", surrounding};
    }

    ExecPlugin plugin;

private:
    TempFolder folder_;
};

Script answering(const std::string& status) {
    return Script{"cat <<END\n" + answer(status) + "\nEND\n"};
}

std::string token_of(Credentials& credentials) {
    const auto fields = drive(credentials.headers());
    const auto* value = http::find_header(fields, "Authorization");
    return value == nullptr ? "" : *value;
}

Task<> just_headers(Credentials& credentials) {
    co_await credentials.headers();
}
Task<> just_refresh(Credentials& credentials) {
    const bool renewed = co_await credentials.refresh();
    if (!renewed) throw std::logic_error{"nothing was renewed"};
}
Task<> until_there(std::filesystem::path file) {
    while (!std::filesystem::exists(file))
        co_await sleep_for(5ms);
}

} // namespace

TEST_CASE("a plugin's token is used until it expires, and then the plugin is run again") {
    const auto soon = format_rfc3339(now() + 1h);
    const auto past = format_rfc3339(now() - 1h);
    const auto valid = answering(R"({"token": "t$runs", "expirationTimestamp": ")" + soon + "\"}");
    auto kept = valid.credentials();
    CHECK(token_of(kept) == "Bearer t1");
    CHECK(token_of(kept) == "Bearer t1");
    const auto endless = answering(R"({"token": "t$runs"})");
    auto forever = endless.credentials();
    CHECK(token_of(forever) == "Bearer t1");
    CHECK(token_of(forever) == "Bearer t1");
    const auto expired = answering(R"({"token": "t$runs", "expirationTimestamp": ")" + past + "\"}");
    auto renewed = expired.credentials();
    CHECK(token_of(renewed) == "Bearer t1");
    CHECK(token_of(renewed) == "Bearer t2");
}

TEST_CASE("a refused token is renewed by running the plugin again, before which there is nothing to renew") {
    const auto script = answering(R"({"token": "t$runs"})");
    auto credentials = script.credentials();
    CHECK_FALSE(drive(credentials.refresh()));
    CHECK(token_of(credentials) == "Bearer t1");
    CHECK(drive(credentials.refresh()));
    CHECK(token_of(credentials) == "Bearer t2");
    CHECK(script.runs() == 2);
}

TEST_CASE("many tasks that need a credential share one run of the plugin") {
    const auto script = answering(R"({"token": "t$runs"})");
    auto credentials = script.credentials();
    const std::vector<std::string> names(20, "x");
    const auto all = [&](std::function<Task<>(std::string)> work) {
        for (const auto& outcome : drive(for_each(names, names.size(), std::move(work))))
            CHECK_FALSE(outcome.error);
    };
    all([&](const std::string&) { return just_headers(credentials); });
    CHECK(script.runs() == 1);
    all([&](const std::string&) { return just_refresh(credentials); });
    CHECK(script.runs() == 2);
    CHECK(token_of(credentials) == "Bearer t2");
}

TEST_CASE("a plugin that fails once is run again by the next who needs it") {
    const Script script{"[ $runs = 1 ] && exit 1\necho '" + answer(R"({"token": "t"})") + "'\n"};
    auto credentials = script.credentials();
    CHECK(error_of([&] { drive(credentials.headers()); }).fault() == Fault::denied);
    CHECK(token_of(credentials) == "Bearer t");
}

TEST_CASE("a token of the kubeconfig's own is used without running the plugin") {
    const auto script = answering(R"({"token": "t"})");
    Settings settings{.context = "x", .name_space = "n", .cluster = {}, .user = {.token = "own"}};
    settings.user.exec = script.plugin;
    Credentials credentials{settings, "", surrounding};
    CHECK(token_of(credentials) == "Bearer own");
    CHECK(script.runs() == 0);
}

TEST_CASE("a plugin gets its arguments, its variables, and what it is to know of the cluster") {
    Script script{"printf '%s|' \"$@\" \"$OWN\" \"$ADDED\" > seen\nprintf %s \"$KUBERNETES_EXEC_INFO\" > info\necho '" +
                  answer(R"({"token": "t"})") + "'\n"};
    script.plugin.args = {"a b", "$c"};
    script.plugin.env = {{"ADDED", "x y"}, {"OWN", "2"}};
    auto credentials = script.credentials();
    CHECK(token_of(credentials) == "Bearer t");
    CHECK(slurp(script.file("seen")) == "a b|$c|2|x y|");
    CHECK(slurp(script.file("info")) ==
          R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}})");
    script.plugin.provide_cluster_info = true;
    auto knowing = script.credentials();
    CHECK(token_of(knowing) == "Bearer t");
    CHECK(slurp(script.file("info")) ==
          R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{)"
          R"("server":"https://s","certificate-authority-data":"dGhlIENB","config":null},"interactive":false}})");
}

TEST_CASE("a plugin's bad answer is an error that names the plugin and quotes nothing") {
    const auto [text, message] = GENERATE(table<std::string, std::string>({
        {"", "gave no credential"},
        {"secret", "gave no credential"},
        {"[\"secret\"]", "gave no credential"},
        {R"({"kind": "secret"})", "must be \"ExecCredential\""},
        {answer(R"({"token": "secret"})", "client.authentication.k8s.io/v1beta1"),
         "another apiVersion than client.auth"},
        {R"({"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1"})", "without a status"},
        {answer("{}"), "neither a token nor a client certificate"},
        {answer(R"({"token": ["secret"]})"), "field 'token'"},
        {answer(R"({"clientCertificateData": "secret"})"), "only one of"},
        {answer(R"({"token": "secret", "clientKeyData": "secret"})"), "only one of"},
        {answer(R"({"token": "secret", "expirationTimestamp": "secret"})"), "no time"},
    }));
    CAPTURE(text);
    const ExecPlugin plugin{.command = "my-plugin", .api_version = v1};
    const auto error = error_of([&] { parse_exec_credential(plugin, text); });
    CHECK(error.fault() == Fault::denied);
    CHECK_THAT(error.message(), StartsWith("the credential plugin 'my-plugin' "));
    CHECK_THAT(error.message(), ContainsSubstring(message));
    CHECK(error.message().find("secret") == std::string::npos);
}

TEST_CASE("v1beta1 is spoken too") {
    const ExecPlugin plugin{.command = "p", .api_version = "client.authentication.k8s.io/v1beta1"};
    const auto credential = parse_exec_credential(plugin, answer(R"({"token": "t"})", plugin.api_version));
    CHECK(credential.token == "t");
    CHECK_FALSE(credential.expires);
    CHECK_THAT(exec_info(plugin, {}, "", true), ContainsSubstring("client.authentication.k8s.io/v1beta1"));
}

TEST_CASE("a plugin that goes wrong is named with what it did") {
    const auto [body, message] = GENERATE(table<std::string, std::string>({
        {"exit 7", "failed with exit code 7"},
        {"kill -9 $$", "failed with exit code 137"},
        {"exec yes secret", "writes more than 1048576 bytes"},
    }));
    CAPTURE(body);
    const Script script{body};
    auto credentials = script.credentials();
    const auto error = error_of([&] { drive(credentials.headers()); });
    CHECK(error.fault() == Fault::denied);
    CHECK_THAT(error.message(), StartsWith("the credential plugin '" + script.plugin.command + "'"));
    CHECK_THAT(error.message(), ContainsSubstring(message));
    CHECK(error.message().find("secret") == std::string::npos);
}

TEST_CASE("a plugin that is not there is an error with the kubeconfig's advice on how to get it") {
    ExecPlugin plugin{
        .command = "no-such-plugin", .api_version = v1, .install_hint = "get it\x1b[31m from\nexample.org"};
    const auto run = [&] { drive(run_plugin(plugin, {.info = "{}", .environment = surrounding})); };
    const auto error = error_of(run);
    CHECK(error.fault() == Fault::denied);
    CHECK_THAT(error.message(), ContainsSubstring("no-such-plugin"));
    CHECK(error.hint() == "get it [31m from\nexample.org");
    plugin.install_hint.clear();
    CHECK_THAT(error_of(run).hint(), ContainsSubstring("exec.command"));
}

TEST_CASE("a plugin that hangs is killed at its limit") {
    const Script script{"echo $$ > pid.new; mv pid.new pid; sleep 1000"};
    const auto error = error_of(
        [&] { drive(run_plugin(script.plugin, {.info = "{}", .environment = surrounding, .patience = 500ms})); });
    CHECK(error.fault() == Fault::timed_out);
    CHECK_THAT(error.message(), ContainsSubstring(script.plugin.command));
    CHECK_FALSE(process_info(std::stoi(slurp(script.file("pid")))));
}

TEST_CASE("a cancelled request kills the plugin, and the next one runs it anew") {
    const Script script{"[ $runs = 1 ] && { echo $$ > pid.new; mv pid.new pid; sleep 1000; }\necho '" +
                        answer(R"({"token": "t"})") + "'\n"};
    auto credentials = script.credentials();
    drive(first_of(just_headers(credentials), until_there(script.file("pid"))));
    CHECK_FALSE(process_info(std::stoi(slurp(script.file("pid")))));
    CHECK(token_of(credentials) == "Bearer t");
}

TEST_CASE("a plugin that must ask cannot be run without a terminal") {
    const ExecPlugin always{.command = "p", .api_version = v1, .interactive_mode = "Always"};
    const ExecPlugin maybe{.command = "p", .api_version = v1, .interactive_mode = "IfAvailable"};
    const ExecPlugin never{.command = "p", .api_version = v1, .interactive_mode = "Never"};
    const Fd null{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    const Fd before{::dup(0)};
    ::dup2(null.get(), 0);
    const auto error = error_of([&] { interactive(always); });
    const bool asks = interactive(maybe) || interactive(never);
    ::dup2(before.get(), 0);
    CHECK(error.fault() == Fault::denied);
    CHECK_THAT(error.message(), ContainsSubstring("needs a terminal"));
    CHECK_FALSE(asks);
}
