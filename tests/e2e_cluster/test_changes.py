# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Changing servers that are there, and taking them elsewhere."""

import json
import os

import pytest

from support import sample
from support.sample import IMAGE
from support.waiting import wait_until

NEXT = "localhost/thv-fixture:2"


def container(thv, name):
    return thv.stateful_set(name)["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.control_plane  # where pods are real there is no second image
def test_update_returns_when_the_new_image_serves(thv):
    thv.run("run", "--name", "first", "-e", "KEEP=1", IMAGE)
    printed = thv.run("update", "first", "--image", NEXT)
    assert thv.object("first")["status"]["url"] in printed
    assert container(thv, "first")["image"] == NEXT
    pods = [pod for pod in thv.core("pods") if pod["metadata"]["name"] == "first-0"]
    assert [pod["spec"]["containers"][0]["image"] for pod in pods] == [NEXT]
    assert {"name": "KEEP", "value": "1"} in thv.object("first")["spec"]["env"]


def test_update_adds_and_changes_variables(thv):
    thv.run("run", "--name", "first", "-e", "A=1", "-e", "B=2", IMAGE, timeout=300)
    thv.run("update", "first", "-e", "B=3", "-e", "C=4", timeout=300)
    assert {entry["name"]: entry["value"] for entry in thv.object("first")["spec"]["env"]} == {
        "A": "1", "B": "3", "C": "4"}
    thv.fail(5, "update", "not-there", "--image", IMAGE)


@pytest.mark.control_plane
def test_an_update_that_does_not_come_up_says_why_in_time(thv, kubelet):
    thv.run("run", "--name", "first", IMAGE)
    kubelet.trouble(thv.namespace, "first", "mcp", "ImagePullBackOff", "no such image")
    error = thv.fail(124, "update", "first", "--image", NEXT, "--timeout", "4s", timeout=60)
    assert "ImagePullBackOff" in error


def applied_by(cluster, namespace, name, manager, **spec):
    body = {"apiVersion": sample.API, "kind": "MCPServer", "metadata": {"name": name, "namespace": namespace},
            "spec": {"image": IMAGE, **spec}}
    cluster.kubectl("apply", "--server-side", f"--field-manager={manager}", "-f", "-", stdin=json.dumps(body))


@pytest.mark.control_plane
def test_what_somebody_else_manages_is_not_taken_over_unasked(thv, cluster):
    applied_by(cluster, thv.namespace, "managed", "gitops")
    error = thv.fail(1, "update", "managed", "--image", NEXT)
    assert "gitops" in error and "image" in error and "--force-conflicts" in error
    assert thv.object("managed")["spec"]["image"] == IMAGE
    thv.run("update", "managed", "--image", NEXT, "--force-conflicts")
    assert thv.object("managed")["spec"]["image"] == NEXT


def test_a_run_that_the_cluster_refuses_shows_every_cause_and_makes_nothing(thv, cluster):
    policy = thv.namespace
    api = "/apis/admissionregistration.k8s.io/v1"
    cluster.api("POST", f"{api}/validatingadmissionpolicies", {
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": policy}, "spec": {"matchConstraints": {"resourceRules": [{
            "apiGroups": ["toolhive.stacklok.dev"], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"],
            "resources": ["mcpservers"]}]},
            "validations": [{"expression": "has(object.metadata.labels) && 'owner' in object.metadata.labels",
                             "message": "every server has an owner"}]}})
    cluster.api("POST", f"{api}/validatingadmissionpolicybindings", {
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": policy}, "spec": {
            "policyName": policy, "validationActions": ["Deny"], "matchResources": {"namespaceSelector": {
                "matchLabels": {"kubernetes.io/metadata.name": thv.namespace}}}}})
    try:
        # A policy rules from some moment after it was made.
        preview = ("run", "--dry-run", "--name", "orphan", IMAGE)
        wait_until(lambda: thv.attempt(*preview).code != 0, "the policy rules", pause=0.5)
        result = thv.attempt("run", "--name", "orphan", IMAGE)
        assert result.code in (1, 2, 4) and "every server has an owner" in result.err, result
        assert thv.object("orphan") is None
        thv.run("run", "--no-wait", "--name", "owned", "-l", "owner=me", IMAGE)
    finally:
        for kind in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
            cluster.api("DELETE", f"{api}/{kind}/{policy}")


