# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What a person does with servers on a cluster, from run to rm."""

import pytest

from support import sample
from support.sample import IMAGE
from support.waiting import wait_until

FINALIZER = "mcpserver.toolhive.stacklok.dev/finalizer"
LAST_RESTART = "mcpserver.toolhive.stacklok.dev/last-processed-restart"


def run(thv, name, *flags):
    return thv.run("run", "--name", name, *flags, IMAGE, timeout=300)


def ready_backends(thv, name):
    return thv.stateful_set(name).get("status", {}).get("readyReplicas", 0)


# Running.

def test_run_returns_when_proxy_and_server_are_ready(thv):
    printed = run(thv, "first")
    status = thv.object("first")["status"]
    assert printed.strip() == status["url"]
    assert status["phase"] == "Ready" and ready_backends(thv, "first") == 1
    listed = thv.listed("first")
    assert (listed["status"], listed["url"], listed["package"]) == ("running", status["url"], IMAGE)


def test_what_was_asked_for_reaches_the_server(thv, cluster):
    cluster.kubectl("create", "secret", "generic", "keys", "--from-literal=token=s3cret", "-n", thv.namespace)
    thv.run("run", "--name", "told", "--transport", "streamable-http", "--proxy-port", "9000", "--target-port", "9001",
            "-e", "GREETING=grüß dich = ok", "--secret", "keys/token,target=TOKEN", "--memory", "512m",
            "--cpus", "0.5", "-l", "team=blue", "--permission-profile", "network", IMAGE, "--", "--verbose", "a b", timeout=300)
    made = thv.object("told")
    spec = made["spec"]
    assert (spec["transport"], spec["proxyPort"], spec["mcpPort"]) == ("streamable-http", 9000, 9001)
    assert spec["args"] == ["--verbose", "a b"] and made["metadata"]["labels"]["team"] == "blue"
    container = thv.stateful_set("told")["spec"]["template"]["spec"]["containers"][0]
    environment = {entry["name"]: entry for entry in container["env"]}
    assert environment["GREETING"]["value"] == "grüß dich = ok"
    assert environment["TOKEN"]["valueFrom"]["secretKeyRef"] == {"name": "keys", "key": "token"}
    # The operator gives spec.resources to the proxy: the server's own limits have to be on the server's container.
    assert container["resources"]["limits"]["cpu"] in ("0.5", "500m")
    assert container["resources"]["limits"]["memory"] in ("512Mi", "536870912", "512M")


def test_run_of_a_name_that_is_taken_is_refused_and_changes_nothing(thv):
    thv.given("taken", args=["--mine"])
    before = thv.object("taken")["metadata"]["generation"]
    error = thv.fail(1, "run", "--name", "taken", IMAGE)
    assert "taken" in error and "exists" in error
    assert thv.object("taken")["metadata"]["generation"] == before


@pytest.mark.control_plane
def test_without_waiting_run_returns_when_the_cluster_has_it(thv, kubelet):
    kubelet.trouble(thv.namespace, "later", "mcp", "ContainerCreating")
    thv.run("run", "--no-wait", "--name", "later", IMAGE, timeout=20)
    assert thv.phase("later") != "Ready"
    assert thv.listed("later")["status"] == "starting"


@pytest.mark.control_plane
@pytest.mark.parametrize("container, reason", [("mcp", "ImagePullBackOff"), ("mcp", "CrashLoopBackOff"),
                                               ("toolhive", "ImagePullBackOff"), ("mcp", "Unschedulable")])
