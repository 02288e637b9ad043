# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The rights that docs/kubernetes.md asks for are enough."""

import os
import re

import pytest

from support import sample
from support.kube_api import path_of
from support.sample import IMAGE
from support.waiting import wait_until

DOCUMENT = os.path.join(os.path.dirname(__file__), "../../docs/kubernetes.md")
RBAC = "/apis/rbac.authorization.k8s.io/v1"


def role():
    """The text of the Role in the document, and its name."""
    with open(DOCUMENT, encoding="utf-8") as file:
        blocks = re.findall(r"^```yaml\n(.*?)^```$", file.read(), re.M | re.S)
    text, = [block for block in blocks if "kind: Role\n" in block]
    return text, re.search(r"name: (\S+)", text)[1]


@pytest.fixture
def newcomer(cluster, as_user, namespace):
    """Somebody who has what the document asks for, and nothing else."""
    text, name = role()
    cluster.kubectl("apply", "--namespace", namespace, "-f", "-", stdin=text)
    user = as_user("thv-nobody")
    subject = cluster.api("GET", f"{RBAC}/clusterrolebindings/thv-nobody")["subjects"][0]
    cluster.api("POST", path_of("rolebindings", namespace, group=RBAC), {
        "metadata": {"name": name}, "subjects": [subject],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}})
    wait_until(lambda: user.attempt("ls").code == 0, "the rights have come into force")
    return user


def test_the_rights_that_the_document_names_are_enough_for_every_command(newcomer, cluster):
    run = newcomer.run
    sample.group(cluster, newcomer.namespace, "others")
    sample.entry(cluster, newcomer.namespace, "entry", "others")
    run("runtime", "check")
    run("group", "create", "tools")
    run("run", "--group", "tools", "--name", "server", "--transport", "stdio", IMAGE, timeout=300)
    assert newcomer.listed("server")["server_pods"] == {"ready": 1, "wanted": 1}
    run("status", "entry")
    run("vmcp", "discover", "tools")
    run("export", "--all", "--format", "yaml", "servers.yaml")
    run("diff", "-f", "servers.yaml")
    run("update", "server", "--memory", "64m", timeout=300)
    run("restart", "server", timeout=300)
    run("stop", "server", timeout=300)
    run("start", "server", timeout=300)
    for source in ("server", "proxy"):
        run("logs", *(["--proxy"] if source == "proxy" else []), "server")
    run("group", "mv", "server", "entry", "--to", "tools")
    run("group", "mv", "server", "--to", "default")
    run("group", "mv", "entry", "--to", "others")
    run("rm", "--force", "server", timeout=300)
    assert newcomer.object("server") is None
    run("group", "rm", "--yes", "tools")
    run("apply", "-f", "servers.yaml", timeout=300)
    assert newcomer.status("server") == "running"
