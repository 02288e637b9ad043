# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A user of thv on a cluster: a HOME and a namespace of their own, and no container engine anywhere."""

import os

from support import sample
from support.kube_api import path_of
from support.thv import Thv
from support.waiting import wait_until

APPS, CORE = "/apis/apps/v1", "/api/v1"


class ClusterThv(Thv):
    """thv with a kubeconfig of the user and the namespace, which is the kubeconfig's own."""

    def __init__(self, cluster, kubelet, namespace, user="thv-editor"):
        super().__init__()
        self.cluster = cluster
        self.kubelet = kubelet
        self.namespace = namespace
        self.environment |= {"KUBECONFIG": cluster.kubeconfig(user, namespace), "TOOLHIVE_RUNTIME": "kubernetes"}
        for kind in ("PODMAN", "DOCKER"):
            self.environment[f"TOOLHIVE_{kind}_SOCKET"] = os.path.join(self.home, "no.sock")

    # What the API server has.

    def object(self, name, plural="mcpservers"):
        """An object of the operator's kinds in the namespace, or None."""
        return self.cluster.kube.get(path_of(plural, self.namespace, name))

    def core(self, plural, name=None, group=CORE):
        """Objects of Kubernetes itself: the list, or the one called so (or None)."""
        path = path_of(plural, self.namespace, name, group)
        return self.cluster.kube.get(path) if name else self.cluster.kube.items(path)

    def stateful_set(self, name):
        return self.core("statefulsets", name, APPS)

    def deployment(self, name):
        return self.core("deployments", name, APPS)

    def replicas(self, name):
        """How many pods are wanted of a server: (proxy, backend)."""
        return self.deployment(name)["spec"]["replicas"], self.stateful_set(name)["spec"]["replicas"]

    def pods(self, name, proxy=False):
        """Names of a server's pods that are not on their way out."""
        wanted = f"app=mcpserver,app.kubernetes.io/instance={name}" if proxy else f"app={name},toolhive-name={name}"
        found = self.cluster.kube.items(path_of("pods", self.namespace, group=CORE) + f"?labelSelector={wanted}")
        return sorted(pod["metadata"]["name"] for pod in found if "deletionTimestamp" not in pod["metadata"])

    def proxy_pod(self, name):
        return wait_until(lambda: self.pods(name, proxy=True), f"{name} has a proxy pod")[0]

    def phase(self, name, plural="mcpservers"):
        return (self.object(name, plural) or {}).get("status", {}).get("phase")

    # Making things ready without thv.

    def given(self, name, **spec):
        """A server that somebody else has made and that runs."""
        sample.server(self.cluster, self.namespace, name, **spec)
        self.wait_ready(name)

    def wait_ready(self, name):
        def ready():
            status = (self.object(name) or {}).get("status", {})
            stateful_set = self.stateful_set(name)
            return status.get("phase") == "Ready" and stateful_set and \
                stateful_set.get("status", {}).get("readyReplicas", 0) == stateful_set["spec"]["replicas"]
        wait_until(ready, f"{name} is ready", seconds=120)

    def write(self, name, text, container="mcp"):
        """What the first pod of a server writes to its log."""
        pod = f"{name}-0" if container == "mcp" else self.proxy_pod(name)
        self.kubelet.write(self.namespace, pod, container, text)
