# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""State files, supervisors and disks that are not as they should be."""

import json
import os
import signal
import subprocess

import pytest

from support import processes
from support import tiny_disk as tiny_disks
from support.images import FIXTURE
from support.mcp import Mcp, answers
from support.waiting import wait_until

BROKEN = {"empty": b"", "truncated": None, "no JSON": b"\x00\xff garbage", "wrong type": b'{"name": 7}\n',
          "array": b"[]\n", "deep": b"[" * 100000}


def break_file(path, how):
    with open(path, "rb") as file:
        whole = file.read()
    content = whole[:len(whole) // 2] if BROKEN[how] is None else BROKEN[how]
    with open(path, "wb") as file:
        file.write(content)


def kill_supervisor(thv, name):
    pid = thv.supervisor(name)
    assert pid, "the workload has a supervisor"
    processes.kill(pid)
    wait_until(lambda: not processes.alive(pid), "the supervisor is gone")


@pytest.mark.parametrize("then", ["start", "restart", "stop", "rm"])
def test_a_supervisor_that_was_killed_is_seen_and_replaced(thv, engine, then):
    url = thv.serve("orphan")
    kill_supervisor(thv, "orphan")
    assert thv.status("orphan") not in ("running", None)
    assert thv.run_configs() == ["orphan"]
    thv.run(then, "orphan")
    if then in ("start", "restart"):
        assert thv.status("orphan") == "running" and answers(url)
        thv.run("rm", "orphan")
    elif then == "stop":
        assert thv.status("orphan") == "stopped"
        assert not any(container["State"] == "running" for container in engine.containers().values())
        thv.run("rm", "orphan")
    assert (thv.list(), engine.containers(), thv.left_running(), thv.files_of("orphan")) == ({}, {}, [], [])


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_run_config_is_named_and_can_be_removed(thv, engine, how):
    healthy = thv.serve("healthy")
    thv.serve("broken")
    thv.run("stop", "broken")
    break_file(thv.run_config_path("broken"), how)
    listing = thv.attempt("ls", "--all", "--format", "json")
    assert "healthy" in [workload["name"] for workload in json.loads(listing.out)]
    result = thv.attempt("start", "broken")
    assert result.code != 0 and "broken" in result.err, result
    assert answers(healthy)
    thv.run("rm", "broken")
    assert list(engine.containers()) == ["healthy"] and thv.files_of("broken") == []


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_status_file_does_not_hide_a_running_workload(thv, how):
    url = thv.serve("works")
    break_file(thv.status_path("works"), how)
    assert thv.status("works") == "running" and answers(url)
    thv.run("restart", "works")
    assert json.load(open(thv.status_path("works")))["status"] == "running"


def test_reading_never_writes(thv):
    thv.serve("quiet")
    kill_supervisor(thv, "quiet")

    def snapshot():
        found = {}
        for folder, _, files in os.walk(thv.home):
            for file in files:
                info = os.stat(os.path.join(folder, file))
                found[os.path.join(folder, file)] = (info.st_mtime_ns, info.st_size, info.st_ino)
        return found

    before = snapshot()
    for command in (("ls",), ("ls", "--all", "--format", "json"), ("status", "quiet"), ("group", "list")):
        thv.attempt(*command)
    assert snapshot() == before


@pytest.mark.parametrize("pid", ["dead", "somebody else's"])
def test_a_status_file_from_before_a_reboot_is_not_believed(thv, engine, pid):
    url = thv.serve("rebooted")
    kill_supervisor(thv, "rebooted")
    engine.kill_container("rebooted")
    stranger = subprocess.Popen(["sleep", "600"])
    if pid == "dead":
        stranger.kill()
        stranger.wait()
    status = json.load(open(thv.status_path("rebooted")))
    status |= {"status": "running", "process_id": stranger.pid}
    with open(thv.status_path("rebooted"), "w") as file:
        json.dump(status, file)
    try:
        assert thv.status("rebooted") != "running"
        thv.run("stop", "rebooted")
        thv.run("start", "rebooted")
        assert answers(url)
        thv.run("rm", "rebooted")
        if pid != "dead":
            assert stranger.poll() is None, "a process that only has the number was ended"
    finally:
        stranger.kill()
        stranger.wait()


def test_unknown_fields_of_a_run_config_survive(thv):
    thv.serve("future")
    thv.run("stop", "future")
    path = thv.run_config_path("future")
    config = json.load(open(path)) | {"from_the_future": {"x": [1, 2.5, None]}}
    with open(path, "w") as file:
        json.dump(config, file)
    thv.run("group", "create", "elsewhere")
    thv.run("group", "mv", "future", "elsewhere")
    thv.run("start", "future")
    now = json.load(open(path))
    assert now["from_the_future"] == {"x": [1, 2.5, None]} and now["group"] == "elsewhere"


@pytest.fixture
def tiny_disk(engine):
    with tiny_disks.user_of(engine) as user:
        yield user


def test_on_a_full_disk_nothing_that_was_there_is_lost(tiny_disk, engine):
    url = tiny_disk.serve("kept")
    before = open(tiny_disk.run_config_path("kept")).read()
    tiny_disks.fill(tiny_disk)
    result = tiny_disk.attempt("run", "--transport", "stdio", "--name", "unlucky", FIXTURE)
    assert result.code != 0 and "pace" in result.err, result
    assert "unlucky" not in engine.containers()
    tiny_disk.attempt("group", "create", "unlucky")
    assert answers(url)
    assert open(tiny_disk.run_config_path("kept")).read() == before
    stopped = tiny_disk.attempt("stop", "kept")
    assert stopped.code == 0 or "pace" in stopped.err, stopped
    assert (tiny_disk.status("kept") == "running") == answers(url), stopped
    tiny_disks.empty(tiny_disk)
    tiny_disk.run("stop", "kept")
    tiny_disk.run("start", "kept")
    assert answers(url)
    tiny_disks.fill(tiny_disk)
    tiny_disk.run("rm", "kept")
    assert tiny_disk.files_of("kept") == [] and engine.containers() == {} and tiny_disk.left_running() == []


def test_a_container_without_any_file_of_ours_can_be_listed_and_removed(thv, engine):
    thv.serve("lost")
    kill_supervisor(thv, "lost")
    for path in thv.files_of("lost"):
        os.unlink(path)
    assert "lost" in thv.list()
    thv.run("rm", "lost")
    assert engine.containers() == {} and thv.list() == {}


def test_start_does_not_believe_a_supervisor_that_hangs_and_restart_replaces_it(thv):
    url = thv.serve("hung")
    pid = thv.supervisor("hung")
    os.kill(pid, signal.SIGSTOP)
    try:
        error = thv.fail(124, "start", "hung")
        assert "the supervisor of 'hung' does not answer" in error and "thv restart hung" in error
        thv.run("restart", "hung", timeout=80)
        assert not processes.alive(pid)
        with Mcp(url) as session:
            session.call("echo", message="x")
    finally:
        if processes.alive(pid):
            os.kill(pid, signal.SIGCONT)


def test_a_supervisor_that_hangs_does_not_hang_stop(thv, engine):
    thv.serve("hung")
    pid = thv.supervisor("hung")
    os.kill(pid, signal.SIGSTOP)
    try:
        thv.run("ls", "--all", timeout=20)
        thv.run("rm", "--force", "hung", timeout=80)
    finally:
        if processes.alive(pid):
            os.kill(pid, signal.SIGCONT)
    wait_until(lambda: not processes.alive(pid), "the supervisor has gone")
    assert engine.containers() == {} and thv.files_of("hung") == []
