# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Control planes that come and go, forget, refuse for a while, or never stop talking."""

import os
import re
import signal
import subprocess
import threading

import pytest

from support import cluster as clusters
from support import sample
from support.cluster_credentials import kubeconfig
from support.cluster_thv import ClusterThv
from support.fake_api import FakeApi, forward
from support.thv import interrupt
from support.waiting import wait_until

pytestmark = pytest.mark.control_plane
NO_SNAPSHOTS = "--feature-gates=ListFromCacheSnapshot=false"


class Reader:
    """What a command that runs on has printed so far."""

    def __init__(self, thv, *arguments):
        self.path = os.path.join(thv.home, "output")
        self.errors = os.path.join(thv.home, "errors")
        self._files = [open(path, "w") for path in (self.path, self.errors)]
        self.child = thv.spawn(*arguments, stdout=self._files[0], stderr=self._files[1])

    def text(self):
        with open(self.path) as output, open(self.errors) as errors:
            assert self.child.poll() is None, f"ended with {self.child.returncode}: {errors.read()}"
            return output.read()

    def shows(self, word, seconds=40):
        wait_until(lambda: word in self.text(), f"{word!r} is shown", seconds, pause=0.1)

    def end(self):
        result = interrupt(self.child)
        for file in self._files:
            file.close()
        return result


def through(thv, cluster, server):
    """Sends the user's requests to a server in the middle."""
    path = os.path.join(thv.home, "kubeconfig")
    with open(path, "w") as file:
        file.write(kubeconfig(server.url, cluster.authority, cluster.user("thv-editor"), thv.namespace))
    thv.environment["KUBECONFIG"] = path


def server_in_the_middle(cluster, answer):
    return FakeApi(cluster.credentials.path("server.crt"), cluster.credentials.path("server.key"), answer)


# Coming and going.

def test_a_watched_list_outlives_the_api_server(thv_on_own_cluster, own_cluster):
    thv, (cluster, _) = thv_on_own_cluster, own_cluster
    thv.given("first")
    reader = Reader(thv, "ls", "--watch", "--all")
    reader.shows("first")
    sample.server(cluster, thv.namespace, "second")
    reader.shows("second")
    cluster.kill_api_server()
    cluster.start_api_server()
    sample.server(cluster, thv.namespace, "third")
    reader.shows("third", seconds=90)
    assert reader.end().code == 130


def test_a_followed_log_outlives_the_api_server(thv_on_own_cluster, own_cluster):
    thv, (cluster, _) = thv_on_own_cluster, own_cluster
    thv.given("talker")
    thv.write("talker", "before")
    reader = Reader(thv, "logs", "--follow", "talker")
    reader.shows("before")
    cluster.kill_api_server()
    thv.write("talker", "meanwhile")
    cluster.start_api_server()
    thv.write("talker", "after")
    reader.shows("after", seconds=90)
    assert reader.text().splitlines() == ["before", "meanwhile", "after"]
    assert reader.end().code == 130


def test_a_run_waits_on_when_the_api_server_comes_back(thv_on_own_cluster, own_cluster):
    thv, (cluster, kubelet) = thv_on_own_cluster, own_cluster
    kubelet.trouble(thv.namespace, "patient", "mcp", "ContainerCreating")
    child = thv.spawn("run", "--name", "patient", "--timeout", "3m", sample.IMAGE)
    wait_until(lambda: thv.object("patient"), "it is there")
    cluster.kill_api_server()
    cluster.start_api_server()
    kubelet.heal(thv.namespace, "patient", "mcp")
    out, err = child.communicate(timeout=180)
    assert child.returncode == 0 and thv.object("patient")["status"]["url"] in out, out + err


def test_without_its_store_an_api_server_cannot_promise_anything(thv_on_own_cluster, own_cluster):
    thv, (cluster, _) = thv_on_own_cluster, own_cluster
    cluster.kill_etcd()
    result = thv.attempt("run", "--no-wait", "--name", "x", sample.IMAGE, timeout=180)
    assert result.code in (1, 6, 124) and result.err.strip(), result
    cluster.start_etcd()


# Forgetting.

@pytest.fixture(scope="module")
def forgetful():
    """A control plane without operator whose old list pages expire, with many servers."""
    cluster = clusters.Cluster(operator=False, api_flags=(NO_SNAPSHOTS,))
    try:
        cluster.start()
        sample.fill(cluster, 700)
        yield cluster
    finally:
        cluster.close()


def test_a_list_whose_pages_expire_is_still_complete(forgetful):
    thv = ClusterThv(forgetful, None, "default")
    compacted = []

    def answer(handler):
        if "continue=" in handler.path and not compacted:
            forgetful.make_namespace()
            forgetful.compact()
            compacted.append(handler.path)
        forward(handler, forgetful.kube)

    try:
        with server_in_the_middle(forgetful, answer) as server:
            through(thv, forgetful, server)
            names = [workload["name"] for workload in thv.json("ls", "--all")]
        assert compacted, "the list had no second page"
        assert names == [f"server-{number:05}" for number in range(700)]
    finally:
        thv.close()


