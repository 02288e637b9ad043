# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What becomes of servers that are broken, scaled by others, changed meanwhile, or of another kind."""

import json

import pytest

from support import sample
from support.kube_api import JSON_PATCH, path_of
from support.sample import IMAGE
from support.waiting import wait_until

BROKEN, WORKING = "localhost/thv-broken:1", "localhost/thv-fixture:2"
RESTARTED = "mcpserver.toolhive.stacklok.dev/restarted-at"
STRATEGY = "mcpserver.toolhive.stacklok.dev/restart-strategy"


def uids(thv, name):
    return {pod["metadata"]["uid"] for pod in thv.core("pods")
            if pod["metadata"]["labels"].get("toolhive-name") == name and "deletionTimestamp" not in pod["metadata"]}


def annotate(cluster, thv, name, **annotations):
    cluster.kube.merge(path_of("mcpservers", thv.namespace, name), {"metadata": {"annotations": annotations}})


# Broken servers.

@pytest.mark.control_plane
@pytest.mark.parametrize("reason", ["ImagePullBackOff", "CrashLoopBackOff"])
def test_an_update_replaces_a_server_whose_pod_is_stuck(thv, kubelet, reason):
    # An ordered StatefulSet does not replace a pod that never became ready.
    kubelet.trouble(thv.namespace, "stuck", "mcp", reason)
    assert thv.attempt("run", "--name", "stuck", "--timeout", "3s", BROKEN, timeout=60).code in (1, 124)
    kubelet.forget_trouble(thv.namespace, "stuck", "mcp")
    thv.run("update", "stuck", "--image", WORKING, "--timeout", "60s", timeout=90)
    assert thv.core("pods", "stuck-0")["spec"]["containers"][0]["image"] == WORKING
    assert thv.status("stuck") == "running"


@pytest.mark.control_plane
def test_a_restart_replaces_a_server_whose_pod_is_stuck(thv, kubelet):
    kubelet.trouble(thv.namespace, "stuck", "mcp", "CrashLoopBackOff")
    assert thv.attempt("run", "--name", "stuck", "--timeout", "5s", IMAGE, timeout=60).code in (1, 124)
    before = uids(thv, "stuck")
    kubelet.forget_trouble(thv.namespace, "stuck", "mcp")
    thv.run("restart", "stuck", "--timeout", "60s", timeout=90)
    assert not uids(thv, "stuck") & before and thv.status("stuck") == "running"


@pytest.mark.control_plane
def test_an_image_that_can_never_run_is_not_waited_for(thv, kubelet):
    kubelet.trouble(thv.namespace, "hopeless", "mcp", "InvalidImageName", "not a reference")
    error = thv.fail(1, "run", "--name", "hopeless", "--timeout", "5m", IMAGE, timeout=60)
    assert "InvalidImageName" in error and "thv rm hopeless" in error
    assert thv.object("hopeless")


# Stopping and starting what others have touched.

def test_a_stopped_server_keeps_its_counts_through_an_update(thv, cluster):
    thv.given("pair", transport="streamable-http", replicas=2)
    thv.run("stop", "pair", timeout=120)
    thv.run("update", "pair", "-e", "A=1", "--force-conflicts", timeout=60)
    assert thv.object("pair")["spec"]["replicas"] == 0 and thv.status("pair") == "stopped"
    assert thv.object("pair")["spec"]["env"] == [{"name": "A", "value": "1"}]
    thv.run("start", "pair", timeout=120)
    assert thv.replicas("pair") == (2, 1)
    assert "thv.dev/replicas" not in thv.object("pair")["metadata"].get("annotations", {})


def test_a_server_that_somebody_has_scaled_to_nothing_is_started(thv, cluster):
    thv.given("hollow")
    cluster.kubectl("scale", "statefulset", "hollow", "--replicas=0", "-n", thv.namespace)
    wait_until(lambda: not thv.pods("hollow"), "no server is left", 60)
    thv.run("start", "hollow", timeout=120)
    assert thv.replicas("hollow") == (1, 1) and thv.status("hollow") == "running"
    cluster.kube.merge(path_of("mcpservers", thv.namespace, "hollow"), {"spec": {"replicas": 0}})
    wait_until(lambda: thv.phase("hollow") == "Stopped", "somebody else has stopped it", 60)
    thv.run("start", "hollow", timeout=120)
    assert thv.replicas("hollow") == (1, 1) and thv.status("hollow") == "running"


def test_stop_also_holds_a_backend_whose_count_the_object_asks_for(thv):
    thv.given("fixed", transport="streamable-http", backendReplicas=2)
    thv.run("stop", "fixed", timeout=120)
    assert thv.replicas("fixed") == (0, 0) and not thv.pods("fixed")
    thv.run("start", "fixed", timeout=120)
    assert thv.replicas("fixed") == (1, 2)


def test_restart_of_a_stopped_server_starts_it(thv):
    thv.given("sleeper")
    thv.run("stop", "sleeper", timeout=120)
    thv.run("restart", "sleeper", timeout=120)
    assert thv.status("sleeper") == "running"


def test_many_are_stopped_and_started_at_once(thv, cluster):
    names = [f"one-{number}" for number in range(6)]
    for name in names:
        sample.server(cluster, thv.namespace, name)
    for name in names:
        thv.wait_ready(name)
    assert thv.run("stop", *names, timeout=180).split() == names
    assert thv.run("ls", "--quiet").split() == []
    assert thv.run("start", *names, timeout=180).split() == names
    assert sorted(thv.run("ls", "--quiet").split()) == names


