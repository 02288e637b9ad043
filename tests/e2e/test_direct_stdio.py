# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Servers on stdio that are connected past the engine: what images say is kept, and the server outlives its supervisor."""

import http.client
import json
import os
import shutil
import tarfile
import threading

import pytest

from support import images, processes, sdk
from support.images import FIXTURE
from support.mcp import Mcp, McpError, answers
from support.waiting import wait_until

PICKY = "localhost/picky:1"
KILLS = int(os.environ.get("THV_TEST_SUPERVISOR_KILLS", "50"))


def proxy_log(thv, name):
    with open(os.path.join(thv.data, "logs", f"{name}.log")) as file:
        return file.read()


def is_direct(thv, name):
    return "connected directly" in proxy_log(thv, name)


def server_pid(engine, name):
    """The host's number of the server's process, which is init's only child."""
    init = engine.pid(name)
    with open(f"/proc/{init}/task/{init}/children") as file:
        [pid] = file.read().split()
    return int(pid)


def kill_supervisor(thv, name):
    pid = thv.supervisor(name)
    processes.kill(pid)
    wait_until(lambda: not processes.alive(pid), "the supervisor is gone")


@pytest.fixture(scope="session")
def picky(engine, tmp_path_factory):
    """An image of one static program that sets everything that an image can set, and has no shell."""
    folder = tmp_path_factory.mktemp("picky")
    (folder / "here.txt").write_text("in the working folder")
    layer = str(folder / "layer.tar")
    with tarfile.open(layer, "w") as tar:
        tar.add(os.environ["THV_FIXTURE_BIN"], "srv/bin/server")
        tar.add(str(folder / "here.txt"), "srv/here.txt")
    archive = str(folder / "image.tar")
    images.write_archive(archive, PICKY, [layer],
                         {"Entrypoint": ["server", "--reveal", "PATH"], "Cmd": ["--reveal", "FLAVOUR"],
                          "WorkingDir": "/srv", "User": "1000:1000", "StopSignal": "SIGINT",
                          "Env": ["PATH=/srv/bin", "FLAVOUR=sour"]})
    engine.load(archive)
    return PICKY


def test_what_an_image_says_counts_under_init_too(thv, engine, picky):
    session = Mcp(thv.serve("picky", image=picky))
    assert is_direct(thv, "picky")
    assert session.call("env", name="FLAVOUR") == "sour"
    assert session.call("env", name="PATH") == "/srv/bin"
    assert session.call("read", path="here.txt") == "in the working folder"
    facts = dict(line.split(":\t", 1) for line in session.call("read", path="/proc/self/status").splitlines()
                 if ":\t" in line)
    assert facts["Uid"].split() == ["1000"] * 4 and facts["Gid"].split() == ["1000"] * 4
    assert int(facts["CapEff"], 16) == 0 and facts["NoNewPrivs"] == "1"
    assert facts["PPid"] == "1" and int(facts["SigBlk"], 16) == 0
    labels = engine.inspect("picky")["Config"]["Labels"]
    assert labels["toolhive"] == "true" and labels["toolhive-transport"] == "stdio"


def test_arguments_of_the_run_take_the_place_of_the_images_own(thv, picky):
    session = Mcp(thv.serve("picky", "--reveal", "MCP_TRANSPORT", image=picky))
    assert session.call("env", name="MCP_TRANSPORT") == "stdio"
    assert session.call("env", name="FLAVOUR") == "was not told to reveal it"


def test_the_server_can_change_nothing_of_what_is_lent_to_its_container(thv):
    session = Mcp(thv.serve("lent"))
    for path in ("/.thv/thv-init", "/.thv/socket", "/.thv/more"):
        assert session.call("write", path=path, text="x") == "cannot write"


def test_the_images_stop_signal_ends_the_server_at_once(thv, engine, picky):
    thv.serve("picky", image=picky)
    thv.run("stop", "--timeout", "30s", "picky", timeout=20)
    state = engine.inspect("picky")["State"]
    assert state["ExitCode"] == 130 and state["Status"] in ("exited", "stopped")


def test_stderr_is_the_log_and_stdout_is_not(thv):
    session = Mcp(thv.serve("logged"))
    session.call("stderr", text="for people")
    wait_until(lambda: "for people" in thv.run("logs", "logged"), "the line is in the log")
    assert "jsonrpc" not in thv.run("logs", "logged")


@pytest.mark.parametrize("path", ["auto", "attach"])
def test_a_program_that_is_not_there_or_no_program_is_told_alike(thv, engine, tmp_path, path):
    layer = str(tmp_path / "layer.tar")
    with tarfile.open(layer, "w") as tar:
        tar.add(__file__, "text")
    for name, program, words in (("missing", "/no/such", "o such file"), ("text", "/text", "ermission denied")):
        archive = str(tmp_path / f"{name}.tar")
        images.write_archive(archive, f"localhost/{name}:1", [layer], {"Entrypoint": [program]})
        engine.load(archive)
        result = thv.attempt("run", "--transport", "stdio", "--stdio", path, "--name", name, f"localhost/{name}:1")
        assert result.code != 0 and words in result.err, result


