// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/direct_spec.hpp"
#include "engine/spec.hpp"
#include "support/catch.hpp"

using namespace thv;
using nlohmann::json;

namespace {

RunConfig workload() {
    RunConfig config;
    config.image = "weather:1";
    config.name = config.container_name = config.base_name = "weather";
    return config;
}

const json image{{"Id", "sha256:1"},
                 {"Config", {{"Entrypoint", {"/server", "--stdio"}}, {"Cmd", {"--level", "info"}}}}};

std::optional<engine::DirectSpec> direct(const RunConfig& config, const json& of = image) {
    return engine::direct_spec(config, engine::container_spec(config, {}), of, "/state/weather/init");
}

} // namespace

TEST_CASE("init runs what the engine would have run") {
    struct Case {
        json entrypoint;
        json command;
        std::vector<std::string> arguments;
        json run;
    };
    const auto row = GENERATE(values<Case>({{{"/a", "b"}, {"c"}, {}, {"/a", "b", "c"}},
                                            {{"/a", "b"}, {"c"}, {"d", "e"}, {"/a", "b", "d", "e"}},
                                            {nullptr, {"c", "d"}, {}, {"c", "d"}},
                                            {nullptr, {"c", "d"}, {"e"}, {"e"}},
                                            {{"/a"}, nullptr, {}, {"/a"}}}));
    auto config = workload();
    config.cmd_args = row.arguments;
    const auto made = direct(config, {{"Id", "x"}, {"Config", {{"Entrypoint", row.entrypoint}, {"Cmd", row.command}}}});
    REQUIRE(made);
    CHECK(made->spec["Entrypoint"] == json{"/.thv/thv-init"});
    CHECK(made->spec["Cmd"] == row.run);
}

TEST_CASE("the folder is mounted read-only, and init is the only one") {
    const auto made = direct(workload());
    REQUIRE(made);
    const auto& host = made->spec["HostConfig"];
    CHECK(host["Init"] == false);
    CHECK(host["Mounts"] == json::parse(R"([{"Type":"bind","Source":"/state/weather/init","Target":"/.thv",
                                             "ReadOnly":true}])"));
    CHECK(made->spec["Labels"][engine::direct_label] == made->fingerprint);
}

TEST_CASE("there is no direct stdio for a server on HTTP, without a command, or where its place is taken") {
    auto config = workload();
    CHECK_FALSE(direct(config, {{"Id", "x"}, {"Config", json::object()}}));
    CHECK_FALSE(direct(config, json::object()));
    config.volumes = {"/tmp:/.thv/more"};
    CHECK_FALSE(direct(config));
    config = workload();
    config.transport = Transport::sse;
    config.target_port = 8080;
    CHECK_FALSE(direct(config));
}

TEST_CASE("a container of another configuration or image has another fingerprint") {
    const auto was = direct(workload())->fingerprint;
    CHECK(direct(workload())->fingerprint == was);
    auto config = workload();
    config.env_vars["LEVEL"] = "debug";
    CHECK(direct(config)->fingerprint != was);
    auto other = image;
    other["Id"] = "sha256:2";
    CHECK(direct(workload(), other)->fingerprint != was);
}
