# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Engines that are not there, may not be used, or come and go."""

import os
import shutil
import socket
import subprocess
import threading

import pytest

from support.images import FIXTURE
from support.mcp import answers
from support.thv import Thv
from support.waiting import wait_until

RUN = ("run", "--transport", "stdio", "--name", "x", FIXTURE)


@pytest.fixture
def engineless(engine_kind):
    user = Thv()
    user.environment[f"TOOLHIVE_{engine_kind.upper()}_SOCKET"] = os.path.join(user.home, "no.sock")
    yield user
    user.close()


def test_without_an_engine_run_says_so_and_leaves_nothing(engineless):
    error = engineless.fail(6, *RUN, timeout=30)
    assert "no.sock" in error
    assert engineless.run_configs() == []


@pytest.mark.parametrize("command", [("--help",), ("version",), ("run", "--help"), ("group", "list")], ids=" ".join)
def test_what_needs_no_engine_works_without_one(engineless, command):
    assert engineless.run(*command, timeout=10).strip()


def test_a_socket_that_nobody_may_use_is_told_from_one_that_is_not_there(engine, engine_kind):
    stranger = Thv(engine)
    try:
        os.chmod(engine.socket, 0o600)
        subprocess.run(["chown", "-R", "nobody", stranger.home], check=True)
        os.chmod(engine.folder, 0o755)
        binary = shutil.copy(stranger.binary, os.path.join(stranger.home, "thv"))
        os.chmod(binary, 0o755)
        stranger.binary = binary
        for command in (RUN, ("runtime", "check")):
            result = stranger.attempt(*command, user="nobody", timeout=30)
            assert result.code in (4, 6), result
            assert "ermission" in result.err + result.out, result
    finally:
        stranger.engine = None
        stranger.close()


class Mute:
    """A socket that takes connections and never says a word."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.taken = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self):
        try:
            while True:
                self.taken.append(self.listener.accept()[0])
        except OSError:
            pass

    def close(self):
        self.listener.close()
        for connection in self.taken:
            connection.close()


def test_an_engine_that_never_answers_is_given_up_on(engineless):
    mute = Mute(os.path.join(engineless.home, "no.sock"))
    result = engineless.attempt(*RUN, timeout=60)
    mute.close()
    assert result.code in (6, 124) and "no.sock" in result.err, result


def test_workloads_survive_the_death_and_return_of_the_engine(thv_on_own_engine, own_engine):
    thv, urls = thv_on_own_engine, []
    for number in range(2):
        urls.append(thv.serve(f"lasting-{number}"))
    own_engine.kill()
    result = thv.attempt("ls", "--all", timeout=30)
    assert result.code in (0, 6), result
    own_engine.start()
    wait_until(lambda: all(answers(url) for url in urls), "both servers answer again", seconds=60, pause=0.2)
    wait_until(lambda: thv.status("lasting-0") == "running", "the list says so, too")
    assert thv.run("rm", "--all", timeout=60).split() == ["lasting-0", "lasting-1"]
    assert own_engine.containers() == {}
    assert thv.left_running() == []


def test_stop_and_rm_while_the_engine_is_away_never_lie(thv_on_own_engine, own_engine):
    thv = thv_on_own_engine
    thv.serve("held")
    own_engine.kill()
    stopped = thv.attempt("stop", "held", timeout=60)
    removed = thv.attempt("rm", "held", timeout=60)
    own_engine.start()
    if removed.code != 0:
        assert removed.err.strip(), stopped
        assert thv.run_configs() == ["held"]
        thv.run("rm", "held", timeout=60)
    wait_until(lambda: own_engine.containers() == {}, "no container is left", seconds=20)
    assert thv.left_running() == [] and thv.files_of("held") == []


def test_a_container_removed_behind_our_back_comes_back(thv, engine):
    url = thv.serve("robbed")
    engine.remove("robbed")
    wait_until(lambda: answers(url) or thv.status("robbed") == "error", "it is back, or said to be gone", seconds=30)
    thv.run("rm", "robbed")
    assert engine.containers() == {}


def test_a_container_stopped_behind_our_back_comes_back(thv, engine):
    url = thv.serve("paused")
    engine.kill_container("paused")
    wait_until(lambda: answers(url), "it serves again", seconds=30)
    assert thv.status("paused") == "running"


def test_a_container_that_the_engine_itself_has_lost_hides_no_other_and_can_be_started_and_removed(thv_on_own_engine,
                                                                                                   own_engine):
    thv = thv_on_own_engine
    kept = thv.serve("kept")
    lost = thv.serve("lost")
    for command in ("start", "rm"):
        thv.run("stop", "lost")
        own_engine.lose("lost")
        wait_until(lambda: answers(kept), "the other one serves again", seconds=60)
        assert set(thv.list()) == {"kept", "lost"}
        thv.run(command, "lost", timeout=60)
        wait_until(lambda: answers(lost) == (command == "start"), "start and rm did what they said", seconds=30)
    assert thv.run_configs() == ["kept"] and thv.files_of("lost") == []
    assert set(own_engine.containers()) == {"kept"}
