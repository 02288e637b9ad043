# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What commands read: pipes in place of files, stdin, and what a person types."""

import os
import signal
import subprocess

import pytest

from support import processes
from support.images import FIXTURE
from support.mcp import Mcp
from support.terminal import Terminal
from support.waiting import wait_until


def in_bash(thv, script):
    """What a script prints in which `thv` is the binary."""
    path = f"{os.path.dirname(thv.binary)}:{thv.environment['PATH']}"
    child = subprocess.run(["bash", "-c", script], env=thv.environment | {"PATH": path}, cwd=thv.home, text=True,
                           capture_output=True, check=False, timeout=90)
    assert child.returncode == 0, child
    return child.stdout


def test_a_pipe_of_the_shell_will_do_for_a_file(thv):
    profile = "echo 'network: {mode: bridge}'"
    url = in_bash(thv, "thv run --transport stdio --name piped --env-file <(echo GREETING=piped) "
                       f"--permission-profile <({profile}) {FIXTURE} -- --reveal GREETING").strip()
    with Mcp(url) as session:
        assert session.call("env", name="GREETING") == "piped"
        assert in_bash(thv, f"thv mcp call {url} env --args-file <(echo '{{\"name\": \"GREETING\"}}')").strip() == "piped"
    in_bash(thv, "thv rm piped")
    workloads = f"{{version: 1, workloads: {{filed: {{image: {FIXTURE}, transport: stdio, volumes: [.:/here]}}}}}}"
    assert "filed" in in_bash(thv, f"thv apply -f <(echo '{workloads}')")
    with open(thv.run_config_path("filed")) as file:
        assert f"{thv.home}:/here" in file.read()
    in_bash(thv, "thv export filed > config; thv rm filed; thv run --from-config <(cat config)")
    assert thv.status("filed") == "running"


@pytest.mark.parametrize("command", [("apply", "--filename", "-"), ("run", "--env-file", "-", FIXTURE),
                                     ("run", "--from-config", "-"), ("mcp", "call", "web", "echo", "-"),
                                     ("profile", "check", "-")], ids=lambda command: command[0] + command[1])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_waits_for_stdin_can_be_interrupted(thv, command, number):
    reader, writer = os.pipe()
    try:
        child = thv.spawn(*command, stdin=reader)
        wait_until(lambda: processes.reads_a_pipe(child.pid), "it waits")
        child.send_signal(number)
        out, err = child.communicate(timeout=10)
    finally:
        os.close(reader)
        os.close(writer)
    assert (child.returncode, out, err) == (128 + number, "", "Interrupted.\n")
    assert thv.list() == {}


def test_a_question_can_be_answered_with_ctrl_c(thv, tmp_path):
    thv.run("group", "create", "team")
    thv.serve("web", flags=("--group", "team"))
    terminal = Terminal("bash", thv.environment, str(tmp_path), f"export PATH={os.path.dirname(thv.binary)}:$PATH")
    try:
        terminal.type("thv group rm team; echo \"code $?\"")
        terminal.press("Enter")
        terminal.wait(lambda: "[y/N]" in terminal.text(), "the question")
        terminal.press("C-c")
        terminal.wait(lambda: "code 130" in terminal.text(), "it has ended")
        assert "Interrupted." in terminal.text()
    finally:
        terminal.close()
    assert thv.run("ls", "--group", "team", "--quiet").split() == ["web"]