def test_when_the_time_is_over_run_says_what_it_waits_for(thv, kubelet, container, reason):
    kubelet.trouble(thv.namespace, "slow", container, reason, "because of the test")
    result = thv.attempt("run", "--name", "slow", "--timeout", "4s", IMAGE, timeout=60)
    # A server that crashes again and again may be given up on before the time is over.
    assert result.code == 124 or (reason == "CrashLoopBackOff" and result.code == 1), result
    assert reason in result.err and "slow" in result.err, result
    assert "thv rm slow" in result.err or "stays" in result.err or "still" in result.err, result
    assert thv.object("slow")
    assert thv.listed("slow")["status"] != "running"
    assert reason in thv.run("status", "slow")
    kubelet.heal(thv.namespace, "slow", container)
    wait_until(lambda: thv.status("slow") == "running", "it has come up", 60, pause=0.5)


def test_a_dry_run_prints_what_the_cluster_would_keep_and_makes_nothing(thv, cluster):
    text = thv.run("run", "--dry-run", "--name", "maybe", "-e", "A=1", IMAGE)
    assert "kind: MCPServer" in text and "proxyPort: 8080" in text and "name: maybe" in text
    assert "managedFields" not in text
    assert thv.object("maybe") is None
    cluster.kubectl("create", "--dry-run=server", "-n", thv.namespace, "-f", "-", stdin=text)


@pytest.mark.control_plane
def test_a_server_that_is_deleted_while_it_is_waited_for_ends_the_wait(thv, kubelet, cluster):
    kubelet.trouble(thv.namespace, "robbed", "mcp", "ContainerCreating")
    child = thv.spawn("run", "--name", "robbed", IMAGE)
    wait_until(lambda: thv.object("robbed"), "it is there")
    cluster.kubectl("delete", "mcpserver", "robbed", "-n", thv.namespace)
    out, err = child.communicate(timeout=30)
    assert child.returncode in (1, 5) and "robbed" in err and ("deleted" in err or "removed" in err), out + err


# Looking.

def test_a_ready_proxy_without_any_server_behind_it_is_not_called_running(thv, cluster):
    thv.given("hollow")
    cluster.kubectl("scale", "statefulset", "hollow", "--replicas=0", "-n", thv.namespace)
    wait_until(lambda: ready_backends(thv, "hollow") == 0 and not thv.pods("hollow"), "no server is left", 60)
    assert thv.phase("hollow") == "Ready"
    listed = thv.listed("hollow")
    assert listed["status"] not in ("running", "stopped") and listed["status_context"], listed
    assert listed["status_context"] in thv.run("status", "hollow")


def test_status_tells_the_same_as_ls(thv):
    thv.given("told")
    status, listed = thv.json("status", "told"), thv.listed("told")
    assert (status["name"], status["status"], status["url"]) == ("told", "running", listed["url"])
    assert thv.namespace in thv.run("status", "told")
    thv.fail(5, "status", "not-there")


def test_labels_groups_and_states_select_what_is_listed(thv, cluster):
    sample.group(cluster, thv.namespace, "tools")
    thv.given("blue", group="tools")
    thv.given("red")
    cluster.kubectl("label", "mcpserver", "blue", "team=b", "-n", thv.namespace)
    assert thv.run("ls", "--quiet").split() == ["blue", "red"]
    assert thv.run("ls", "--quiet", "-l", "team=b").split() == ["blue"]
    assert thv.run("ls", "--quiet", "--group", "tools").split() == ["blue"]
    assert (thv.listed("blue")["group"], thv.listed("red").get("group", "")) == ("tools", "")
    clients = thv.json("ls") and thv.run("ls", "--format", "mcpservers")
    assert thv.listed("red")["url"] in clients
    thv.run("stop", "red")
    assert thv.run("ls", "--quiet").split() == ["blue"]
    assert thv.run("ls", "--all", "--quiet").split() == ["blue", "red"]
    assert thv.run("rm", "-l", "team=b", "--group", "tools").split() == ["blue"]
    assert thv.run("ls", "--all", "--quiet").split() == ["red"]


def test_remote_servers_are_listed_too(thv, cluster):
    sample.group(cluster, thv.namespace, "tools")
    sample.entry(cluster, thv.namespace, "entry", "tools")
    wait_until(lambda: thv.phase("entry", "mcpserverentries") == "Valid", "the operator has seen it")
    listed = thv.listed("entry")
    assert listed["url"] == sample.REMOTE and listed["group"] == "tools" and listed["status"] == "running", listed