def test_many_run_configs_are_read_from_pages_and_never_one_by_one(forgetful):
    thv = ClusterThv(forgetful, None, "default")
    servers = "/apis/toolhive.stacklok.dev/v1beta1/namespaces/default/mcpservers"
    try:
        with server_in_the_middle(forgetful, lambda handler: forward(handler, forgetful.kube)) as server:
            through(thv, forgetful, server)
            text = thv.run("export", "--all", "--format", "yaml")
            assert text.count("image: ") == 700
            asked = [path for _, path in server.asked]
            assert len([path for path in asked if path.startswith(f"{servers}?limit=")]) == 3
            assert not [path for path in asked if path.startswith(f"{servers}/") or "/pods" in path], asked
            del server.asked[:]
            assert thv.attempt("diff", "-f", "-", input=text).code == 0
            assert len(server.asked) < 10, server.asked
    finally:
        thv.close()


def test_a_watch_that_has_expired_begins_anew(thv, cluster):
    sample.server(cluster, thv.namespace, "first")
    expired = []

    def answer(handler):
        old = re.sub(r"resourceVersion=\d+", "resourceVersion=1", handler.path)
        if "watch=" in handler.path and "mcpservers" in handler.path and not expired:
            expired.append(old)
            sample.server(cluster, thv.namespace, "second")
            return forward(handler, cluster.kube, old)
        return forward(handler, cluster.kube)

    with server_in_the_middle(cluster, answer) as server:
        through(thv, cluster, server)
        reader = Reader(thv, "ls", "--watch", "--all")
        reader.shows("second")
        sample.server(cluster, thv.namespace, "third")
        reader.shows("third")
        assert expired and reader.end().code == 130


# Refusing for a while.

def test_a_storm_of_commands_is_waited_out():
    flags = ("--max-requests-inflight=1", "--max-mutating-requests-inflight=1", "--enable-priority-and-fairness=false")
    cluster = clusters.Cluster(operator=False, api_flags=flags)
    users = []
    try:
        cluster.start()
        sample.fill(cluster, 100)
        users = [ClusterThv(cluster, None, "default") for _ in range(12)]
        children = [user.spawn("ls", "--all", "--quiet") for user in users]
        for child in children:
            out, err = child.communicate(timeout=120)
            assert child.returncode == 0 and len(out.split()) == 100, err
    finally:
        for user in users:
            user.close()
        cluster.close()


# Never stopping.

def endless(handler, beginning, piece):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for content in (beginning, *[piece] * (1 << 14)):
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))


LIST = (b'{"kind":"MCPServerList","apiVersion":"toolhive.stacklok.dev/v1beta1",'
        b'"metadata":{"resourceVersion":"9"},"items":[')
ENDLESS = {
    "one object": (LIST + b'{"metadata":{"name":"', b"x" * (1 << 20)),
    "many objects": (LIST, b'{"metadata":{"name":"a","namespace":"default","uid":"1"}},' * (1 << 14)),
    "deep nesting": (LIST, b"[" * (1 << 20)),
    "nothing": (b" ", b" " * (1 << 20)),
}


@pytest.mark.parametrize("what", ENDLESS)
@pytest.mark.parametrize("command", [("ls", "--all"), ("status", "x"), ("rm", "x")], ids=lambda command: command[0])
def test_an_answer_without_end_is_given_up_on_in_little_memory(thv, cluster, what, command):
    with server_in_the_middle(cluster, lambda handler: endless(handler, *ENDLESS[what])) as server:
        through(thv, cluster, server)
        child = thv.spawn(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        timer = wait_for(child, 120)
        _, status, usage = os.wait4(child.pid, 0)
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode not in (0, -signal.SIGKILL), child.returncode
    assert usage.ru_maxrss < 700 * 1024, f"{usage.ru_maxrss} KiB"


def wait_for(child, seconds):
    """Kills a command that does not end in time."""
    timer = threading.Timer(seconds, child.kill)
    timer.start()
    return timer


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"items":7}', b'{"items":[7,null,[]]}',
                                     b'{"items":[{"metadata":{"name":7},"spec":[],"status":"x"}]}', b"<html>no</html>"],
                         ids=str)
def test_an_answer_that_is_none_is_an_error_or_an_unknown_and_no_crash(thv, cluster, content):
    with server_in_the_middle(cluster, lambda handler: handler.say(200, content)) as server:
        through(thv, cluster, server)
        for command in (("ls", "--all"), ("status", "x"), ("group", "ls"), ("logs", "x"), ("rm", "x")):
            result = thv.attempt(*command, timeout=60)
            assert 0 <= result.code <= 124, result
            if command[0] != "ls" and command[0] != "group":
                assert result.code != 0, result
