# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What a person does with one workload, from run to rm."""

import json
import os
import signal

import pytest

from support.images import FIXTURE
from support.mcp import Mcp, answers
from support.ports import free_port, listens
from support.waiting import wait_until


def test_a_workload_from_run_to_rm(thv, engine):
    printed = thv.run("run", "--transport", "stdio", "--name", "first", FIXTURE)
    workload = thv.listed("first")
    assert workload["status"] == "running"
    assert workload["url"] in printed
    assert workload["package"] == FIXTURE
    with Mcp(workload["url"]) as session:
        assert session.server["serverInfo"]["name"] == "mcp-fixture"
        assert session.call("echo", message="hello") == "hello"
        session.call("stderr", text="a line for the log")
    wait_until(lambda: "a line for the log" in thv.run("logs", "first"), "the server's stderr is in the log")

    assert thv.run("stop", "first").split() == ["first"]
    assert thv.status("first") == "stopped"
    assert "first" not in thv.run("ls", "--quiet").split()
    assert not listens(workload["port"])
    assert not any(container["State"] == "running" for container in engine.containers().values())

    assert thv.run("start", "first").split() == ["first"]
    assert thv.listed("first")["url"] == workload["url"]
    assert answers(workload["url"])

    before = instance(workload["url"])
    assert thv.run("restart", "first").split() == ["first"]
    assert instance(workload["url"]) != before
    assert thv.listed("first")["url"] == workload["url"]

    assert thv.run("rm", "first").split() == ["first"]
    assert thv.list() == {}
    assert engine.containers() == {}
    assert thv.left_running() == []
    assert thv.files_of("first") == []


def instance(url):
    with Mcp(url) as session:
        return session.call("instance")


def test_status_tells_the_same_as_ls(thv):
    thv.serve("told")
    status, listed = thv.json("status", "told"), thv.listed("told")
    assert (status["name"], status["status"], status["url"]) == ("told", "running", listed["url"])


def test_a_running_workload_is_not_started_again(thv):
    url = thv.serve("steady")
    before = instance(url)
    assert thv.run("start", "steady").split() == ["steady"]
    assert instance(url) == before


def test_stopping_twice_and_a_stopped_one_is_a_success(thv):
    thv.serve("twice")
    thv.run("stop", "twice")
    thv.run("stop", "twice")
    assert thv.status("twice") == "stopped"


def test_the_proxy_port_can_be_chosen_and_is_kept(thv):
    port = free_port()
    url = thv.serve("chosen", flags=("--proxy-port", str(port)))
    assert url == f"http://127.0.0.1:{port}/mcp"
    thv.run("stop", "chosen")
    thv.run("start", "chosen")
    assert answers(url)


def test_arguments_and_environment_reach_the_server(thv):
    url = thv.serve("told", "--reveal", "GREETING", flags=("--env", "GREETING=grüß dich = ok"))
    with Mcp(url) as session:
        assert session.call("env", name="GREETING") == "grüß dich = ok"
    thv.run("update", "told", "--env-file", "-", input="GREETING=of stdin\n")
    with Mcp(thv.listed("told")["url"]) as session:
        assert session.call("env", name="GREETING") == "of stdin"


def test_a_volume_can_be_read_and_written_or_only_read(thv):
    folder = os.path.join(thv.home, "shared")
    os.makedirs(folder, mode=0o777)
    os.chmod(folder, 0o777)
    with open(os.path.join(folder, "in"), "w") as file:
        file.write("from outside")
    url = thv.serve("mounts", flags=("--volume", f"{folder}:/rw", "--volume", f"{folder}:/ro:ro"))
    with Mcp(url) as session:
        assert session.call("read", path="/ro/in") == "from outside"
        assert session.call("write", path="/rw/out", text="from inside") == "written"
        assert session.call("write", path="/ro/out", text="from inside") == "cannot write"
    with open(os.path.join(folder, "out")) as file:
        assert file.read() == "from inside"


@pytest.mark.parametrize("transport", ["streamable-http", "sse"])
def test_servers_that_speak_http_are_proxied_too(thv, transport):
    thv.run("run", "--transport", transport, "--name", "web", FIXTURE)
    workload = thv.listed("web")
    assert workload["status"] == "running" and workload["transport_type"] == transport
    listed = json.loads(thv.run("mcp", "list", "tools", "web", "--format", "json"))
    assert "echo" in [tool["name"] for tool in listed["tools"]]
    thv.run("rm", "web")
    assert thv.left_running() == []


def test_mcp_commands_list_and_call_tools(thv):
    url = thv.serve("tools")
    for server in ("tools", url):
        listed = json.loads(thv.run("mcp", "list", "tools", server, "--format", "json"))
        assert {"echo", "sleep"} <= {tool["name"] for tool in listed["tools"]}
        assert thv.run("mcp", "call", server, "echo", "message=über = 7") == "über = 7\n"
        result = json.loads(thv.run("mcp", "call", server, "echo", "message=x", "--format", "json"))
        assert result["content"][0]["text"] == "x"
    thv.fail(1, "mcp", "call", "tools", "env", "name=NONE")
    thv.fail(5, "mcp", "list", "tools", "no-such-workload")


