# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A whole cluster that somebody else has started: nodes, real pods, and the operator in it."""

import json
import re
import shutil
import subprocess

from support import cluster_credentials
from support.cluster import AnyCluster
from support.kube_api import KubeApi

NAMESPACE = "thv-tests"


class GivenCluster(AnyCluster):
    """Reached as administrator through `kubectl proxy`, which knows every way to log in; the tests' users are service
    accounts there."""

    def __init__(self, path):
        super().__init__()
        self._given = path
        self._tokens = {}
        self._proxy = subprocess.Popen([self.kubectl_program(), "--kubeconfig", path, "proxy", "--port=0"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        try:
            port = re.search(r":(\d+)$", self._proxy.stdout.readline().strip())
            assert port, "kubectl proxy does not serve"
            self.kube = KubeApi(f"http://127.0.0.1:{port[1]}")
            self._make_users()
        except BaseException:
            self.close()
            raise

    def _make_users(self):
        view = json.loads(self.kubectl("config", "view", "--raw", "--minify", "--flatten", "--output=json"))
        self.authority = view["clusters"][0]["cluster"]
        self.server = self.authority.pop("server")
        self.kube.apply(f"/api/v1/namespaces/{NAMESPACE}", {"apiVersion": "v1", "kind": "Namespace",
                                                            "metadata": {"name": NAMESPACE}}, "thv-tests")
        for user in cluster_credentials.USERS:
            self.kube.apply(f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{user}", {
                "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": user}}, "thv-tests")
            self._tokens[user] = self.kubectl("create", "token", user, "--namespace", NAMESPACE, "--duration=4h").strip()
        self.make_roles("ServiceAccount", NAMESPACE)

    def kubeconfig(self, user="thv-editor", namespace="default"):
        return self._given if user == "admin" else super().kubeconfig(user, namespace)

    def user(self, name):
        return {"token": self._tokens[name]}

    def close(self):
        self._proxy.kill()
        self._proxy.wait()
        self._proxy.stdout.close()
        shutil.rmtree(self.folder)
