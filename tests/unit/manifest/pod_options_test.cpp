// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "manifest/manifest.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

#include <string>
#include <vector>

using namespace thv;
using Json = nlohmann::ordered_json;

namespace {

RunConfig fetch(ContainerOptions options) {
    RunConfig config;
    config.name = config.container_name = config.base_name = "fetch";
    config.image = "mcp/fetch:1";
    config.container_options = std::move(options);
    return config;
}

Json pod_of(const RunConfig& config) {
    return manifest_from(config, "").object["spec"]["podTemplateSpec"]["spec"];
}

Json security_of(const std::string& user) {
    return pod_of(fetch({.read_only = false, .tmpfs = {}, .user = user}))["containers"][0]["securityContext"];
}

/// A server whose pod template says that.
RunConfig read(const std::string& pod) {
    const auto object = Json::parse(R"({"apiVersion": "toolhive.stacklok.dev/v1beta1", "kind": "MCPServer",
        "metadata": {"name": "fetch"}, "spec": {"image": "mcp/fetch:1", "podTemplateSpec": {"spec": )" +
                                    pod + "}}}");
    return config_from_manifest(object, "x");
}

/// The words for what a pod cannot have.
std::vector<std::string> misfits(const RunConfig& config) {
    std::vector<std::string> words;
    for (const auto& misfit : misfits_of(config))
        words.push_back(misfit.what);
    return words;
}

} // namespace

TEST_CASE("who a server runs as is told as numbers, and root is allowed to be root") {
    CHECK(security_of("1000") == Json::parse(R"({"runAsUser": 1000, "runAsNonRoot": true})"));
    CHECK(security_of("7:0") == Json::parse(R"({"runAsUser": 7, "runAsGroup": 0, "runAsNonRoot": true})"));
    CHECK(security_of("0") == Json::parse(R"({"runAsUser": 0, "runAsNonRoot": false})"));
}

TEST_CASE("options that were written to a pod are read again, and nothing of them stays in the patch") {
    const auto options = GENERATE(values<ContainerOptions>({
        {.read_only = true, .tmpfs = {}, .user = ""},
        {.read_only = false, .tmpfs = {"/tmp", "/run/a b:size=1g"}, .user = ""},
        {.read_only = false, .tmpfs = {}, .user = "0"},
        {.read_only = true, .tmpfs = {"/tmp:size=100"}, .user = "2147483647:2147483647"},
    }));
    const auto config = config_from_manifest(manifest_from(fetch(options), "").object, "x");
    CHECK(config.container_options == options);
    CHECK(config.document.empty());
}

TEST_CASE("a size has many spellings, which all mean the same") {
    const auto config = fetch({.read_only = false, .tmpfs = {"/tmp:size=65536k"}, .user = ""});
    CHECK(pod_of(config)["volumes"][0]["emptyDir"]["sizeLimit"] == "64Mi");
    CHECK(config_from_manifest(manifest_from(config, "").object, "x").container_options.tmpfs ==
          std::vector<std::string>{"/tmp:size=64m"});
}

TEST_CASE("what a pod cannot have is told with its reason") {
    auto config = fetch({.read_only = true, .tmpfs = {"/tmp:size=1m,mode=1777", "/a:ro"}, .user = "node:staff"});
    config.limits.pids = 64;
    const std::vector<std::string> words{"--pids-limit", "user 'node:staff'", "--tmpfs option 'mode=1777'",
                                         "--tmpfs option 'ro'"};
    CHECK(misfits(config) == words);
    CHECK(manifest_from(config, "").left_out == words);
    // The rest is there all the same.
    CHECK(pod_of(config)["containers"][0]["securityContext"] == Json::parse(R"({"readOnlyRootFilesystem": true})"));
    CHECK(pod_of(config)["volumes"].size() == 2);

    const auto errors = misfits_of(config);
    CHECK(errors[0].error.fault() == Fault::unsupported);
    CHECK_THAT(errors[0].error.hint(), ContainsSubstring("podPidsLimit"));
    CHECK(errors[1].error.fault() == Fault::usage);
    CHECK_THAT(errors[1].error.hint(), ContainsSubstring("UID:GID"));
    CHECK_THAT(errors[2].error.message(), ContainsSubstring("/tmp:size=1m,mode=1777"));
}

TEST_CASE("nothing but a limit that a pod cannot have leaves no pod template") {
    auto config = fetch({});
    config.limits.pids = 64;
    CHECK_FALSE(manifest_from(config, "").object["spec"].contains("podTemplateSpec"));
}

TEST_CASE("only numbers that are written as a cluster gives them back are a user there") {
    for (const auto* user : {"node", "1000:staff", "0100", "2147483648", "99999999999999999999", "1000:01"}) {
        CAPTURE(user);
        CHECK(misfits(fetch({.read_only = false, .tmpfs = {}, .user = user})).size() == 1);
    }
}

TEST_CASE("nothing is mounted over something else") {
    auto config = fetch({.read_only = false, .tmpfs = {"/data"}, .user = ""});
    config.volumes = {"/srv:/data"};
    const auto error = test::error_of([&] { manifest_from(config, ""); });
    CHECK(error.fault() == Fault::usage);
    CHECK(error.message() == "two volumes have the target '/data'");
}

TEST_CASE("what is not as thv writes it stays in the patch, and is written back as it was") {
    const auto* const pod = GENERATE(
        R"({"containers": [{"name": "mcp", "securityContext": {"runAsUser": 1000}}]})",
        R"({"containers": [{"name": "mcp", "securityContext": {"runAsUser": 0, "runAsNonRoot": true}}]})",
        R"({"containers": [{"name": "mcp", "securityContext": {"runAsGroup": 5, "readOnlyRootFilesystem": false}}]})",
        R"({"containers": [{"name": "mcp", "securityContext": {"runAsUser": 1, "runAsGroup": "x", "runAsNonRoot": true}}]})",
        R"({"containers": [{"name": "mcp", "securityContext": {"runAsUser": -1, "runAsNonRoot": true}}]})",
        R"({"containers": [{"name": "mcp", "securityContext": 5}]})",
        R"({"containers": [{"name": "sidecar", "securityContext": {"readOnlyRootFilesystem": true}}]})",
        R"({"containers": [{"name": "mcp", "volumeMounts": [{"name": "thv-tmpfs-0", "mountPath": "/a"}]}],
            "volumes": [{"name": "thv-tmpfs-0", "emptyDir": {}}]})",
        R"({"containers": [{"name": "mcp", "volumeMounts": [{"name": "thv-tmpfs-0", "mountPath": "/a"}]}],
            "volumes": [{"name": "thv-tmpfs-0", "emptyDir": {"medium": "Memory", "sizeLimit": "1G"}}]})",
        R"({"containers": [{"name": "mcp", "volumeMounts": [{"name": "thv-tmpfs-0", "mountPath": "/a", "subPath": "b"}]}],
            "volumes": [{"name": "thv-tmpfs-0", "emptyDir": {"medium": "Memory"}}]})",
        R"({"containers": [{"name": "mcp", "volumeMounts": [{"name": "tmp", "mountPath": "/a"}]}],
            "volumes": [{"name": "tmp", "emptyDir": {"medium": "Memory"}}]})");
    CAPTURE(pod);
    const auto config = read(pod);
    CHECK(config.container_options == ContainerOptions{});
    CHECK(pod_of(config) == Json::parse(pod));
}

TEST_CASE("a volume gets a name that nothing else has") {
    auto config = read(R"({"volumes": [{"name": "thv-tmpfs-0", "emptyDir": {}}],
        "containers": [{"name": "mcp", "volumeMounts": [{"name": "thv-tmpfs-0", "mountPath": "/a"}]}]})");
    config.container_options.tmpfs = {"/b"};
    const auto pod = pod_of(config);
    CHECK(pod["volumes"][1]["name"] == "thv-tmpfs-1");
    CHECK(pod["containers"][0]["volumeMounts"][1] == Json::parse(R"({"name": "thv-tmpfs-1", "mountPath": "/b"})"));
}

TEST_CASE("the order of a pod's fields is of no importance") {
    const auto config = read(R"({"volumes": [{"name": "thv-tmpfs-0", "emptyDir": {"medium": "Memory"}}],
        "containers": [{"name": "mcp", "volumeMounts": [{"name": "thv-tmpfs-0", "mountPath": "/a"}]}]})");
    CHECK(config.container_options.tmpfs == std::vector<std::string>{"/a"});
    CHECK(config.document.empty());
}
