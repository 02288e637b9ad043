# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""TAB in bash, zsh and fish for what a cluster has, each on a terminal: keys are typed, and the screen is read."""

import json
import os
import socket

import pytest

from support import sample
from support.cluster_thv import ClusterThv
from support.kube_api import path_of
from support.terminal import Terminal

pytestmark = pytest.mark.control_plane


@pytest.fixture(scope="module")
def silent():
    """The address of something that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"


def write_kubeconfig(cluster, silent, namespace):
    """Contexts of an administrator: of the cluster, of one that is down, and of one that does not answer."""
    servers = {"testing": cluster.server, "gone": "https://127.0.0.1:1", "silent": silent}
    return cluster.write_kubeconfig("completion.kubeconfig", json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "testing",
        "users": [{"name": "admin", "user": cluster.user("admin")}],
        "clusters": [{"name": name, "cluster": {"server": server, **cluster.authority}}
                     for name, server in servers.items()],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "admin", "namespace": namespace}}
                     for name in servers]}))


@pytest.fixture(scope="module")
def user(cluster, silent):
    """Somebody with servers and a group in one namespace, and a server in another one."""
    namespace, other = cluster.make_namespace("here"), cluster.make_namespace("elsewhere")
    thv = ClusterThv(cluster, None, namespace, "admin")
    thv.other = other
    thv.environment["PATH"] = f"{os.path.dirname(os.path.realpath(thv.binary))}:{thv.environment['PATH']}"
    thv.environment["KUBECONFIG"] = write_kubeconfig(cluster, silent, namespace)
    sample.group(cluster, namespace, "toolbox")
    sample.server(cluster, namespace, "weather", group="toolbox")
    sample.server(cluster, namespace, "news")
    sample.server(cluster, other, "stranger")
    yield thv
    thv.close()
    for name in (namespace, other):
        cluster.api("DELETE", path_of("namespaces", None, name, "/api/v1"))


@pytest.fixture(scope="module", params=Terminal.SHELLS)
def terminal(request, user):
    opened = Terminal.completing(request.param, user.environment, user.home)
    yield opened
    opened.close()


TYPED = [
    # What is typed, and what stands there after one TAB; HERE and ELSEWHERE are namespaces.
    ("thv --context te", "thv --context testing"),
    ("thv ls --context=si", "thv ls --context=silent"),
    ("thv ls --namespace her", "thv ls --namespace HERE"),
    ("thv ls -n els", "thv ls -n ELSEWHERE"),
    ("thv -n els", "thv -n ELSEWHERE"),
    ("thv status wea", "thv status weather"),
    ("thv stop news wea", "thv stop news weather"),
    ("thv --context testing status ne", "thv --context testing status news"),
    ("thv -n ELSEWHERE status st", "thv -n ELSEWHERE status stranger"),
    ("thv rm --namespace ELSEWHERE st", "thv rm --namespace ELSEWHERE stranger"),
    ("thv ls --group too", "thv ls --group toolbox"),
    ("thv vmcp discover too", "thv vmcp discover toolbox"),
]


@pytest.mark.parametrize("typed, completed", TYPED, ids=[typed for typed, _ in TYPED])
def test_tab_completes(terminal, user, typed, completed):
    typed, completed = (text.replace("HERE", user.namespace) if "ELSEWHERE" not in text
                        else text.replace("ELSEWHERE", user.other) for text in (typed, completed))
    terminal.press_tab_behind(typed)
    terminal.wait(lambda: terminal.line() == completed, f"'{completed}' stands there")


def test_tab_twice_shows_what_there_is_and_in_zsh_and_fish_what_it_is(terminal):
    terminal.press_tab_behind("thv status ")
    terminal.press("Tab")
    words = ["news", "weather"] + ([] if terminal.shell == "bash" else ["toolbox", sample.IMAGE])
    terminal.wait(lambda: all(word in terminal.text() for word in words), f"{words} are shown")
    assert "stranger" not in terminal.text()


@pytest.mark.parametrize("context", ["gone", "silent", "unheard-of"])
def test_a_cluster_that_does_not_answer_offers_nothing_and_leaves_the_line_alone(terminal, context):
    typed = f"thv --context {context} status wea"
    terminal.press_tab_behind(typed)
    terminal.type("#")
    terminal.wait(lambda: terminal.line().endswith("#"), "the TAB has been answered")
    assert terminal.line() == typed + "#"
    assert len(terminal.text().strip().splitlines()) == 1, terminal.text()


def test_who_may_not_see_namespaces_is_offered_none(user, cluster):
    words = ("__complete", "ls", "--namespace", "")
    assert user.namespace in user.run(*words)
    editor = {**user.environment, "KUBECONFIG": cluster.kubeconfig("thv-editor", user.namespace)}
    result = user.attempt(*words, env=editor)
    assert (result.code, result.out, result.err) == (0, ":4\n", "")


def test_nothing_is_printed_while_the_api_server_is_down(user, cluster):
    assert "weather\t" in user.run("__complete", "status", "")
    cluster.kill_api_server()
    try:
        for words in (["status", ""], ["ls", "--group", ""], ["-n", ""], ["vmcp", "discover", ""]):
            result = user.attempt("__complete", *words)
            assert (result.code, result.out, result.err) == (0, ":4\n", ""), result
        contexts = user.run("__complete", "--context", "").splitlines()
        assert [line.split("\t")[0] for line in contexts] == ["gone", "silent", "testing", ":4"]
    finally:
        cluster.start_api_server()
