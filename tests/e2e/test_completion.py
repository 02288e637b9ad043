# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""TAB in bash, zsh and fish, each on a terminal: keys are typed, and the screen is read."""

import os

import pytest

from support.images import FIXTURE
from support.terminal import Terminal
from support.thv import Thv
from support.waiting import wait_until

KUBECONFIG = """apiVersion: v1
kind: Config
current-context: prod
clusters: [{name: far, cluster: {server: "http://127.0.0.1:1"}}]
contexts: [{name: prod, context: {cluster: far}}, {name: testing, context: {cluster: far}}]
"""


@pytest.fixture(scope="module")
def user(engine):
    """Somebody with a running and a stopped workload, a group, a workload file and a kubeconfig."""
    thv = Thv(engine)
    thv.environment["PATH"] = f"{os.path.dirname(os.path.realpath(thv.binary))}:{thv.environment['PATH']}"
    thv.environment["KUBECONFIG"] = os.path.join(thv.home, "kubeconfig")
    thv.environment["TOOLHIVE_RUNTIME"] = os.environ["THV_TEST_ENGINE"]
    thv.environment["TOOLHIVE_SECRET_HUB"] = "x"
    engine.api("POST", f"/images/{FIXTURE}/tag?repo=localhost/never-run&tag=7")
    thv.run("group", "create", "toolbox")
    thv.serve("weather")
    thv.serve("asleep")
    thv.run("stop", "asleep")
    for name, text in {"kubeconfig": KUBECONFIG, "wanted.yaml": "version: 1\n"}.items():
        with open(os.path.join(thv.home, name), "w") as file:
            file.write(text)
    yield thv
    thv.close()


@pytest.fixture(scope="module", params=Terminal.SHELLS)
def terminal(request, user):
    opened = Terminal.completing(request.param, user.environment, user.home)
    yield opened
    opened.close()


TYPED = [
    # What is typed, and what stands there after one TAB.
    ("thv sto", "thv stop"),
    ("thv group mv weather --to too", "thv group mv weather --to toolbox"),
    ("thv stop wea", "thv stop weather"),
    ("thv start as", "thv start asleep"),
    ("thv run --permission-prof", "thv run --permission-profile"),
    ("thv run --transport=std", "thv run --transport=stdio"),
    ("thv run --transport std", "thv run --transport stdio"),
    ("thv run localhost/thv-fix", "thv run localhost/thv-fixture:1"),
    ("thv run localhost/thv-fixture:", "thv run localhost/thv-fixture:1"),
    ("thv run fetc", "thv run fetch"),
    ("thv secret get HU", "thv secret get HUB"),
    ("thv --context test", "thv --context testing"),
    ("thv mcp call weather ech", "thv mcp call weather echo"),
    ("thv mcp call weather echo me", "thv mcp call weather echo message="),
    ("thv apply -f wan", "thv apply -f wanted.yaml"),
]


@pytest.mark.parametrize("typed, completed", TYPED, ids=[typed for typed, _ in TYPED])
def test_tab_completes(terminal, typed, completed):
    terminal.press_tab_behind(typed)
    terminal.wait(lambda: terminal.line() == completed, f"'{completed}' stands there")


def test_tab_offers_the_images_of_an_engine_that_answers_at_once(terminal):
    def completed():
        terminal.press_tab_behind("thv run localhost/nev")
        try:
            wait_until(lambda: terminal.line() == "thv run localhost/never-run:7", "it stands there", seconds=2)
        except AssertionError:
            return False  # it did not answer at once
        return True
    wait_until(completed, "the image is offered", seconds=30)


def test_tab_twice_shows_what_there_is_and_in_zsh_and_fish_what_it_is(terminal):
    terminal.press_tab_behind("thv rm ")
    terminal.press("Tab")
    words = ["asleep", "weather"] + ([] if terminal.shell == "bash" else ["stopped", "running"])
    terminal.wait(lambda: all(word in terminal.text() for word in words), f"{words} are shown")


def test_a_stopped_workload_is_not_offered_to_stop(terminal):
    terminal.press_tab_behind("thv stop asl")
    terminal.type("#")
    terminal.wait(lambda: terminal.line().endswith("#"), "the TAB has been answered")
    assert terminal.line() == "thv stop asl#"


def test_nothing_but_answers_comes_when_the_engine_and_the_cluster_are_down(user):
    down = {**user.environment, "DOCKER_HOST": "unix:///tmp/nowhere.sock", "CONTAINER_HOST": "unix:///tmp/nowhere.sock"}
    result = user.attempt("__complete", "stop", "", env=down)
    assert (result.code, result.err) == (0, "") and result.out.startswith("weather\trunning, default, ")
    result = user.attempt("__complete", "--context", "prod", "stop", "", env=down)
    assert (result.code, result.out, result.err) == (0, ":4\n", "")
