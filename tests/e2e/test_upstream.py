# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A workload that one program started is listed, stopped, started and removed by the other."""

import glob
import json
import os

import pytest

from support import upstream
from support.images import FIXTURE
from support.mcp import answers
from support.server_registry import ServerRegistry, server
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


def known(user):
    """Name and kind of every server in the user's registry, and what it is about."""
    return sorted((entry["name"], entry["description"]) for entry in json.loads(
        user.run("registry", "list", "--format", "json")))


def test_a_registry_that_ours_has_chosen_is_upstreams_too_and_so_are_the_copies(thv, theirs):
    with ServerRegistry() as registry:
        registry.servers = [server(f"io.acme/s{number}", f"example.com/s{number}:1") for number in range(3)]
        expected = [(f"io.acme/s{number}", f"About io.acme/s{number}") for number in range(3)]
        thv.run("config", "set-registry", "--allow-private-ip", registry.url)
        assert registry.url in theirs.run("config", "get-registry")
        assert known(thv) == expected and known(theirs) == expected  # which reads what ours has kept
        for path in glob.glob(os.path.join(thv.home, ".cache/toolhive/cache/*")):
            os.remove(path)
        assert known(theirs) == expected
        before = len(registry.asked)
        assert known(thv) == expected and len(registry.asked) == before


def test_a_registry_file_of_either_is_read_by_the_other(thv, theirs):
    path = os.path.join(thv.home, "registry.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"version": "1.0.0", "meta": {"last_updated": "2026-01-02T03:04:05Z"},
                   "data": {"servers": [server("io.acme/echo", FIXTURE)["server"]]}}, file)
    theirs.run("config", "set-registry", path)
    assert path in thv.run("config", "get-registry")
    assert known(thv) == known(theirs) == [("io.acme/echo", "About io.acme/echo")]
    assert answers(thv.run("run", "echo").strip())
    assert theirs.listed("io-acme-echo")["status"] == "running"
    thv.run("config", "unset-registry")
    assert len(known(theirs)) > 10 and len(known(thv)) >= 30


def test_ours_with_a_secret_is_run_by_upstream_and_one_with_a_file_is_refused(thv, theirs, engine):
    secret = {"TOOLHIVE_SECRETS_PROVIDER": "environment", "TOOLHIVE_SECRET_KEY": "hush-4711"}
    thv.environment |= secret
    theirs.environment |= secret
    thv.serve("plain", flags=("--secret", "KEY,target=API_KEY"))
    thv.serve("filed", flags=("--secret", "KEY,target=API_KEY,as=file"))
    thv.run("stop", "plain", "filed")
    theirs.run("start", "plain")
    wait_until(lambda: answers(theirs.listed("plain")["url"]), "upstream serves our workload", seconds=60, pause=0.2)
    assert "API_KEY=hush-4711" in engine.inspect("plain")["Config"]["Env"]
    assert theirs.attempt("start", "filed").code != 0
    assert theirs.status("filed") != "running"
    assert "hush-4711" not in json.dumps(engine.inspect("filed"))
    thv.run("rm", "plain", "filed")