@pytest.mark.parametrize("stamp", ["2126-01-01T00:00:00Z", "no time at all"])
def test_a_clock_that_lags_and_a_stamp_that_is_none_do_not_keep_a_restart(thv, cluster, stamp):
    thv.given("late")
    annotate(cluster, thv, "late", **{RESTARTED: stamp})
    before = uids(thv, "late")
    thv.run("restart", "late", timeout=120)
    assert not uids(thv, "late") & before


def test_a_restart_does_not_use_the_way_that_the_operator_may_not_go(thv, cluster):
    thv.given("stubborn")
    annotate(cluster, thv, "stubborn", **{STRATEGY: "immediate"})
    before = uids(thv, "stubborn")
    thv.run("restart", "stubborn", timeout=120)
    assert not uids(thv, "stubborn") & before


# Owning what was set.

def test_what_run_has_set_vanishes_when_an_update_leaves_it_out(thv):
    thv.run("run", "--name", "first", "-e", "A=1", "-l", "team=blue", IMAGE, "--", "--old", timeout=300)
    path = thv.home + "/next.json"
    config = json.loads(thv.run("export", "first", "--format", "json"))
    for field in ("cmd_args", "env_vars", "container_labels"):
        config.pop(field, None)
    with open(path, "w") as file:
        json.dump(config, file)
    thv.run("update", "first", "--from-config", path, timeout=300)
    made = thv.object("first")
    assert "args" not in made["spec"] and "env" not in made["spec"], made["spec"]
    assert "team" not in made["metadata"].get("labels", {})


def test_an_update_leaves_what_others_have_added(thv, cluster):
    thv.run("run", "--name", "first", "-e", "A=1", IMAGE, timeout=300)
    cluster.kubectl("annotate", "mcpserver", "first", "who=them", "-n", thv.namespace)
    cluster.kube.merge(path_of("mcpservers", thv.namespace, "first"), {"spec": {"trustProxyHeaders": True}})
    thv.run("update", "first", "-e", "A=2", "--force-conflicts", timeout=300)
    made = thv.object("first")
    assert made["metadata"]["annotations"]["who"] == "them" and made["spec"]["trustProxyHeaders"] is True
    assert made["spec"]["env"] == [{"name": "A", "value": "2"}]


def test_a_changed_port_changes_the_url(thv):
    thv.run("run", "--name", "mover", "--transport", "streamable-http", IMAGE, timeout=300)
    assert ":8080/mcp" in thv.object("mover")["status"]["url"]
    path = thv.home + "/next.json"
    config = json.loads(thv.run("export", "mover", "--format", "json"))
    config["port"] = config["proxy_port"] = 9090
    with open(path, "w") as file:
        json.dump(config, file)
    printed = thv.run("update", "mover", "--from-config", path, timeout=300)
    assert thv.object("mover")["spec"]["proxyPort"] == 9090
    assert ":9090/mcp" in printed and ":9090/mcp" in thv.object("mover")["status"]["url"]


# Other kinds.

def test_a_remote_proxy_is_stopped_started_restarted_and_removed(thv, cluster):
    sample.remote_proxy(cluster, thv.namespace, "away")
    wait_until(lambda: thv.phase("away", "mcpremoteproxies") == "Ready", "it is ready", 60)
    thv.run("stop", "away", timeout=120)
    assert not uids(thv, "away") and thv.deployment("away")["spec"]["replicas"] == 0
    thv.run("start", "away", timeout=120)
    before = uids(thv, "away")
    assert len(before) == 1
    thv.run("restart", "away", timeout=120)
    assert uids(thv, "away") and not uids(thv, "away") & before
    thv.run("rm", "away", timeout=120)
    assert thv.object("away", "mcpremoteproxies") is None and not thv.deployment("away")


def test_an_entry_is_removed_but_has_nothing_to_stop(thv, cluster):
    sample.group(cluster, thv.namespace, "tools")
    sample.entry(cluster, thv.namespace, "entry", "tools")
    for command in ("stop", "start", "restart"):
        assert "MCPServerEntry" in thv.fail(1, command, "entry")
    assert "MCPServerEntry" in thv.fail(1, "logs", "entry")
    thv.run("rm", "entry")
    assert thv.object("entry", "mcpserverentries") is None


def test_a_name_that_another_kind_has_is_refused(thv, cluster):
    sample.remote_proxy(cluster, thv.namespace, "taken")
    assert "MCPRemoteProxy" in thv.fail(1, "run", "--name", "taken", IMAGE)
    assert thv.object("taken") is None


@pytest.mark.parametrize("name", ["Upper", "under_score", "a.b", "-a", "a" * 51, "mcpserver"])
def test_a_name_that_cannot_be_served_is_refused_before_anything_is_made(thv, name):
    thv.fail(2, "run", "--name", name, IMAGE)
    assert thv.core("pods") == []


def test_nothing_is_done_to_one_that_is_being_removed(thv, cluster):
    thv.given("leaving")
    place = path_of("mcpservers", thv.namespace, "leaving")
    cluster.api("PATCH", place, [{"op": "add", "path": "/metadata/finalizers/-", "value": "tests.thv.dev/hold"}],
                JSON_PATCH)
    cluster.api("DELETE", place)
    for command in (("stop", "leaving"), ("start", "leaving"), ("restart", "leaving"),
                    ("update", "leaving", "-e", "A=1")):
        assert "removed" in thv.fail(1, *command)
    error = thv.fail(124, "rm", "--force", "--timeout", "7s", "leaving", timeout=60)
    assert "tests.thv.dev/hold" in error
    cluster.kube.merge(place, {"metadata": {"finalizers": []}})
    wait_until(lambda: thv.object("leaving") is None, "it is gone")
