// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/run_config.hpp"
#include "support/catch.hpp"
#include "support/console_texts.hpp"
#include "support/failure.hpp"
#include "thv/run_flags.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>

using namespace thv;
using namespace thv::commands;
namespace fs = std::filesystem;

namespace {

/// A working folder with the files of a test.
class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "thv-flags-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const fs::path& path() const { return path_; }
    void put(const std::string& name, const std::string& bytes) const { std::ofstream{path_ / name} << bytes; }

private:
    fs::path path_;
};

RunFlags stdio_flags() {
    RunFlags flags;
    flags.image = "ghcr.io/acme/weather:1.4";
    flags.transport = "stdio";
    return flags;
}

const Environment caller{{{"HOME", "/home/me"}, {"API_KEY", "s3cret"}}};

RunConfig config_of(RunFlags flags, const fs::path& cwd = "/") {
    ConsoleTexts texts;
    cli::Console console{texts.streams(), {}};
    take_env_files(flags, cwd, console);
    return run_config_from(flags, caller, cwd, Platform::engine);
}

/// The message and hint that flags are refused with, after a change.
std::string refusal(const std::function<void(RunFlags&)>& change, const fs::path& cwd = "/") {
    auto flags = stdio_flags();
    change(flags);
    try {
        config_of(flags, cwd);
    } catch (const Error& error) {
        CHECK((error.fault() == Fault::usage || error.fault() == Fault::unsupported));
        return error.message();
    }
    return "it was accepted";
}

} // namespace

TEST_CASE("a volume and a tmpfs cannot be at one place") {
    CHECK(refusal([](RunFlags& flags) {
              flags.volumes = {"/usr:/data"};
              flags.options.tmpfs = {"/run", "/data:size=1m"};
          }) == "'/data' cannot be both a volume and a tmpfs");
}

TEST_CASE("--stdio tells how a stdio server is reached, and is refused where that says nothing") {
    auto flags = stdio_flags();
    CHECK(config_of(flags).stdio_path == StdioPath::automatic);
    flags.stdio = "direct";
    CHECK(config_of(flags).stdio_path == StdioPath::direct);
    flags.stdio = "attach";
    CHECK(config_of(flags).stdio_path == StdioPath::attach);
    CHECK_THROWS_AS(run_config_from(flags, caller, "/", Platform::cluster), Error);
    CHECK_THAT(refusal([](RunFlags& changed) { changed.stdio = "straight"; }), StartsWith("--stdio: "));
    CHECK_THAT(refusal([](RunFlags& changed) {
                   changed.transport = "sse";
                   changed.target_port = 8080;
                   changed.stdio = "direct";
               }),
               StartsWith("--stdio direct"));
}

TEST_CASE("a stdio workload with nothing but an image") {
    const auto config = config_of(stdio_flags());
    CHECK(config.image == "ghcr.io/acme/weather:1.4");
    CHECK(config.name == "acme-weather");
    CHECK(config.container_name == "acme-weather");
    CHECK(config.base_name == "acme-weather");
    CHECK(config.transport == Transport::stdio);
    CHECK(config.proxy_mode == ProxyMode::streamable_http);
    CHECK(config.host == "127.0.0.1");
    CHECK(config.port == 0);
    CHECK(config.target_port == 0);
    CHECK(config.group == "default");
    CHECK_FALSE(config.isolate_network);
    CHECK(config.env_vars == std::map<std::string, std::string>{{"MCP_TRANSPORT", "stdio"}});
    CHECK(config.permission_profile->name == "network");
    CHECK(config.container_labels == std::map<std::string, std::string>{{"toolhive", "true"},
                                                                        {"toolhive-name", "acme-weather"},
                                                                        {"toolhive-basename", "acme-weather"},
                                                                        {"toolhive-transport", "stdio"}});
}

TEST_CASE("what is written can be read again and says the same") {
    auto flags = stdio_flags();
    flags.transport = "sse";
    flags.target_port = 8000;
    flags.proxy_port = 18000;
    flags.arguments = {"--units", "metric"};
    flags.volumes = {"/tmp:/data:ro"};
    flags.labels = {"team=ops"};
    flags.session_ttl = "90";
    const auto config = config_of(flags);
    const auto again = run_config_from_json(to_json(config), "test");
    CHECK(to_json(again) == to_json(config));
    CHECK(again.session_ttl == "90s");
    CHECK(again.proxy_mode == ProxyMode::sse);
    CHECK(again.container_labels.at("toolhive-port") == "18000");
    CHECK(again.container_labels.at("team") == "ops");
    CHECK(again.cmd_args == flags.arguments);
    CHECK(again.env_vars.at("FASTMCP_PORT") == "8000");
}

