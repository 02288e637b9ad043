// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "thv/change_flags.hpp"

#include <functional>

using namespace thv;
using namespace thv::commands;

namespace {

const Environment caller{{{"HOME", "/home/me"}, {"TOKEN", "from-outside"}}};

/// A workload of which everything that can be changed is set.
RunConfig full(Platform platform = Platform::engine) {
    RunFlags flags;
    flags.image = "ghcr.io/acme/weather:1.4";
    flags.name = "weather";
    flags.transport = "stdio";
    flags.arguments = {"--city", "Bonn"};
    flags.env = {"A=1", "B=2"};
    flags.secrets = {"KEY,target=API_KEY"};
    flags.labels = {"team=maps"};
    flags.volumes = {"/usr:/data:ro"};
    if (platform == Platform::engine) flags.network = "host";
    return run_config_from(flags, caller, "/", platform);
}

RunConfig changed(const std::function<void(ChangeFlags&)>& change, RunConfig config = full(),
                  Platform platform = Platform::engine) {
    ChangeFlags flags;
    change(flags);
    CHECK(flags.given());
    flags.put(config, caller, "/", platform);
    return config;
}

std::string refusal(const std::function<void(ChangeFlags&)>& change, RunConfig config = full(),
                    Platform platform = Platform::engine) {
    try {
        changed(change, std::move(config), platform);
    } catch (const Error& error) {
        CHECK((error.fault() == Fault::usage || error.fault() == Fault::unsupported));
        return error.message();
    }
    return "it was accepted";
}

using Map = std::map<std::string, std::string>;
using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("a change adds to what there is, or takes the place of what has the same name") {
    CHECK(changed([](auto& f) { f.set.image = "acme/weather:2"; }).image == "acme/weather:2");
    const auto variables = changed([](auto& f) { f.set.env = {"B=3", "C=4", "TOKEN", "NOT_SET"}; }).env_vars;
    CHECK(variables == Map{{"A", "1"}, {"B", "3"}, {"C", "4"}, {"TOKEN", "from-outside"}, {"MCP_TRANSPORT", "stdio"}});
    CHECK(changed([](auto& f) { f.set.secrets = {"OTHER,target=API_KEY"}; }).secrets == Texts{"OTHER,target=API_KEY"});
    CHECK(changed([](auto& f) { f.set.secrets = {"X,target=Y"}; }).secrets ==
          Texts{"KEY,target=API_KEY", "X,target=Y"});
    const auto labels = changed([](auto& f) { f.set.labels = {"team=sky", "tier=2"}; }).container_labels;
    CHECK(labels.at("team") == "sky");
    CHECK(labels.at("tier") == "2");
    CHECK(labels.at("toolhive-name") == "weather");
    CHECK(changed([](auto& f) { f.set.arguments = {"--all"}; }).cmd_args == Texts{"--all"});
    CHECK(changed([](auto& f) { f.proxy_port = 8123; }).port == 8123);
}

TEST_CASE("a volume that is changed is changed in the permission profile, too") {
    const auto read = [](const RunConfig& config) { return config.permission_profile.value().read; };
    const auto write = [](const RunConfig& config) { return config.permission_profile.value().write; };
    CHECK(read(full()) == Texts{"/usr:/data"});
    const auto writable = changed([](auto& f) { f.set.volumes = {"/tmp:/data"}; });
    CHECK(writable.volumes == Texts{"/tmp:/data"});
    CHECK(read(writable).empty());
    CHECK(write(writable) == Texts{"/tmp:/data"});
    const auto more = changed([](auto& f) { f.set.volumes = {"/tmp:/scratch"}; });
    CHECK(more.volumes == Texts{"/usr:/data:ro", "/tmp:/scratch"});
    CHECK(read(more) == Texts{"/usr:/data"});
    CHECK(write(more) == Texts{"/tmp:/scratch"});
    CHECK(more.permission_profile.value().network_mode == "host");
    const auto none = changed([](auto& f) { f.removed_volumes = {"/data"}; });
    CHECK(none.volumes.empty());
    CHECK(read(none).empty());
}

TEST_CASE("a new permission profile closes what an older --network opened, and keeps the volumes") {
    const auto closed = changed([](auto& f) { f.set.permission_profile = "none"; });
    CHECK(closed.permission_profile_name == "none");
    CHECK(closed.permission_profile.value().network_mode != "host");
    CHECK(closed.permission_profile.value().read == Texts{"/usr:/data"});
    const auto open = changed([](auto& f) {
        f.set.permission_profile = "none";
        f.set.network = "bridge";
    });
    CHECK(open.permission_profile.value().network_mode == "bridge");
}

TEST_CASE("what is taken away is gone, and nothing else") {
    CHECK(changed([](auto& f) { f.removed_variables = {"A"}; }).env_vars ==
          Map{{"B", "2"}, {"MCP_TRANSPORT", "stdio"}});
    CHECK(changed([](auto& f) { f.removed_secrets = {"API_KEY"}; }).secrets.empty());
    CHECK_FALSE(changed([](auto& f) { f.removed_labels = {"team"}; }).container_labels.contains("team"));
    CHECK(changed([](auto& f) { f.no_arguments = true; }).cmd_args.empty());
    const auto writable = changed([](auto& f) { f.read_only = true; });
    CHECK(writable.container_options.read_only);
    CHECK_FALSE(changed([](auto& f) { f.read_only = false; }, writable).container_options.read_only);
}

TEST_CASE("a tmpfs takes the place of the one at its path") {
    const auto one = changed([](auto& f) { f.set.options.tmpfs = {"/tmp:size=1m"}; });
    const auto two = changed([](auto& f) { f.set.options.tmpfs = {"/tmp:size=2m", "/run"}; }, one);
    CHECK(two.container_options.tmpfs == Texts{"/tmp:size=2m", "/run"});
}

TEST_CASE("a change that cannot be made says which flag is at fault") {
    struct Case {
        std::function<void(ChangeFlags&)> change;
        std::string message;
    };
    const auto [change, message] = GENERATE(values<Case>({
        {[](auto& f) { f.removed_variables = {"C"}; }, "--env-rm: 'weather' has no 'C'"},
        {[](auto& f) { f.removed_secrets = {"C"}; }, "--secret-rm: 'weather' has no 'C'"},
        {[](auto& f) { f.removed_volumes = {"/c"}; }, "--volume-rm: 'weather' has no '/c'"},
        {[](auto& f) { f.removed_labels = {"c"}; }, "--label-rm: 'weather' has no 'c'"},
        {[](auto& f) { f.removed_labels = {"toolhive-name"}; }, "--label-rm: 'toolhive-name' is a label of thv's own"},
        {[](auto& f) { f.proxy_port = 70000; }, "--proxy-port: 70000 is not a port; ports go from 1 to 65535"},
        {[](auto& f) { f.set.volumes = {"/no/such/folder:/x"}; }, "--volume: there is no '/no/such/folder'"},
        {[](auto& f) {
             f.no_arguments = true;
             f.set.arguments = {"x"};
         },
         "--no-args and arguments exclude each other"},
    }));
    CHECK(refusal(change) == message);
}

TEST_CASE("a remote server takes only the changes that are about its proxy") {
    RunConfig remote;
    remote.name = remote.base_name = "far";
    remote.remote_url = "https://mcp.example/mcp";
    CHECK(changed([](auto& f) { f.proxy_port = 8123; }, remote).port == 8123);
    CHECK(refusal([](auto& f) { f.set.env = {"A=1"}; }, remote) ==
          "'far' is a remote server, and takes no flags for a container");
}

TEST_CASE("on a cluster a workload keeps its volumes without a profile, and takes the built-in profiles only") {
    const auto config = full(Platform::cluster);
    const auto more = changed([](auto& f) { f.set.volumes = {"/srv:/srv"}; }, config, Platform::cluster);
    CHECK(more.volumes == Texts{"/usr:/data:ro", "/srv:/srv"});
    CHECK_FALSE(more.permission_profile);
    CHECK(changed([](auto& f) { f.set.permission_profile = "none"; }, config, Platform::cluster)
              .permission_profile_name == "none");
    CHECK(refusal([](auto& f) { f.set.permission_profile = "my.json"; }, config, Platform::cluster) ==
          "on a cluster --permission-profile takes none or network");
    CHECK(refusal([](auto& f) { f.set.network = "host"; }, config, Platform::cluster) ==
          "--network is not available on a cluster");
}
