# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What a Podman leaves that is killed in the middle of a request: containers that it can neither stop nor start, names
that nobody seems to have, mounts that it trips over. None of it is in the way of a command."""

import pytest

from support.images import FIXTURE
from support.mcp import answers
from support.waiting import wait_until

REMOVE = "/containers/{}?force=true&v=true"


@pytest.fixture
def stopped(thv_on_own_engine):
    """A workload that is stopped beside one that runs."""
    thv_on_own_engine.serve("beside")
    url = thv_on_own_engine.serve("cut")
    thv_on_own_engine.run("stop", "cut")
    return url


def strike_until(left, strike):
    """Strikes until a blow has left that: what it must interrupt does not last long."""
    for _ in range(40):
        strike()
        if left():
            return
    raise AssertionError("no kill came at the right moment")


@pytest.mark.parametrize("command", ["stop", "start", "restart", "rm"])
def test_after_a_kill_in_the_middle_of_a_removal_every_command_works(thv_on_own_engine, own_engine, stopped, command):
    thv = thv_on_own_engine

    def strike():
        if "cut" not in own_engine.containers():
            thv.run("start", "cut", timeout=60)
            thv.run("stop", "cut", timeout=60)
        own_engine.killed_during("DELETE", REMOVE.format("cut"), None, lambda: not own_engine.stores("cut"))

    strike_until(lambda: own_engine.containers().get("cut", {}).get("State") == "removing", strike)
    assert set(thv.list()) == {"beside", "cut"}
    thv.run(command, "cut", timeout=60)
    assert answers(stopped) == (command in ("start", "restart"))
    assert ("cut" in thv.run_configs()) == (command != "rm")
    thv.run("rm", "--ignore-not-found", "cut", timeout=60)
    assert set(own_engine.containers()) == {"beside"} and thv.files_of("cut") == []


@pytest.mark.parametrize("command", ["stop", "start", "rm"])
def test_a_container_without_its_layer_hides_no_other_and_every_command_works(thv_on_own_engine, own_engine, stopped,
                                                                              command):
    thv = thv_on_own_engine
    own_engine.lose_layer("cut")
    assert set(thv.list()) == {"beside", "cut"}
    thv.run(command, "cut", timeout=60)
    assert answers(stopped) == (command == "start")
    thv.run("rm", "--ignore-not-found", "cut", timeout=60)
    assert set(own_engine.containers()) == {"beside"} and thv.files_of("cut") == []


def test_after_a_kill_in_the_middle_of_a_creation_its_name_is_free(thv_on_own_engine, own_engine):
    thv = thv_on_own_engine

    def strike():
        own_engine.remove_all_containers()
        own_engine.killed_during("POST", "/containers/create?name=half", {"Image": FIXTURE},
                                 lambda: own_engine.stores("half"))

    strike_until(lambda: own_engine.containers() == {} and own_engine.stores("half"), strike)
    url = thv.serve("half")
    assert answers(url)
    thv.run("rm", "half")
    assert own_engine.containers() == {} and not own_engine.stores("half")


def test_after_a_kill_in_the_middle_of_a_start_rm_removes(thv_on_own_engine, own_engine, stopped):
    thv = thv_on_own_engine
    container = own_engine.inspect("cut")["Id"]

    def strike():
        thv.run("stop", "cut", timeout=60)
        own_engine.killed_during("POST", "/containers/cut/start", None, lambda: own_engine.mounts(container))

    # The mount is gone again in about half of the cases.
    strike_until(lambda: own_engine.mounts(container) and own_engine.containers()["cut"]["State"] != "running", strike)
    thv.run("rm", "cut", timeout=60)
    wait_until(lambda: set(own_engine.containers()) == {"beside"}, "only the other one is left")
    assert thv.files_of("cut") == [] and thv.status("beside") == "running"
    assert answers(thv.serve("cut"))
