// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "manifest/manifest.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace thv;
using Json = nlohmann::ordered_json;

namespace {

RunConfig fetch_config() {
    RunConfig config;
    config.name = config.container_name = config.base_name = "fetch";
    config.image = "mcp/fetch:1";
    return config;
}

RunConfig full_config() {
    auto config = fetch_config();
    config.transport = Transport::streamable_http;
    config.port = 9000;
    config.target_port = 8000;
    config.cmd_args = {"--fast", "a b"};
    config.env_vars = {{"A", "1"}, {"MCP_TRANSPORT", "streamable-http"}, {"MCP_PORT", "8000"}};
    config.secrets = {"github/token,target=TOKEN"};
    config.volumes = {"/data:/srv:ro", "/cache:/cache"};
    config.limits = {.memory = 512LL << 20, .milli_cpus = 250, .pids = {}};
    config.container_options = {.read_only = true, .tmpfs = {"/tmp:size=64m", "/run/x"}, .user = "1000:2000"};
    config.permission_profile_name = "none";
    config.container_labels = {{"team", "web"}, {"toolhive", "true"}};
    config.group = "tools";
    return config;
}

Json parsed(const char* text) {
    return Json::parse(text);
}

} // namespace

TEST_CASE("the smallest run config becomes the smallest server") {
    const auto manifest = manifest_from(fetch_config(), "prod");
    CHECK(manifest.left_out.empty());
    CHECK(manifest.object == parsed(R"({
        "apiVersion": "toolhive.stacklok.dev/v1beta1", "kind": "MCPServer",
        "metadata": {"name": "fetch", "namespace": "prod"},
        "spec": {"image": "mcp/fetch:1", "transport": "stdio", "proxyMode": "streamable-http"}})"));
}

TEST_CASE("everything that a cluster knows has its place") {
    const auto manifest = manifest_from(full_config(), "");
    CHECK(manifest.left_out.empty());
    CHECK(manifest.object == parsed(R"({
        "apiVersion": "toolhive.stacklok.dev/v1beta1", "kind": "MCPServer",
        "metadata": {"name": "fetch", "labels": {"team": "web"}},
        "spec": {"image": "mcp/fetch:1", "transport": "streamable-http", "proxyPort": 9000, "mcpPort": 8000,
                 "args": ["--fast", "a b"], "env": [{"name": "A", "value": "1"}],
                 "secrets": [{"name": "github", "key": "token", "targetEnvName": "TOKEN"}],
                 "permissionProfile": {"type": "builtin", "name": "none"}, "groupRef": {"name": "tools"},
                 "podTemplateSpec": {"spec": {
                    "containers": [{"name": "mcp", "resources": {"limits": {"memory": "512Mi", "cpu": "250m"}},
                        "volumeMounts": [{"name": "thv-volume-0", "mountPath": "/srv", "readOnly": true},
                                         {"name": "thv-volume-1", "mountPath": "/cache"},
                                         {"name": "thv-tmpfs-0", "mountPath": "/tmp"},
                                         {"name": "thv-tmpfs-1", "mountPath": "/run/x"}],
                        "securityContext": {"readOnlyRootFilesystem": true, "runAsUser": 1000, "runAsGroup": 2000,
                                            "runAsNonRoot": true}}],
                    "volumes": [{"name": "thv-volume-0", "hostPath": {"path": "/data"}},
                                {"name": "thv-volume-1", "hostPath": {"path": "/cache"}},
                                {"name": "thv-tmpfs-0", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
                                {"name": "thv-tmpfs-1", "emptyDir": {"medium": "Memory"}}]}}}})"));
}

TEST_CASE("a server that is read and written again is the same") {
    const auto* rest = R"({
        "apiVersion": "toolhive.stacklok.dev/v1beta1", "kind": "MCPServer", "metadata": {"name": "fetch"},
        "spec": {"image": "mcp/fetch:1", "transport": "stdio", "proxyMode": "sse",
                 "podTemplateSpec": {"metadata": {"labels": {"a": "b"}},
                    "spec": {"nodeSelector": {"disk": "ssd"}, "containers": [{"name": "sidecar", "image": "x"},
                        {"name": "mcp", "resources": {"limits": {"memory": "1G"}, "requests": {"cpu": "1"}}}]}},
                 "permissionProfile": {"type": "configmap", "name": "p", "key": "k"},
                 "oidcConfigRef": {"name": "o", "audience": "a"}, "replicas": 2}})";
    for (const auto& object : {manifest_from(full_config(), "").object, parsed(rest)}) {
        const auto config = config_from_manifest(object, "x");
        const auto again = run_config_from_json(to_json(config), "y"); // through its file
        // The order of fields is of no meaning to Kubernetes.
        CHECK(nlohmann::json(manifest_from(again, "").object) == nlohmann::json(object));
    }
}