TEST_CASE("a stdio server can be served in either mode, an HTTP server in its own") {
    auto flags = stdio_flags();
    flags.proxy_mode = "sse";
    CHECK(config_of(flags).proxy_mode == ProxyMode::sse);
    flags.transport = "streamable-http";
    flags.target_port = 1;
    CHECK_THROWS_WITH(config_of(flags), "--proxy-mode sse does not go with --transport streamable-http");
}

TEST_CASE("-e takes a value, an empty value, or the caller's own") {
    auto flags = stdio_flags();
    flags.env = {"A=1,2=3", "EMPTY=", "API_KEY", "NOT_SET", "A=last"};
    const auto variables = config_of(flags).env_vars;
    CHECK(variables.at("A") == "last");
    CHECK(variables.at("EMPTY").empty());
    CHECK(variables.at("API_KEY") == "s3cret");
    CHECK_FALSE(variables.contains("NOT_SET"));
}

TEST_CASE("an env file is docker's, and -e wins over it") {
    const Folder folder;
    folder.put("vars", "\xef\xbb\xbf# comment\n\nA=from file\r\n  B = x\nAPI_KEY\nQUOTED=\"as it is\"\nC=3");
    auto flags = stdio_flags();
    flags.env_files = {"vars"};
    flags.env = {"A=typed"};
    CHECK_THROWS_WITH(config_of(flags, folder.path()), ContainsSubstring("line 4: a variable has no usable name"));
    folder.put("vars", "\xef\xbb\xbf# comment\n\nA=from file\r\nAPI_KEY\nQUOTED=\"as it is\"\nC=3");
    const auto variables = config_of(flags, folder.path()).env_vars;
    CHECK(variables.at("A") == "typed");
    CHECK(variables.at("API_KEY") == "s3cret");
    CHECK(variables.at("QUOTED") == "\"as it is\"");
    CHECK(variables.at("C") == "3");
}

TEST_CASE("errors about variables never show a value") {
    CHECK(refusal([](RunFlags& flags) { flags.env = {"=s3cret"}; }) == "--env: a variable has no usable name");
    CHECK(refusal([](RunFlags& flags) { flags.env = {"A B=s3cret"}; }) == "--env: a variable has no usable name");
    const Folder folder;
    folder.put("vars", "s3cret value=x\n");
    const auto message = refusal([](RunFlags& flags) { flags.env_files = {"vars"}; }, folder.path());
    CHECK_THAT(message, ContainsSubstring("line 1"));
    CHECK_THAT(message, !ContainsSubstring("s3cret"));
}

TEST_CASE("a relative volume is taken from the working folder, now") {
    const Folder folder;
    folder.put("data", "");
    auto flags = stdio_flags();
    flags.volumes = {"./data:/in:ro", ".:/out"};
    const auto config = config_of(flags, folder.path());
    const auto here = folder.path().string();
    CHECK(config.volumes == std::vector<std::string>{here + "/data:/in:ro", here + ":/out"});
    CHECK(config.permission_profile->read == std::vector<std::string>{here + "/data:/in"});
    CHECK(config.permission_profile->write == std::vector<std::string>{here + ":/out"});
    CHECK(config.permission_profile->document.at("read").at(0) == here + "/data:/in");
}

TEST_CASE("--network becomes part of the profile") {
    auto flags = stdio_flags();
    flags.permission_profile = "none";
    flags.network = "host";
    const auto profile = *config_of(flags).permission_profile;
    CHECK(profile.name == "none");
    CHECK(profile.network_mode == "host");
    CHECK(profile.document.at("network").at("mode") == "host");
}

TEST_CASE("a permission profile can be a file") {
    const Folder folder;
    folder.put("profile.json", R"({"name": "mine", "network": {"outbound": {"allow_host": ["api.example"]}}})");
    auto flags = stdio_flags();
    flags.permission_profile = "profile.json";
    const auto config = config_of(flags, folder.path());
    CHECK(config.permission_profile_name == "profile.json");
    CHECK(config.permission_profile->name == "mine");
    folder.put("profile.json", R"({"name": "mine", "x": 1})");
    CHECK_THROWS_WITH(config_of(flags, folder.path()), ContainsSubstring("profile.json: there is no field 'x'"));
    folder.put("profile.json", "{");
    CHECK_THROWS_AS(config_of(flags, folder.path()), Error);
    flags.permission_profile = "nothing.json";
    CHECK_THROWS_WITH(config_of(flags, folder.path()), ContainsSubstring("--permission-profile: there is no file"));
}

