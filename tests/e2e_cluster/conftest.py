# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the end-to-end tests on Kubernetes. They need THV_BIN, the built program, which ctest sets. The control
plane is the tests' own; with THV_TEST_KUBECONFIG it is a whole cluster with the operator and real pods, and then
tests marked `control_plane` are to be deselected: they rule over the control plane or over what pods do."""

import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from support import cluster as clusters  # noqa: E402
from support.cluster_thv import ClusterThv  # noqa: E402
from support.kubelet import Kubelet  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "control_plane: needs a control plane of its own, or pods that do as told")


@pytest.fixture(scope="session")
def cluster():
    """The cluster that all tests of a run share."""
    cluster = clusters.start()
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def kubelet(cluster):
    """The stand-in for a node; None where there are real ones."""
    if not cluster.stands_alone:
        yield None
        return
    kubelet = Kubelet(cluster).start()
    yield kubelet
    kubelet.close()


@pytest.fixture
def namespace(cluster):
    """A namespace of the test's own; what is in it goes with it."""
    name = cluster.make_namespace()
    yield name
    cluster.api("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
def thv(cluster, kubelet, namespace):
    """Somebody who may do what thv does in the namespace."""
    user = ClusterThv(cluster, kubelet, namespace)
    yield user
    user.close()


@pytest.fixture
def as_user(cluster, kubelet, namespace):
    """Makes more users: as_user("thv-reader")."""
    made = []

    def make(name):
        made.append(ClusterThv(cluster, kubelet, namespace, name))
        return made[-1]

    yield make
    for user in made:
        user.close()


@pytest.fixture
def own_cluster():
    """A control plane that the test may break, with a stand-in for a node: (cluster, kubelet)."""
    cluster = clusters.Cluster()
    kubelet = None
    try:
        cluster.start()
        kubelet = Kubelet(cluster).start()
        yield cluster, kubelet
    finally:
        if kubelet:
            kubelet.close()
        cluster.close()


@pytest.fixture
def thv_on_own_cluster(own_cluster):
    cluster, kubelet = own_cluster
    user = ClusterThv(cluster, kubelet, cluster.make_namespace())
    yield user
    user.close()
