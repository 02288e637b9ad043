# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The bench itself, without thv: kubectl, the controllers and the operator must take the stand-in for a node."""

import pytest

from support import sample
from support.waiting import wait_until

pytestmark = pytest.mark.control_plane


def test_the_operator_calls_a_server_ready_and_removes_all_of_it(thv, cluster):
    thv.given("first", transport="streamable-http", backendReplicas=2)
    assert thv.replicas("first") == (1, 2)
    assert thv.pods("first") == ["first-0", "first-1"]
    services = {service["metadata"]["name"] for service in thv.core("services")}
    assert services == {"mcp-first", "mcp-first-headless", "mcp-first-proxy"}
    cluster.kubectl("delete", "mcpserver", "first", "-n", thv.namespace)
    wait_until(lambda: not thv.core("pods") and not thv.stateful_set("first"), "everything is gone")


def test_a_proxy_is_not_ready_before_its_server_is(thv, kubelet, cluster):
    kubelet.trouble(thv.namespace, "slow", "mcp", "ImagePullBackOff")
    sample.server(cluster, thv.namespace, "slow")
    pods = ("get", "pods", "-n", thv.namespace)
    wait_until(lambda: "ImagePullBackOff" in cluster.kubectl(*pods), "the image is awaited")
    assert thv.phase("slow") == "Pending"
    kubelet.heal(thv.namespace, "slow", "mcp")
    thv.wait_ready("slow")


def test_kubectl_reads_logs_through_the_api_server(thv, kubelet, cluster):
    thv.given("talker")

    def logs(*arguments):
        return cluster.kubectl("logs", "talker-0", "-n", thv.namespace, *arguments).splitlines()

    thv.write("talker", "one\ntwo\nthree")
    assert logs() == ["one", "two", "three"]
    assert logs("--tail=2") == ["two", "three"]
    assert logs("--limit-bytes=5") == ["one", "t"]
    assert logs("--timestamps")[2].endswith("Z three")
    first = logs("--timestamps")[1].split()[0]
    assert logs(f"--since-time={first}")[0] in ("two", "one")
    kubelet.restart(thv.namespace, "talker-0", "mcp")
    thv.write("talker", "after")
    assert logs() == ["after"]
    assert logs("--previous") == ["one", "two", "three"]


def test_pods_come_and_go_when_the_api_server_was_away(thv_on_own_cluster, own_cluster):
    thv, (cluster, _) = thv_on_own_cluster, own_cluster
    thv.given("lasting")
    cluster.kill_api_server()
    cluster.start_api_server()
    cluster.kubectl("delete", "pod", "lasting-0", "-n", thv.namespace, "--wait=false")
    thv.wait_ready("lasting")
