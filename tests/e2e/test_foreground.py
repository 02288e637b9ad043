# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""`--foreground`: the workload lives as long as the command."""

import pytest

from support.images import FIXTURE
from support.mcp import answers
from support.ports import free_port, listens
from support.thv import interrupt
from support.waiting import wait_until


def run_in_foreground(thv, *arguments):
    port = free_port()
    child = thv.spawn("run", "--foreground", "--transport", "stdio", "--name", "front", "--proxy-port", str(port),
                      *arguments, FIXTURE)
    return child, port


def test_ctrl_c_stops_a_run_in_the_foreground_and_leaves_nothing(thv, engine):
    child, port = run_in_foreground(thv)
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/mcp") or child.poll() is not None, "it serves")
    result = interrupt(child)
    assert result.code in (0, 130), result
    assert not listens(port)
    assert (thv.list(), engine.containers(), thv.processes(), thv.files_of("front")) == ({}, {}, [], [])


def test_ctrl_c_stops_a_start_in_the_foreground_and_keeps_the_workload(thv):
    url = thv.serve("front")
    thv.run("stop", "front")
    child = thv.spawn("start", "--foreground", "front")
    wait_until(lambda: answers(url) or child.poll() is not None, "it serves")
    assert thv.status("front") == "running"
    result = interrupt(child)
    assert result.code in (0, 130), result
    assert thv.status("front") == "stopped"
    assert thv.run_configs() == ["front"]


def test_stop_from_another_terminal_ends_it(thv):
    child, port = run_in_foreground(thv)
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/mcp") or child.poll() is not None, "it serves")
    thv.run("stop", "front")
    child.communicate(timeout=30)
    assert not listens(port)


@pytest.mark.parametrize("code", [0, 3])
def test_a_server_that_ends_hands_its_exit_code_on(thv, engine, code):
    result = thv.attempt("run", "--foreground", "--transport", "stdio", "--name", "front", FIXTURE, "--", "--exit",
                         str(code))
    assert result.code != 0, result
    assert (thv.list(), engine.containers(), thv.files_of("front")) == ({}, {}, [])


def test_only_one_process_serves_a_workload(thv):
    thv.serve("taken")
    thv.fail(1, "start", "--foreground", "taken")
    assert thv.status("taken") == "running"
