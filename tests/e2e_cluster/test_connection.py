# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Finding the cluster, and clusters that cannot be reached or do not let one in."""

import json
import os
import time

import pytest

from support import cluster as clusters
from support import sample
from support.cluster_credentials import kubeconfig, openssl
from support.fake_api import FakeApi
from support.ports import free_port
from support.waiting import wait_until

pytestmark = pytest.mark.control_plane
LS = ("ls", "--all")


def point(thv, text):
    """Makes the text the user's kubeconfig, and returns its path."""
    path = os.path.join(thv.home, "kubeconfig")
    with open(path, "w") as file:
        file.write(text)
    thv.environment["KUBECONFIG"] = path
    return path


def config_for(cluster, user=None, server=None, authority=None):
    return kubeconfig(server or cluster.server, authority or cluster.authority, user or cluster.user("thv-editor"))


# Which cluster.

def test_without_any_kubeconfig_it_says_what_to_set(thv):
    del thv.environment["KUBECONFIG"]
    result = thv.attempt(*LS, timeout=20)
    assert result.code in (2, 5) and "KUBECONFIG" in result.err and "--kubeconfig" in result.err, result


def test_a_kubeconfig_that_is_no_yaml_is_named_with_its_line(thv):
    path = point(thv, "apiVersion: v1\nkind: Config\nclusters: [\n  - name: {]\n")
    error = thv.fail(2, *LS, timeout=20)
    assert f"{path}:3" in error or f"{path}:4" in error, error


def test_a_context_that_is_not_there_is_answered_with_those_that_are(thv):
    result = thv.attempt("--context", "elsewhere", *LS, timeout=20)
    assert result.code in (2, 5) and "elsewhere" in result.err and "test" in result.err, result


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_flags_choose_file_context_and_namespace(thv, cluster, place):
    sample.server(cluster, thv.namespace, "mine")
    chosen = cluster.write_kubeconfig(f"chosen-{place}", kubeconfig(
        cluster.server, cluster.authority, cluster.user("thv-editor"), context="other"))
    thv.environment["KUBECONFIG"] = os.path.join(thv.home, "none")
    flags = ["--kubeconfig", chosen, "--context", "other", "-n", thv.namespace]
    command = ["ls", "--all", "--quiet"]
    assert thv.run(*(flags + command if place == "before" else command + flags)).split() == ["mine"]
    assert "mine" not in thv.run("--kubeconfig", chosen, *command).split()
    del thv.environment["TOOLHIVE_RUNTIME"]
    asked = ["--context=other", "--kubeconfig", chosen, f"--namespace={thv.namespace}"]
    assert thv.run(*command, *asked).split() == ["mine"]


def test_all_namespaces_are_listed_on_demand(thv, cluster):
    other = cluster.make_namespace()
    sample.server(cluster, thv.namespace, "here")
    sample.server(cluster, other, "there")
    assert "there" not in thv.run(*LS)
    listing = thv.run(*LS, "-A")
    assert "NAMESPACE" in listing.splitlines()[0]
    rows = {tuple(line.split()[:2]) for line in listing.splitlines()[1:]}
    assert {(thv.namespace, "here"), (other, "there")} <= rows or {("here", thv.namespace), ("there", other)} <= rows
    assert {"here", "there"} <= {workload["name"] for workload in thv.json(*LS, "--all-namespaces")}
    cluster.api("DELETE", f"/api/v1/namespaces/{other}")


def test_several_kubeconfigs_are_merged_as_kubectl_merges_them(thv, cluster):
    sample.server(cluster, thv.namespace, "merged")
    whole = cluster.kubeconfig("thv-editor", thv.namespace)
    first = cluster.write_kubeconfig("first", "apiVersion: v1\nkind: Config\ncurrent-context: test\n")
    thv.environment["KUBECONFIG"] = f"{thv.home}/missing:{first}:{whole}"
    assert thv.run(*LS, "--quiet").split() == ["merged"]


def test_certificates_may_be_in_the_kubeconfig_or_beside_it(thv, cluster):
    sample.server(cluster, thv.namespace, "certified")
    inside = {"client-certificate-data": cluster.credentials.data("admin.crt"),
              "client-key-data": cluster.credentials.data("admin.key")}
    trust = {"certificate-authority-data": cluster.credentials.data("ca.crt")}
    for text in (kubeconfig(cluster.server, trust, inside),
                 kubeconfig(cluster.server, {"certificate-authority": "ca.crt"},
                            {"client-certificate": "admin.crt", "client-key": "admin.key"})):
        path = cluster.write_kubeconfig("certificates", text)
        assert thv.run(*LS, "--quiet", "--kubeconfig", path, "-n", thv.namespace).split() == ["certified"]


