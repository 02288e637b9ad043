# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Updates that fail, at each of their steps: the old server serves on, its run config is the old one, byte for byte,
and the message says what failed and how the workload is now."""

import json

import pytest

from support import tiny_disk
from support.images import FIXTURE
from support.mcp import Mcp, answers
from support.waiting import wait_until

STAYS = "'old' is as it was\n"


def config_bytes(thv, name):
    with open(thv.run_config_path(name), "rb") as file:
        return file.read()


def changed(thv, name, fields):
    """The run config with other values in some fields, as text."""
    return json.dumps({**json.loads(config_bytes(thv, name)), **fields})


# What is to change, in flags or in the run config; the exit code; what the message begins with, and ends with.
CHANGES = {
    "an image that does not exist": (
        ("--image", "localhost/not/there:1"), {}, None, "'old' was not updated: ", STAYS),
    "an image that is none": ((), {"image": "two words"}, 2, "'two words' is no image reference", ""),
    "a server that never answers": (
        ("--timeout", "3s"), {"cmd_args": ["--silent"]}, 124, "'old' was not updated: ", STAYS),
    "a server that exits": ((), {"cmd_args": ["--exit", "7"]}, 1, "'old' was not updated: the server exited with code 7 before it answered", STAYS),
    "a server that writes garbage": (
        ("--timeout", "3s"), {"cmd_args": ["--garbage-only"]}, 124, "'old' was not updated: ", STAYS),
    "a port that is none": ((), {"port": 70000}, 2, "stdin: field 'port' must be an integer from 0 to 65535", ""),
    "a published port that is none": (
        (), {"publish": ["70000"]}, 2, "stdin: field 'publish' must be a list of HOST:CONTAINER or CONTAINER ports", ""),
    "a volume that is not there": (
        (), {"volumes": ["/nowhere/at/all:/x"]}, 125, "'old' was not updated: cannot mount '/nowhere/at/all'", STAYS),
    "a secret that does not exist": (
        (), {"secrets": ["NONE,target=X"]}, 5, "there is no secret 'NONE'", "run 'thv secret setup' and 'thv secret set NONE'\n"),
    "a group that does not exist": (
        (), {"group": "nowhere"}, 5, "no group named 'nowhere'", "create it with 'thv group create nowhere'\n"),
    "memory that is none": (("--memory", "lots"), {}, 2, "--memory: 'lots' is no amount of memory", "512m or 2g\n"),
    "a variable without a name": (("-e", "=x"), {}, 2, "--env: a variable has no usable name", ""),
    "another server": ((), {"name": "new", "base_name": "new", "container_name": "new"}, 2, "the file is about 'new', not about 'old'", ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_old_server_never_notices_an_update_that_fails(thv, engine, change):
    flags, fields, code, begin, end = CHANGES[change]
    url = thv.serve("old", "--reveal", "A", flags=("-e", "A=1"))
    before = config_bytes(thv, "old"), engine.inspect("old")["Id"], thv.supervisor("old")
    command = ["update", "old", *flags, *(["--from-config", "-"] if fields else [])]
    with Mcp(url) as session:
        result = thv.attempt(*command, input=changed(thv, "old", fields) if fields else None)
        assert session.call("env", name="A") == "1", "the session goes on"
    assert result.code == code if code else result.code != 0, result
    assert result.out == "" and result.err.split("Error: ")[-1].startswith(begin) and result.err.endswith(end), result
    assert (config_bytes(thv, "old"), engine.inspect("old")["Id"], thv.supervisor("old")) == before
    assert list(engine.containers()) == ["old"] and thv.run_configs() == ["old"] and thv.files_of("old-next") == []


@pytest.mark.parametrize("change", ["an image that does not exist", "a secret that does not exist", "a port that is none"])
def test_a_stopped_workload_stays_as_it_was(thv, engine, change):
    flags, fields, _, _, _ = CHANGES[change]
    thv.serve("old")
    thv.run("stop", "old")
    before = config_bytes(thv, "old")
    command = ["update", "old", *flags, *(["--from-config", "-"] if fields else [])]
    assert thv.attempt(*command, input=changed(thv, "old", fields) if fields else None).code != 0
    assert config_bytes(thv, "old") == before and thv.status("old") == "stopped"
    thv.run("start", "old")
    assert answers(thv.listed("old")["url"])


def test_an_engine_that_is_killed_during_the_trial_leaves_the_old_server(thv_on_own_engine, own_engine):
    thv = thv_on_own_engine
    url = thv.serve("old")
    before = config_bytes(thv, "old")
    child = thv.spawn("update", "old", "--timeout", "20s", "-e", "A=1")
    wait_until(lambda: "old-next" in thv.run_configs(), "the new server is being tried out", seconds=30, pause=0.002)
    own_engine.kill()
    out, err = child.communicate(timeout=120)
    assert child.returncode != 0 and out == "" and "'old' was not updated" in err, err
    assert config_bytes(thv, "old") == before
    own_engine.start()
    wait_until(lambda: answers(url), "the old server answers", seconds=60)
    assert thv.run("update", "old", "-e", "A=2", timeout=120).strip() == url
    wait_until(lambda: list(own_engine.containers()) == ["old"], "nothing is left of the trial", seconds=30)
    assert thv.run_configs() == ["old"] and answers(url)


@pytest.fixture
def tiny_disk_user(engine):
    with tiny_disk.user_of(engine) as user:
        yield user


def test_a_disk_without_place_leaves_the_old_server(tiny_disk_user, engine):
    thv = tiny_disk_user
    url = thv.serve("old")
    before = config_bytes(thv, "old")
    tiny_disk.fill(thv)
    error = thv.attempt("update", "old", "-e", "A=1")
    assert error.code != 0 and "'old' was not updated" in error.err and "No space left on device" in error.err, error
    assert answers(url) and config_bytes(thv, "old") == before
    tiny_disk.empty(thv)
    assert thv.run("update", "old", "-e", "A=1", timeout=60).strip() == url
    assert list(engine.containers()) == ["old"] and thv.run_configs() == ["old"]