TEST_CASE("the run config of a server holds what the server's fields say") {
    auto expected = full_config();
    expected.env_vars = {{"A", "1"}};
    expected.container_labels = {{"team", "web"}};
    const auto config = config_from_manifest(manifest_from(full_config(), "prod").object, "x");
    CHECK(config.env_vars == expected.env_vars);
    CHECK(config.secrets == expected.secrets);
    CHECK(config.volumes == expected.volumes);
    CHECK(config.limits == expected.limits);
    CHECK(config.container_options == expected.container_options);
    CHECK(config.group == "tools");
    CHECK(config.container_labels == expected.container_labels);
    CHECK(config.permission_profile_name == "none");
    CHECK(config.document.empty());
}

TEST_CASE("a group is read as an object and as the text that it once was") {
    auto object = manifest_from(fetch_config(), "").object;
    CHECK(config_from_manifest(object, "x").group == "default");
    object["spec"]["groupRef"] = "tools";
    CHECK(config_from_manifest(object, "x").group == "tools");
    object["spec"]["groupRef"] = Json::object({{"name", "tools"}});
    CHECK(config_from_manifest(object, "x").group == "tools");
}

TEST_CASE("what an MCPServer cannot say is named") {
    auto config = fetch_config();
    config.host = "0.0.0.0";
    config.publish = {"80:80"};
    config.allowed_origins = {"https://a.example"};
    config.session_ttl = "2h";
    config.permission_profile_name = "/etc/profile.json";
    CHECK(manifest_from(config, "").left_out == std::vector<std::string>{"--host", "--publish", "--allowed-origins",
                                                                         "--session-ttl",
                                                                         "--permission-profile of a file"});
}

TEST_CASE("what a cluster would refuse is refused before") {
    const auto fails = [](const auto& change) {
        auto config = fetch_config();
        change(config);
        CHECK_THROWS_AS(manifest_from(config, ""), Error);
    };
    fails([](RunConfig& c) { c.base_name = "No_Good"; });
    fails([](RunConfig& c) { c.group = "my tools"; });
    fails([](RunConfig& c) { c.remote_url = "https://a.example"; });
    fails([](RunConfig& c) { c.container_labels = {{"a b", "c"}}; });
    fails([](RunConfig& c) { c.container_labels = {{"a", "c d"}}; });
    fails([](RunConfig& c) { c.secrets = {"github,target=TOKEN"}; });
    fails([](RunConfig& c) { c.secrets = {"github/,target=TOKEN"}; });
    fails([](RunConfig& c) { c.document["k8s_pod_template_patch"] = "no json"; });
    fails([](RunConfig& c) {
        c.document["k8s_pod_template_patch"] = R"({"spec": 1})";
        c.limits.milli_cpus = 1;
    });
    fails([](RunConfig& c) { c.document["k8s_spec"] = 1; });
    fails([](RunConfig& c) { c.foreign_transport = "inspector"; });
}

TEST_CASE("an object that is no server, or has a field of another type, is refused with the field's name") {
    const auto message = [](const char* text) -> std::string {
        try {
            config_from_manifest(parsed(text), "file.yaml");
        } catch (const Error& error) {
            return error.message();
        }
        return "no error";
    };
    CHECK(message(R"({"kind": "Pod"})") == "file.yaml: field 'kind' must be MCPServer");
    CHECK(message(R"({"kind": "MCPServer", "apiVersion": "v1"})").find("apiVersion") != std::string::npos);
    const auto with_spec = [&](const std::string& spec) {
        return message((R"({"kind": "MCPServer", "apiVersion": "toolhive.stacklok.dev/v1alpha1",
                            "metadata": {"name": "a"}, "spec": )" +
                        spec + "}")
                           .c_str());
    };
    CHECK(with_spec("1") != "no error");
    CHECK(with_spec(R"({"image": 1})") == "file.yaml: spec: field 'image' must be a string without NUL");
    CHECK(with_spec(R"({"image": "i", "proxyPort": 70000})").find("proxyPort") != std::string::npos);
    CHECK(with_spec(R"({"image": "i", "env": {}})") == "file.yaml: spec: field 'env' must be a list");
    CHECK(with_spec(R"({"image": "i", "env": [{"name": "a=b"}]})").find("env") != std::string::npos);
    CHECK(with_spec(R"({"image": "i", "podTemplateSpec": 1})").find("podTemplateSpec") != std::string::npos);
}
