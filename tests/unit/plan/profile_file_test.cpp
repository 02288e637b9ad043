// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "plan/profile_file.hpp"
#include "support/catch.hpp"
#include "yaml/yaml.hpp"

using namespace thv;
using namespace thv::plan;

namespace {

std::vector<std::string> mistakes(std::string_view text) {
    std::vector<std::string> messages;
    for (const auto& mistake : profile_mistakes(yaml_to_json(text, "p"), "p"))
        messages.push_back(mistake.message());
    return messages;
}

} // namespace

TEST_CASE("a profile of JSON or YAML is read, and its limits fill in what is not set") {
    const auto* const text =
        GENERATE(R"({"name": "p", "read": ["/etc/x", "/a:/b"], "network": {"mode": "host", "outbound":
        {"allow_host": ["github.com", ".example.com"], "allow_port": [443]}}, "limits": {"memory": "64m", "pids": 32}})",
                 "name: p\nread: [/etc/x, '/a:/b']\nnetwork:\n  mode: host\n  outbound:\n"
                 "    allow_host: [github.com, .example.com]\n    allow_port: [443]\n"
                 "limits: {memory: 64m, pids: 32}\n");
    const auto profile = profile_from_text(text, "p");
    CHECK(profile.read == std::vector<std::string>{"/etc/x", "/a:/b"});
    CHECK(profile.network_mode == "host");
    ResourceLimits limits{.memory = {}, .milli_cpus = 500, .pids = 8};
    put_profile_limits(limits, profile);
    CHECK(limits == ResourceLimits{.memory = 64LL << 20, .milli_cpus = 500, .pids = 8});
}

TEST_CASE("every mistake of a profile is told with its place") {
    const auto [text, message] = GENERATE(table<std::string, std::string>({
        {"7", "p: the profile must be a table of fields"},
        {"name: 7", "p: name must be a text"},
        {"names: x", "p: there is no field 'names'"},
        {"privileged: 1", "p: privileged must be true or false"},
        {"read: /etc", "p: read must be a list"},
        {"read: [/a, etc]", "p: read[1] must be an absolute path, or /host/path:/container/path"},
        {"write: ['/a:b']", "p: write[0] must be an absolute path, or /host/path:/container/path"},
        {"write: ['/a:/b:/c']", "p: write[0] must be an absolute path, or /host/path:/container/path"},
        {"write: ['/a$b']", "p: write[0] must be an absolute path, or /host/path:/container/path"},
        {"network: []", "p: network must be a table of fields"},
        {"network: {modes: x}", "p: there is no field 'network.modes'"},
        {"network: {outbound: {insecure_allow_all: 'yes'}}",
         "p: network.outbound.insecure_allow_all must be true or false"},
        {"network: {outbound: {allow_host: [a, 'b c']}}",
         "p: network.outbound.allow_host[1] must be a host name or an address"},
        {"network: {outbound: {allow_port: [80, 70000]}}",
         "p: network.outbound.allow_port[1] must be a port, from 1 to 65535"},
        {"network: {inbound: {allow_host: [7]}}", "p: network.inbound.allow_host[0] must be a host name or an address"},
        {"limits: {memory: lots}", "p: limits.memory must be an amount of memory, such as 512m"},
        {"limits: {cpus: []}", "p: limits.cpus must be a number of CPUs, such as 0.5"},
        {"limits: {pids: 0}", "p: limits.pids must be a number of at least 1"},
        {"limits: {disk: 1}", "p: there is no field 'limits.disk'"},
    }));
    INFO(text);
    CHECK(mistakes(text) == std::vector{message});
}

TEST_CASE("several mistakes are all found, and the error for one names the command that tells them") {
    const auto* const text = "name: 7\nreads: []\nlimits: {pids: 0}\n";
    CHECK(mistakes(text).size() == 3);
    try {
        profile_from_text(text, "p");
        FAIL("it was taken");
    } catch (const Error& error) {
        CHECK(error.hint() == "'thv profile check' tells all 3 mistakes in it");
    }
    CHECK_THROWS_WITH(profile_from_text("a: b: c", "p"), StartsWith("p:1:"));
}
