# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""`--foreground`: the workload lives as long as the command."""

import contextlib
import http.client

import pytest

from support.images import FIXTURE
from support.mcp import Mcp, McpError, answers
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
    assert (thv.list(), engine.containers(), thv.left_running(), thv.files_of("front")) == ({}, {}, [], [])


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


@pytest.mark.parametrize("code", [0, 41])
def test_a_server_that_ends_hands_its_exit_code_on(thv, engine, code):
    child, port = run_in_foreground(thv)
    url = f"http://127.0.0.1:{port}/mcp"
    wait_until(lambda: answers(url) or child.poll() is not None, "it serves")
    with contextlib.suppress(McpError, OSError, http.client.HTTPException), Mcp(url) as session:
        session.call("crash", code=code)
    out, err = child.communicate(timeout=30)
    assert child.returncode == code, out + err
    assert (thv.list(), engine.containers(), thv.files_of("front")) == ({}, {}, [])


def test_a_server_that_never_answered_is_a_failure_even_with_exit_code_0(thv, engine):
    result = thv.attempt("run", "--foreground", "--transport", "stdio", "--name", "front", FIXTURE, "--", "--exit", "0")
    assert result.code != 0 and "exiting at once" in result.err, result
    assert (thv.list(), engine.containers(), thv.files_of("front")) == ({}, {}, [])


def test_only_one_process_serves_a_workload(thv):
    thv.serve("taken")
    thv.fail(1, "start", "--foreground", "taken")
    assert thv.status("taken") == "running"