def test_all_group_and_label_select_their_workloads(thv):
    thv.run("group", "create", "tools")
    thv.serve("in-group", flags=("--group", "tools", "-l", "team=blue"))
    thv.serve("outside", flags=("-l", "team=blue"))
    assert thv.run("stop", "--group", "tools").split() == ["in-group"]
    assert (thv.status("in-group"), thv.status("outside")) == ("stopped", "running")
    assert thv.run("stop", "-l", "team=blue").split() == ["outside"]
    assert thv.run("start", "-l", "team=blue", "-g", "tools").split() == ["in-group"]
    assert (thv.status("in-group"), thv.status("outside")) == ("running", "stopped")
    thv.run("start", "--all")
    assert thv.status("in-group") == "running"
    thv.run("rm", "--all")
    assert thv.list() == {}
    assert thv.left_running() == []


def test_one_failure_does_not_hide_the_others(thv):
    thv.serve("there")
    result = thv.attempt("stop", "there", "not-there")
    assert result.code == 3 and result.out.split() == ["there"] and "not-there" in result.err
    assert thv.status("there") == "stopped"
    thv.fail(5, "stop", "not-there")
    thv.fail(5, "rm", "not-there")
    thv.run("rm", "--ignore-not-found", "not-there")


def test_logs_follow_and_tail(thv):
    url = thv.serve("talker")
    with Mcp(url) as session:
        for number in range(5):
            session.call("stderr", text=f"line {number}")
        wait_until(lambda: "line 4" in thv.run("logs", "talker"), "the log is complete")
        assert thv.run("logs", "--tail", "2", "talker").splitlines() == ["line 3", "line 4"]
        follower = thv.spawn("logs", "--follow", "--tail", "1", "talker")
        assert follower.stdout.readline() == "line 4\n"
        session.call("stderr", text="while following")
        assert follower.stdout.readline() == "while following\n"
    thv.run("rm", "talker")
    assert follower.wait(20) == 0, follower.stderr.read()


def test_the_proxy_log_outlives_a_restart_and_the_audit_log_the_workload(thv):
    with Mcp(thv.serve("logged", flags=("--enable-audit",))) as session:
        session.call("echo", message="to be remembered")
    thv.run("stop", "logged")
    before = thv.run("logs", "--proxy", "logged")
    assert before.strip()
    thv.run("start", "logged")
    assert thv.run("logs", "--proxy", "logged").startswith(before)
    logs = os.path.join(thv.data, "logs")
    assert sorted(os.listdir(logs)) == ["logged.audit.jsonl", "logged.log"]
    thv.run("rm", "logged")
    assert os.listdir(logs) == ["logged.audit.jsonl"]
    with open(os.path.join(logs, "logged.audit.jsonl")) as file:
        assert ("tools/call", "echo") in [(line["method"], line.get("name")) for line in map(json.loads, file)]


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_rm_takes_a_workload_in_any_state(thv, engine, state):
    thv.serve("any")
    if state == "stopped":
        thv.run("stop", "any")
    thv.run("rm", "any")
    assert (thv.list(), engine.containers(), thv.left_running(), thv.files_of("any")) == ({}, {}, [], [])


def test_a_server_that_ignores_the_request_to_end_is_killed_after_the_grace(thv):
    thv.serve("stubborn", "--ignore-term")
    thv.run("stop", "--timeout", "1s", "stubborn", timeout=25)
    assert thv.status("stubborn") == "stopped"


def test_a_server_that_crashes_comes_back_on_the_same_url(thv):
    url = thv.serve("phoenix")
    before = instance(url)
    with Mcp(url) as session:
        try:
            session.call("crash", code=3)
        except AssertionError:
            pass  # the call that killed its server has no result
    wait_until(lambda: answers(url) and instance(url) != before, "the server is back", seconds=30)
    assert thv.status("phoenix") == "running"


def test_start_right_after_the_kill_of_a_supervisor_serves_again(thv):
    url = thv.serve("hit")
    for number in (signal.SIGKILL, signal.SIGTERM) * 3:
        os.kill(thv.supervisor("hit"), number)
        thv.run("start", "hit")  # while the one that was killed may still be ending
        with Mcp(url) as session:
            session.call("echo", message="x")
    assert thv.status("hit") == "running"


def test_workloads_run_side_by_side(thv):
    urls = [thv.serve(f"many-{number}") for number in range(4)]
    assert len(set(urls)) == 4 and all(answers(url) for url in urls)
    assert thv.run("rm", "--all").split() == [f"many-{number}" for number in range(4)]