def test_a_manifest_with_several_faults_is_refused_with_all_of_them(thv):
    path = os.path.join(thv.home, "faulty.yaml")
    with open(path, "w") as file:
        file.write(f"apiVersion: {sample.API}\nkind: MCPServer\nmetadata:\n  name: faulty\nspec:\n  image: {IMAGE}\n"
                   "  sessionAffinity: Sometimes\n  replicas: -1\n")
    result = thv.attempt("run", "--from-config", path)
    assert result.code in (1, 2) and "sessionAffinity" in result.err and "replicas" in result.err, result
    assert thv.object("faulty") is None


# Taking servers elsewhere.

FLAGS = ("--transport", "streamable-http", "--proxy-port", "9000", "--target-port", "9001", "-e", "A=x y", "--memory",
         "512m", "--cpus", "0.5", "--secret", "keys/token,target=TOKEN", "-l", "team=blue")


@pytest.mark.parametrize("form", ["json", "k8s"])
@pytest.mark.parametrize("by", ["file", "standard input"])
def test_what_is_exported_runs_the_same_elsewhere(thv, cluster, form, by):
    cluster.kubectl("create", "secret", "generic", "keys", "--from-literal=token=s3cret", "-n", thv.namespace)
    thv.run("run", "--no-wait", "--name", "mover", *FLAGS, IMAGE, "--", "--flag", "a b")
    before = thv.object("mover")
    if by == "file":
        path = os.path.join(thv.home, "exported")
        thv.run("export", "mover", path, "--format", form)
        with open(path) as file:
            text = file.read()
        arguments, options = ("run", "--no-wait", "--from-config", path), {}
    else:
        text = thv.run("export", "mover", "--format", form)
        reading = os.path.join(thv.home, "input")
        with open(reading, "w") as file:
            file.write(text)
        arguments, options = ("run", "--no-wait", "--from-config", "-"), {"stdin": open(reading)}
    assert "s3cret" not in text and "resourceVersion" not in text and "status:" not in text
    thv.run("rm", "mover")
    thv.run(*arguments, **options)
    if options:
        options["stdin"].close()
    after = thv.object("mover")
    assert after["spec"] == before["spec"]
    assert after["metadata"]["labels"]["team"] == "blue"
    assert after["metadata"]["uid"] != before["metadata"]["uid"]


def test_an_exported_manifest_can_be_given_to_kubectl(thv, cluster):
    thv.run("run", "--no-wait", "--name", "mover", *FLAGS[:6], IMAGE)
    before = thv.object("mover")["spec"]
    text = thv.run("export", "mover", "--format", "k8s")
    thv.run("rm", "mover")
    cluster.kubectl("create", "-n", thv.namespace, "-f", "-", stdin=text)
    assert thv.object("mover")["spec"] == before
    thv.fail(5, "export", "not-there", "--format", "k8s")


def test_an_update_from_a_file_makes_the_server_as_the_file_says(thv):
    thv.run("run", "--name", "first", "-e", "A=1", "-e", "B=2", IMAGE, timeout=300)
    config = json.loads(thv.run("export", "first", "--format", "json"))
    del config["env_vars"]["B"]
    path = os.path.join(thv.home, "next.json")
    with open(path, "w") as file:
        json.dump(config, file)
    thv.run("update", "first", "--from-config", path, timeout=300)
    assert thv.object("first")["spec"]["env"] == [{"name": "A", "value": "1"}]


# What a server's container is told beyond its image.