TEST_CASE("what cannot be is refused with the flag's name") {
    const auto [change, message] = GENERATE(table<std::function<void(RunFlags&)>, std::string>({
        {[](RunFlags& f) { f.image = ""; }, "'' is no image reference"},
        {[](RunFlags& f) { f.image = "two words"; }, "'two words' is no image reference"},
        {[](RunFlags& f) { f.image = "uvx://mcp-server-fetch"; },
         "building an image from a 'uvx' package is not available in this version of thv"},
        {[](RunFlags& f) { f.transport = "tcp"; }, "--transport: 'tcp' is not a transport"},
        {[](RunFlags& f) { f.proxy_mode = "stdio"; }, "--proxy-mode: 'stdio' is not a proxy mode"},
        {[](RunFlags& f) { f.proxy_port = 65536; }, "--proxy-port: 65536 is not a port; ports go from 1 to 65535"},
        {[](RunFlags& f) { f.proxy_port = -1; }, "--proxy-port: -1 is not a port; ports go from 1 to 65535"},
        {[](RunFlags& f) { f.target_port = 8000; }, "--target-port does not go with --transport stdio"},
        {[](RunFlags& f) {
             f.transport = "sse";
             f.target_port = 70000;
         },
         "--target-port: 70000 is not a port; ports go from 1 to 65535"},
        {[](RunFlags& f) { f.host = "example.com"; }, "--host: 'example.com' is not an IP address"},
        {[](RunFlags& f) { f.target_host = ""; }, "--target-host: '' is not an IP address"},
        {[](RunFlags& f) { f.publish = {"70000"}; }, "--publish: '70000' is not a port to publish"},
        {[](RunFlags& f) { f.volumes = {"/nowhere-at-all:/x"}; }, "--volume: there is no '/nowhere-at-all'"},
        {[](RunFlags& f) { f.volumes = {"/tmp:/x", "/usr:/x"}; }, "--volume: two volumes have the target '/x'"},
        {[](RunFlags& f) { f.volumes = {"/tmp:/$x"}; }, "--volume: '/tmp:/$x' contains one of $ & ; | `"},
        {[](RunFlags& f) { f.labels = {"toolhive-name=x"}; }, "--label: 'toolhive-name' is set by thv itself"},
        {[](RunFlags& f) { f.session_ttl = "-1h"; }, "--session-ttl must not be negative"},
        {[](RunFlags& f) { f.allowed_origins = {"*"}; }, "--allowed-origins: '*' is not an origin"},
        {[](RunFlags& f) { f.allowed_origins = {"https://a/b"}; }, "--allowed-origins: 'https://a/b' is not an origin"},
        {[](RunFlags& f) { f.isolate_network = true; }, "--isolate-network is not available in this version of thv"},
        {[](RunFlags& f) { f.network = ""; }, "--network needs the name of a network, or none, host or bridge"},
    }));
    CHECK(refusal(change) == message);
}

TEST_CASE("names and groups follow their rules") {
    CHECK_THAT(refusal([](RunFlags& flags) { flags.name = "a/b"; }), StartsWith("--name: "));
    CHECK_THAT(refusal([](RunFlags& flags) { flags.name = ""; }), StartsWith("--name: "));
    CHECK_THAT(refusal([](RunFlags& flags) { flags.group = "Tools"; }), StartsWith("--group: "));
    CHECK_THAT(refusal([](RunFlags& flags) { flags.volumes = {"relative"}; }), StartsWith("--volume: "));
}

TEST_CASE("--isolate-network=false is what upstream's scripts say, and harmless") {
    auto flags = stdio_flags();
    flags.isolate_network = false;
    CHECK_FALSE(config_of(flags).isolate_network);
}

TEST_CASE("chosen ports are free and differ from flag to flag") {
    auto flags = stdio_flags();
    CHECK_FALSE(needs_target_port(flags));
    flags.transport = "streamable-http";
    CHECK(needs_target_port(flags));
    flags.target_port = choose_port();
    CHECK_FALSE(needs_target_port(flags));
    CHECK(flags.target_port > 1023);
    CHECK(config_of(flags).target_port == flags.target_port);
}

TEST_CASE("on a cluster a container's options are those that a pod can have") {
    auto flags = stdio_flags();
    flags.options = {.read_only = true, .tmpfs = {"/tmp:size=64m"}, .user = "1000:1000"};
    CHECK(run_config_from(flags, caller, "/", Platform::cluster).container_options == flags.options);
    const auto [change, fault, word] = GENERATE(table<std::function<void(RunFlags&)>, Fault, std::string>({
        {[](RunFlags& f) { f.limits.pids = "64"; }, Fault::unsupported, "--pids-limit is not available on a cluster"},
        {[](RunFlags& f) { f.options.user = "node"; }, Fault::usage, "--user: on a cluster 'node' cannot be"},
        {[](RunFlags& f) { f.options.tmpfs = {"/a:exec"}; }, Fault::unsupported, "--tmpfs: '/a:exec' has 'exec'"},
        {[](RunFlags& f) { f.options.tmpfs = {"a"}; }, Fault::usage, "--tmpfs: 'a' is no tmpfs"},
    }));
    change(flags);
    const auto error = test::error_of([&] { run_config_from(flags, caller, "/", Platform::cluster); });
    CHECK(error.fault() == fault);
    CHECK_THAT(error.message(), StartsWith(word));
}
