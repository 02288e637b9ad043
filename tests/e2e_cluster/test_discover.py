# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What a virtual server over a group would serve."""

import json

import pytest

from support import sample
from support.kube_api import path_of
from support.waiting import wait_until


def backends(thv, group, *arguments):
    """name → what is told of it."""
    found = json.loads(thv.run("vmcp", "discover", group, "--format", "json", *arguments))
    found = found["backends"] if isinstance(found, dict) else found
    return {backend["name"]: backend for backend in found}


def auth_config(thv, cluster, name, kind, **spec):
    cluster.api("POST", path_of("mcpexternalauthconfigs", thv.namespace), {
        "apiVersion": sample.API, "kind": "MCPExternalAuthConfig", "metadata": {"name": name},
        "spec": {"type": kind, **spec}})


def test_members_of_every_kind_are_found(thv, cluster):
    sample.group(cluster, thv.namespace, "tools")
    sample.group(cluster, thv.namespace, "others")
    thv.given("plain", group="tools")
    thv.given("web", group="tools", transport="sse")
    thv.given("elsewhere", group="others")
    sample.entry(cluster, thv.namespace, "entry", "tools")
    wait_until(lambda: thv.phase("entry", "mcpserverentries") == "Valid", "the operator has seen the entry")
    found = backends(thv, "tools")
    assert sorted(found) == ["entry", "plain", "web"]
    text = json.dumps(found)
    for address in (thv.object("plain")["status"]["url"], thv.object("web")["status"]["url"], sample.REMOTE):
        assert json.dumps(address) in text
    assert '"streamable-http"' in json.dumps(found["plain"]) and '"sse"' in json.dumps(found["web"])
    table = thv.run("vmcp", "discover", "tools")
    assert all(name in table for name in found) and "elsewhere" not in table


def test_a_group_that_is_not_there_is_told_from_an_empty_one(thv, cluster):
    sample.group(cluster, thv.namespace, "empty")
    assert backends(thv, "empty") == {}
    assert "nowhere" in thv.fail(5, "vmcp", "discover", "nowhere")
    thv.fail(2, "vmcp", "discover", "Not_A_Group")


@pytest.mark.control_plane
def test_members_that_cannot_serve_are_shown_with_the_reason(thv, cluster, kubelet):
    sample.group(cluster, thv.namespace, "tools")
    thv.given("good", group="tools")
    kubelet.trouble(thv.namespace, "bad", "mcp", "ImagePullBackOff")
    sample.server(cluster, thv.namespace, "bad", group="tools")
    sample.server(cluster, thv.namespace, "locked", group="tools", externalAuthConfigRef={"name": "not-there"})
    wait_until(lambda: thv.phase("bad") == "Pending" and thv.phase("locked") and
               thv.object("bad")["status"].get("url"),
               "the operator has seen them")
    result = thv.attempt("vmcp", "discover", "tools")
    assert result.code == 3 and "'locked'" in result.err and "not-there" in result.err, result
    health = {line.split()[0]: line.split()[1] for line in result.out.splitlines()[1:]}
    assert health == {"good": "healthy", "bad": "unknown"}, result
    json_result = thv.attempt("vmcp", "discover", "tools", "--format", "json")
    assert json_result.code == 3 and "not-there" in json_result.out + json_result.err, json_result


def test_how_to_log_in_is_told_without_the_secrets(thv, cluster):
    sample.group(cluster, thv.namespace, "tools")
    cluster.kubectl("create", "secret", "generic", "keys", "--from-literal=token=s3cret-value", "-n", thv.namespace)
    auth_config(thv, cluster, "header", "headerInjection",
                headerInjection={"headerName": "X-Api-Key", "valueSecretRef": {"name": "keys", "key": "token"}})
    auth_config(thv, cluster, "open", "unauthenticated")
    for name in ("header", "open"):
        sample.entry(cluster, thv.namespace, f"with-{name}", "tools", externalAuthConfigRef={"name": name})
        wait_until(lambda: thv.phase(f"with-{name}", "mcpserverentries") == "Valid", "the operator has seen it")
    output = thv.attempt("vmcp", "discover", "tools", "--format", "json")
    assert output.code == 0 and "s3cret-value" not in output.out + output.err, output
    found = backends(thv, "tools")
    assert "header_injection" in json.dumps(found["with-header"])
    assert "unauthenticated" in json.dumps(found["with-open"])
