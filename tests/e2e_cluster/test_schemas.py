# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What commands print as JSON about a cluster is what docs/schemas says, and nothing more."""

from support import sample, schemas
from support.kube_api import path_of
from support.waiting import wait_until


def printed(thv, name, *command):
    return schemas.check(name, thv.run(*command, "--format", "json"))


def test_what_only_a_cluster_has_is_described(thv, cluster):
    sample.group(cluster, thv.namespace, "tools")
    cluster.api("POST", path_of("mcpexternalauthconfigs", thv.namespace), {
        "apiVersion": sample.API, "kind": "MCPExternalAuthConfig", "metadata": {"name": "open"},
        "spec": {"type": "unauthenticated"}})
    sample.entry(cluster, thv.namespace, "entry", "tools", externalAuthConfigRef={"name": "open"})
    sample.remote_proxy(cluster, thv.namespace, "proxy", "tools")
    sample.server(cluster, thv.namespace, "locked", group="tools", externalAuthConfigRef={"name": "not-there"})
    thv.given("server", group="tools")
    wait_until(lambda: thv.phase("entry", "mcpserverentries") == "Valid" and thv.phase("locked") and
               thv.phase("proxy", "mcpremoteproxies"), "the operator has seen them")
    listed = {workload["name"]: workload for workload in printed(thv, "list", "ls", "--all")}
    assert {name: workload["kind"] for name, workload in listed.items()} == {
        "entry": "MCPServerEntry", "locked": "MCPServer", "proxy": "MCPRemoteProxy", "server": "MCPServer"}
    assert listed["server"]["server_pods"] == {"ready": 1, "wanted": 1} and listed["entry"]["auth_config"] == "open"
    for name in listed:
        assert printed(thv, "status", "status", name)["conditions"]
    schemas.check("list-mcpservers", thv.run("ls", "--all", "--format", "mcpservers"))
    assert printed(thv, "group-list", "group", "ls") == [{"name": "tools", "registered_clients": []}]
    result = thv.attempt("vmcp", "discover", "tools", "--format", "json")
    found = schemas.check("vmcp-discover", result.out)
    assert result.code == 3 and "locked" in [failure["name"] for failure in found["failed"]]
    errors = thv.attempt("vmcp", "discover", "tools", "-o", "json").err.splitlines()
    assert len(errors) == len(found["failed"])
    assert {schemas.check("error", line)["level"] for line in errors} == {"error"}
    backends = {backend["name"]: backend for backend in found["backends"]}
    assert backends["entry"]["auth"] == {"type": "unauthenticated", "origin": "discovered", "reference": "open"}
    assert printed(thv, "runtime-check", "runtime", "check")[0]["engine"] == "kubernetes"
    schemas.check("export", thv.run("export", "server"))
    thv.run("stop", "server")
    assert printed(thv, "status", "status", "server")["status"] == "stopped"


def test_nothing_to_tell_is_an_empty_list(thv):
    assert printed(thv, "list", "ls") == [] and printed(thv, "group-list", "group", "ls") == []
    assert schemas.check("list-mcpservers", thv.run("ls", "--format", "mcpservers")) == {"mcpServers": {}}
