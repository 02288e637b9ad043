# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A workload that one program started is listed, stopped, started and removed by the other."""

import json
import os

import pytest

from support import upstream
from support.images import FIXTURE
from support.mcp import answers
from support.thv import Thv
from support.waiting import wait_until


@pytest.fixture(scope="module")
def upstream_binary():
    return upstream.binary()


@pytest.fixture
def theirs(thv, engine, upstream_binary):
    """Upstream's program with the same HOME and engine as ours."""
    user = Thv(engine, binary=upstream_binary, home=thv.home)
    return user


def run_theirs(theirs, name):
    theirs.run("run", "--transport", "stdio", "--isolate-network=false", "--name", name, FIXTURE)
    wait_until(lambda: theirs.status(name) == "running" and answers(theirs.listed(name)["url"]),
               "upstream's workload serves", seconds=60, pause=0.2)


def same(ours, theirs):
    """What both lists must agree on."""
    keys = ("name", "package", "url", "port", "transport_type", "status", "group")
    return {key: ours.get(key) for key in keys} == {key: theirs.get(key) for key in keys}


def test_ours_is_listed_stopped_and_removed_by_upstream(thv, theirs, engine):
    url = thv.serve("ours")
    assert same(thv.listed("ours"), theirs.listed("ours")), (thv.listed("ours"), theirs.listed("ours"))
    theirs.run("stop", "ours")
    wait_until(lambda: thv.status("ours") == "stopped", "ours is stopped", seconds=30)
    assert not answers(url)
    assert theirs.status("ours") == "stopped"
    theirs.run("rm", "ours")
    wait_until(lambda: engine.containers() == {}, "the container is gone")
    assert thv.list() == {} and thv.run_configs() == []
    wait_until(lambda: thv.processes() == [], "no supervisor is left", seconds=30)


def test_ours_is_started_again_by_upstream(thv, theirs):
    thv.serve("ours")
    thv.run("stop", "ours")
    theirs.run("start", "ours")
    wait_until(lambda: answers(theirs.listed("ours")["url"]), "upstream serves our workload", seconds=60, pause=0.2)
    wait_until(lambda: thv.status("ours") == "running", "ours says so, once upstream has written it down")
    thv.run("rm", "ours")
    assert theirs.list() == {}


def test_upstreams_is_listed_stopped_and_removed_by_ours(thv, theirs, engine):
    run_theirs(theirs, "theirs")
    assert same(thv.listed("theirs"), theirs.listed("theirs")), (thv.listed("theirs"), theirs.listed("theirs"))
    assert thv.run("stop", "theirs").split() == ["theirs"]
    assert thv.status("theirs") == theirs.status("theirs") == "stopped"
    thv.run("start", "theirs")
    assert answers(thv.listed("theirs")["url"])
    assert thv.run("rm", "theirs").split() == ["theirs"]
    assert theirs.list() == {} and engine.containers() == {}
    assert thv.processes() == []


def test_upstreams_run_config_is_rewritten_byte_for_byte(thv, theirs):
    run_theirs(theirs, "theirs")
    path = thv.run_config_path("theirs")
    before = open(path).read()
    thv.run("group", "create", "elsewhere")
    thv.run("group", "mv", "theirs", "elsewhere")
    assert open(path).read() == before.replace('"group": "default"', '"group": "elsewhere"')
    assert theirs.listed("theirs")["group"] == "elsewhere"
    assert "elsewhere" in theirs.run("group", "list")


def test_upstream_can_read_our_run_config_and_status(thv, theirs):
    thv.serve("ours", flags=("--env", "A=<&>", "--label", "team=x"))
    exported = os.path.join(thv.home, "exported.json")
    theirs.run("export", "ours", exported)
    with open(exported) as theirs_file, open(thv.run_config_path("ours")) as ours_file:
        theirs_config, ours_config = json.load(theirs_file), json.load(ours_file)
    assert {key: theirs_config.get(key) for key in ours_config} == ours_config
    status = theirs.json("status", "ours")
    assert status["status"] == "running"