# Which platform.

def test_the_runtime_docker_beats_being_in_a_pod(thv):
    thv.environment |= {"TOOLHIVE_RUNTIME": "docker", "KUBERNETES_SERVICE_HOST": "127.0.0.1",
                        "KUBERNETES_SERVICE_PORT": str(free_port())}
    error = thv.fail(6, "run", "--name", "x", sample.IMAGE, timeout=30)
    assert "no.sock" in error


def test_in_a_pod_the_cluster_is_meant_and_not_an_engine(thv):
    del thv.environment["TOOLHIVE_RUNTIME"]
    del thv.environment["KUBECONFIG"]
    thv.environment |= {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(free_port())}
    result = thv.attempt(*LS, timeout=30)
    assert result.code != 0 and "no.sock" not in result.err, result
    assert "/var/run/secrets/kubernetes.io/serviceaccount" in result.err, result


# Who one is.

def test_an_authority_that_did_not_sign_the_server_is_not_trusted(thv, cluster):
    cluster.credentials.authority("stranger")
    point(thv, config_for(cluster, authority={"certificate-authority": cluster.credentials.path("stranger.crt")}))
    result = thv.attempt(*LS, timeout=30)
    assert result.code in (4, 6) and "certificate" in result.err, result


def expired(cluster, name, subject):
    """A certificate of the cluster's authority that was good yesterday."""
    folder = cluster.credentials.folder
    cluster.credentials.sign(name, subject)
    settings = ("[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index.txt\nserial=serial\ndefault_md=sha256\n"
                "policy=p\n[p]\nO=optional\nCN=supplied\n")
    for file, content in {"index.txt": "", "index.txt.attr": "unique_subject = no\n", "serial": "1000\n",
                          "ca.cnf": settings}.items():
        with open(os.path.join(folder, file), "w") as out:
            out.write(content)
    openssl("ca", "-config", "ca.cnf", "-batch", "-notext", "-in", f"{name}.csr", "-out", f"{name}.crt",
            "-cert", "ca.crt", "-keyfile", "ca.key", "-extfile", "extensions", "-startdate", "20250101000000Z",
            "-enddate", "20250102000000Z", folder=folder)


def test_a_server_whose_certificate_has_expired_is_refused(thv, cluster):
    expired(cluster, "old-server", "/CN=old")
    with FakeApi(cluster.credentials.path("old-server.crt"), cluster.credentials.path("old-server.key")) as server:
        point(thv, config_for(cluster, server=server.url))
        result = thv.attempt(*LS, timeout=30)
        assert result.code in (4, 6) and "expired" in result.err, result
        assert server.asked == []


def test_a_user_whose_certificate_has_expired_is_told_so(thv, cluster):
    expired(cluster, "old-user", "/O=system:masters/CN=old")
    point(thv, config_for(cluster, user={"client-certificate": cluster.credentials.path("old-user.crt"),
                                         "client-key": cluster.credentials.path("old-user.key")}))
    error = thv.fail(4, *LS, timeout=30)
    assert "certificate" in error or "log in" in error or "credential" in error, error


def test_a_stale_token_is_told_from_a_missing_right(thv, cluster):
    point(thv, config_for(cluster, user={"token": "stale-0123456789"}))
    error = thv.fail(4, *LS, timeout=30)
    assert "stale-0123456789" not in error
    assert "forbidden" not in error.lower(), error


@pytest.mark.parametrize("command, verb, resource", [
    (LS, "list", "mcpservers"),
    (("run", "--name", "x", sample.IMAGE), "", "mcp"),
    (("rm", "x"), "", "mcpservers"),
    (("group", "create", "x"), "create", "mcpgroups"),
    (("logs", "x"), "", ""),
], ids=["ls", "run", "rm", "group create", "logs"])
def test_a_user_without_rights_hears_which_one_is_missing(as_user, command, verb, resource):
    error = as_user("thv-nobody").fail(4, *command, timeout=30)
    assert verb in error and resource in error and "thv-nobody" in error, error


def test_a_reader_may_list_and_not_change(as_user, thv, cluster):
    sample.server(cluster, thv.namespace, "seen")
    reader = as_user("thv-reader")
    assert reader.run(*LS, "--quiet").split() == ["seen"]
    for command in (("rm", "seen"), ("stop", "seen"), ("run", "--name", "new", sample.IMAGE)):
        reader.fail(4, *command, timeout=30)
    assert thv.object("seen") and "deletionTimestamp" not in thv.object("seen")["metadata"]
    assert thv.object("new") is None