# Stopping and starting.

def test_stop_ends_proxy_and_server_and_start_brings_all_of_them_back(thv, cluster):
    thv.given("pair", transport="streamable-http", replicas=2)
    cluster.kubectl("scale", "statefulset", "pair", "--replicas=3", "-n", thv.namespace)
    wait_until(lambda: ready_backends(thv, "pair") == 3, "three servers run", 120)
    assert thv.run("stop", "pair").split() == ["pair"]
    assert thv.replicas("pair") == (0, 0) and thv.pods("pair") == [] and thv.pods("pair", proxy=True) == []
    assert thv.status("pair") == "stopped"
    assert thv.run("stop", "pair").split() == ["pair"]
    assert thv.run("start", "pair", timeout=300).split() == ["pair"]
    assert thv.replicas("pair") == (2, 3) and ready_backends(thv, "pair") == 3
    assert thv.status("pair") == "running"


def test_a_server_that_runs_is_not_started_again(thv):
    thv.given("steady")
    before = thv.object("steady")["metadata"]["generation"], thv.pods("steady", proxy=True)
    assert thv.run("start", "steady").split() == ["steady"]
    assert (thv.object("steady")["metadata"]["generation"], thv.pods("steady", proxy=True)) == before


def test_restart_returns_when_new_pods_serve(thv):
    thv.given("phoenix")

    def pods():
        return {(pod["metadata"]["name"], pod["metadata"]["uid"]) for pod in thv.core("pods")
                if "deletionTimestamp" not in pod["metadata"]}

    for _ in range(2):  # twice in a second, too
        before = pods()
        stamp = thv.object("phoenix")["metadata"].get("annotations", {}).get(LAST_RESTART)
        assert thv.run("restart", "phoenix", timeout=300).split() == ["phoenix"]
        assert not pods() & before
        assert thv.object("phoenix")["metadata"]["annotations"][LAST_RESTART] != stamp
        assert ready_backends(thv, "phoenix") == 1 and thv.phase("phoenix") == "Ready"


# Removing.

def test_rm_removes_the_server_with_everything_that_was_made_for_it(thv):
    thv.given("gone", transport="sse")
    assert thv.run("rm", "gone", timeout=120).split() == ["gone"]
    assert thv.object("gone") is None
    wait_until(lambda: not (thv.core("pods") or thv.core("services") or thv.core("statefulsets", group="/apis/apps/v1")
                            or thv.core("deployments", group="/apis/apps/v1")), "all of it is gone", 60)
    assert "gone" not in str(thv.core("configmaps")) + str(thv.core("serviceaccounts"))
    thv.fail(5, "rm", "gone")
    thv.run("rm", "--ignore-not-found", "gone")


def test_one_failure_does_not_hide_the_others(thv):
    thv.given("there")
    result = thv.attempt("rm", "there", "not-there", timeout=120)
    assert result.code == 3 and result.out.split() == ["there"] and "not-there" in result.err
    assert thv.object("there") is None
    for command in ("stop", "start", "restart"):
        thv.fail(5, command, "not-there")


@pytest.mark.control_plane
def test_rm_while_the_operator_is_away_names_what_hangs_and_force_ends_it(thv_on_own_cluster, own_cluster):
    thv, (cluster, _) = thv_on_own_cluster, own_cluster
    thv.given("held")
    cluster.stop_operator()
    error = thv.fail(124, "rm", "--timeout", "3s", "held", timeout=60)
    assert FINALIZER in error and "--force" in error
    assert thv.listed("held")["status"] == "removing"
    assert thv.run("rm", "--force", "held", timeout=60).split() == ["held"]
    assert thv.object("held") is None
    wait_until(lambda: not thv.pods("held", proxy=True), "the controllers have removed the proxy", 60)