OPTIONS = ("--read-only", "--tmpfs", "/tmp:size=65536k", "--tmpfs", "/run/x", "--user", "1000:2000", "--memory", "256m")


@pytest.mark.control_plane
def test_options_reach_the_servers_pod_and_nobody_elses(thv):
    thv.run("run", "--name", "first", *OPTIONS, IMAGE)
    pods = {pod["metadata"]["name"]: pod["spec"] for pod in thv.core("pods")}
    server = pods.pop("first-0")
    [container] = server["containers"]
    assert container["securityContext"] == {"readOnlyRootFilesystem": True, "runAsUser": 1000, "runAsGroup": 2000,
                                            "runAsNonRoot": True}
    assert {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]} == {
        "/tmp": "thv-tmpfs-0", "/run/x": "thv-tmpfs-1"}
    assert {volume["name"]: volume["emptyDir"] for volume in server["volumes"]} == {
        "thv-tmpfs-0": {"medium": "Memory", "sizeLimit": "64Mi"}, "thv-tmpfs-1": {"medium": "Memory"}}
    [proxy] = pods.values()
    assert not [volume for volume in proxy["volumes"] if volume["name"].startswith("thv-")]


def test_options_are_exported_compared_and_applied_again(thv):
    thv.run("run", "--no-wait", "--name", "first", *OPTIONS, IMAGE)
    before = thv.object("first")["spec"]
    text = thv.run("export", "--all", "--format", "yaml")
    for line in ("read_only: true", "- /tmp:size=64m", "- /run/x", "user: 1000:2000", "memory: 256m"):
        assert line in text.replace('"', ""), text
    assert "k8s_pod_template_patch" not in text
    assert thv.attempt("diff", "-f", "-", input=text).code == 0
    other_spelling = text.replace("size=64m", "size=65536k")
    assert other_spelling != text and thv.attempt("diff", "-f", "-", input=other_spelling).code == 0
    thv.run("rm", "first")
    thv.run("apply", "-f", "-", input=text, timeout=300)
    assert thv.object("first")["spec"] == before
    shown = thv.attempt("diff", "-f", "-", input=text.replace("1000:2000", "0"))
    assert shown.code == 1 and "- user: 1000:2000\n+ user: 0" in shown.out.replace('"', ""), shown
    thv.run("apply", "-f", "-", input=text.replace("1000:2000", "0"), timeout=300)
    [container] = thv.object("first")["spec"]["podTemplateSpec"]["spec"]["containers"]
    assert container["securityContext"] == {"readOnlyRootFilesystem": True, "runAsUser": 0, "runAsNonRoot": False}


@pytest.mark.parametrize("flags, code, word", [
    (("--pids-limit", "64"), 1, "podPidsLimit"),
    (("--user", "node"), 2, "UID:GID"),
    (("--tmpfs", "/tmp:size=1m,mode=1777"), 1, "'mode=1777'")])
def test_what_a_pod_cannot_have_is_refused_with_its_reason(thv, flags, code, word):
    assert word in thv.fail(code, "run", "--name", "first", *flags, IMAGE)
    assert thv.object("first") is None


def test_an_update_changes_the_options_of_a_pod_and_refuses_what_it_cannot_have(thv):
    thv.run("run", "--no-wait", "--name", "first", *OPTIONS, IMAGE)
    assert "podPidsLimit" in thv.fail(1, "update", "first", "--pids-limit", "64")
    thv.run("update", "first", "--no-wait", "--read-only=false", "--user", "7", "--tmpfs", "/tmp:size=1m")
    [container] = thv.object("first")["spec"]["podTemplateSpec"]["spec"]["containers"]
    assert container["securityContext"] == {"runAsUser": 7, "runAsNonRoot": True}
    text = thv.run("export", "first", "--format", "yaml").replace('"', "")
    assert "- /run/x\n    - /tmp:size=1m\n    user: 7\n" in text and "read_only" not in text, text