# Programs that log one in.

def exec_user(path, **more):
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": path, "interactiveMode": "Never",
                     **more}}


def plugin(thv, script):
    path = os.path.join(thv.home, "log-in")
    with open(path, "w") as file:
        file.write(f"#!/bin/sh\n{script}\n")
    os.chmod(path, 0o755)
    return path


def test_a_plugin_logs_one_in(thv, cluster):
    sample.server(cluster, thv.namespace, "seen")
    credential = {"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
                  "status": {"token": cluster.user("thv-editor")["token"]}}
    path = plugin(thv, f"""test "$WHO" = me && echo '{json.dumps(credential)}'""")
    point(thv, config_for(cluster, user=exec_user(path, env=[{"name": "WHO", "value": "me"}])))
    assert thv.run(*LS, "--quiet", "-n", thv.namespace).split() == ["seen"]


@pytest.mark.parametrize("script", ["echo garbage", "echo '{}'", "echo no luck >&2; exit 3",
                                    "head -c 20000000 /dev/zero"], ids=["garbage", "nothing", "failure", "too much"])
def test_a_plugin_that_gives_nothing_useful_is_named(thv, cluster, script):
    point(thv, config_for(cluster, user=exec_user(plugin(thv, script))))
    result = thv.attempt(*LS, timeout=60)
    assert result.code not in (0, 6) and "log-in" in result.err, result
    assert len(result.err) < 4000


def test_a_plugin_that_hangs_is_given_up_on(thv, cluster):
    point(thv, config_for(cluster, user=exec_user(plugin(thv, "exec sleep 1000"))))
    result = thv.attempt(*LS, timeout=85)
    assert result.code not in (0, 6) and "log-in" in result.err, result
    wait_until(lambda: thv.processes() == [], "the plugin has ended")


def test_a_plugin_that_is_not_installed_is_answered_with_the_hint_of_the_kubeconfig(thv, cluster):
    point(thv, config_for(cluster, user=exec_user("no-such-plugin", installHint="install it from example.com")))
    error = thv.fail(thv.attempt(*LS).code or -1, *LS, timeout=30)
    assert "no-such-plugin" in error and "install it from example.com" in error


# Clusters that cannot serve.

def test_an_api_server_that_is_away_is_said_to_be(thv, cluster):
    server = f"https://127.0.0.1:{free_port()}"
    point(thv, config_for(cluster, server=server))
    error = thv.fail(6, *LS, timeout=30)
    assert server.removeprefix("https://") in error


def test_an_api_server_that_never_answers_is_given_up_on(thv, cluster):
    with FakeApi(cluster.credentials.path("server.crt"), cluster.credentials.path("server.key"),
                 answer=lambda handler: time.sleep(300)) as server:
        point(thv, config_for(cluster, server=server.url))
        result = thv.attempt(*LS, timeout=85)
        assert result.code in (6, 124), result


def test_a_cluster_without_the_operator_is_told_what_to_install(thv):
    bare = clusters.Cluster(crds=False, operator=False)
    try:
        bare.start()
        thv.environment["KUBECONFIG"] = bare.kubeconfig()
        for command in (LS, ("run", "--name", "x", sample.IMAGE)):
            result = thv.attempt(*command, timeout=30)
            assert result.code not in (0, 2), result
            assert "operator" in result.err and ("install" in result.err or "helm" in result.err), result
    finally:
        bare.close()


# What Kubernetes would refuse.

@pytest.mark.parametrize("command", [
    ("run", "--name", "Upper", sample.IMAGE),
    ("run", "--name", "under_score", sample.IMAGE),
    ("run", "--name", "dot.", sample.IMAGE),
    ("run", "--name", "x" * 254, sample.IMAGE),
    ("run", "--name", "x", "--proxy-port", "70000", sample.IMAGE),
    ("run", "--name", "x", "--group", "two words", sample.IMAGE),
    ("group", "create", "under_score"),
    ("-n", "Not_A_Namespace", "ls"),
], ids=lambda command: " ".join(command)[:40])
def test_what_kubernetes_refuses_is_said_before_anything_is_sent(thv, cluster, command):
    with FakeApi(cluster.credentials.path("server.crt"), cluster.credentials.path("server.key")) as server:
        point(thv, config_for(cluster, server=server.url))
        thv.fail(2, *command, timeout=20)
        assert server.asked == []