def test_through_the_engine_when_asked_to_or_when_there_is_no_init(thv, engine):
    session = Mcp(thv.serve("asked", flags=("--stdio", "attach")))
    assert session.call("echo", message="engine") == "engine"
    assert engine.inspect("asked")["Config"]["Entrypoint"] == ["/mcp_fixture"]
    lonely = os.path.join(thv.home, "thv")
    shutil.copy(thv.binary, lonely)
    thv.binary = lonely
    assert answers(thv.serve("lonely"))
    assert engine.inspect("lonely")["Config"]["Entrypoint"] == ["/mcp_fixture"]
    result = thv.attempt("run", "--transport", "stdio", "--stdio", "direct", "--name", "strict", FIXTURE)
    assert result.code != 0 and "thv-init is not installed" in result.err and "--stdio" in result.err, result
    assert "strict" not in thv.list()


def test_a_server_keeps_its_process_when_the_next_supervisor_takes_over(thv, engine):
    url = thv.serve("lasting")
    pid, instance = server_pid(engine, "lasting"), Mcp(url).call("instance")
    kill_supervisor(thv, "lasting")
    thv.run("start", "lasting")
    assert server_pid(engine, "lasting") == pid
    assert Mcp(url).call("instance") == instance
    # A restart is a new server, as it says.
    thv.run("restart", "lasting")
    assert Mcp(url).call("instance") != instance


def test_a_server_of_another_configuration_is_not_taken_over(thv):
    instance = Mcp(thv.serve("changed")).call("instance")
    kill_supervisor(thv, "changed")
    with open(thv.run_config_path("changed")) as file:
        config = json.load(file)
    config["env_vars"]["NEW"] = "1"
    with open(thv.run_config_path("changed"), "w") as file:
        json.dump(config, file)
    thv.run("start", "changed")
    assert Mcp(thv.listed("changed")["url"]).call("instance") != instance


def test_a_server_is_served_while_the_engine_is_away(thv_on_own_engine, own_engine, engine_kind):
    thv = thv_on_own_engine
    session = Mcp(thv.serve("steady"))
    instance = session.call("instance")
    own_engine.kill()
    for number in range(20):
        assert session.call("echo", message=str(number)) == str(number)
    own_engine.start()
    if engine_kind == "podman":  # docker ends all containers when it starts
        wait_until(lambda: "answers again" in proxy_log(thv, "steady"), "the supervisor has found the engine again")
        assert session.call("instance") == instance
    wait_until(lambda: answers(thv.listed("steady")["url"]), "it serves", seconds=30)


def test_sessions_go_on_under_the_next_supervisor_and_end_when_the_workload_is_stopped(thv):
    session = Mcp(thv.serve("talking"))
    kill_supervisor(thv, "talking")
    thv.run("start", "talking")
    assert session.call("echo", message="still me") == "still me"
    session.send(None, method="DELETE")
    kill_supervisor(thv, "talking")
    thv.run("start", "talking")
    with pytest.raises(McpError) as ended:
        session.call("echo", message="not me")
    assert ended.value.status == 404
    other = Mcp(thv.listed("talking")["url"])
    thv.run("restart", "talking")
    with pytest.raises(McpError) as ended:
        other.call("echo", message="not me")
    assert ended.value.status == 404


def test_a_call_that_streams_gets_its_answer_under_the_next_supervisor(thv, everything):
    thv.run("run", "--transport", "stdio", "--name", "patient", everything)
    with sdk.patient(thv.listed("patient")["url"], 8) as client:
        try:
            assert client.stdout.readline() == "step 1\n"
            kill_supervisor(thv, "patient")
            thv.run("start", "patient")
            rest = client.communicate(timeout=60)[0]
        finally:
            client.kill()
    assert client.returncode == 0 and "Long running operation completed" in rest, rest
    assert "step 1\n" not in rest and "step 16\n" in rest, rest


class Caller(threading.Thread):
    """Calls without a pause; each call ends in its answer or in an error, or `hung` is set."""

    def __init__(self, url, number):
        super().__init__(daemon=True)
        self.url, self.number = url, number
        self.answered = self.failed = self.sessions = 0
        self.wrong, self.hung, self.over = [], None, False

    def run(self):
        session = None
        while not self.over:
            try:
                if session is None:
                    session = Mcp(self.url)
                    self.sessions += 1
                text = f"{self.number}-{self.answered}-{self.failed}"
                got = session.call("echo", message=text)
                self.answered += 1
                if got != text:
                    self.wrong.append((text, got))
            except TimeoutError as error:
                self.hung = error
                return
            except McpError as error:
                self.failed += 1
                session = None if error.status == 404 else session
            except (OSError, http.client.HTTPException):
                self.failed += 1


def test_the_supervisor_is_killed_under_load_again_and_again(thv, engine):
    url = thv.serve("hunted")
    pid, instance = server_pid(engine, "hunted"), Mcp(url).call("instance")
    callers = [Caller(url, number) for number in range(4)]
    for caller in callers:
        caller.start()
    for _ in range(KILLS):
        before = [caller.answered for caller in callers]
        wait_until(lambda: all(caller.hung or caller.answered > was + 3 for caller, was in zip(callers, before)),
                   "every caller gets answers", seconds=30)
        kill_supervisor(thv, "hunted")
        thv.run("start", "hunted")
    for caller in callers:
        caller.over = True
    for caller in callers:
        caller.join(30)
        assert not caller.is_alive() and caller.hung is None, f"a call hung: {caller.hung}"
        assert caller.wrong == [] and caller.sessions == 1
    assert server_pid(engine, "hunted") == pid
    assert Mcp(url).call("instance") == instance
