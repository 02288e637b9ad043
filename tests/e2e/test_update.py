# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Changing how a workload runs, on a container engine."""

import json
import socket
import threading
import time

import pytest

from support import processes
from support.images import FIXTURE
from support.mcp import answers
from support.waiting import wait_until


def config(thv, name):
    with open(thv.run_config_path(name)) as file:
        return json.load(file)


class Watcher(threading.Thread):
    """Asks a server again and again, and keeps for how long nobody answered."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url, self.longest, self.over = url, 0.0, threading.Event()

    def run(self):
        answered = time.monotonic()
        while not self.over.is_set():
            if answers(self.url):
                self.longest = max(self.longest, time.monotonic() - answered)
                answered = time.monotonic()
            time.sleep(0.01)

    def stop(self):
        self.over.set()
        self.join()
        return self.longest


def test_an_update_keeps_the_url_and_what_the_flags_do_not_say(thv, engine):
    url = thv.serve("fresh", flags=("-e", "KEEP=1", "-e", "B=1", "--memory", "64m"))
    assert thv.run("update", "fresh", "-e", "B=2", timeout=60).strip() == url
    assert answers(url)
    assert config(thv, "fresh")["env_vars"]["B"] == "2"
    environment = engine.inspect("fresh")["Config"]["Env"]
    assert {"KEEP=1", "B=2"} <= set(environment)
    assert list(engine.containers()) == ["fresh"] and thv.run_configs() == ["fresh"]
    assert thv.files_of("fresh-next") == []


def test_each_part_of_a_container_can_be_changed_by_itself_and_taken_away_again(thv, engine, tmp_path):
    docs, data = tmp_path / "docs", tmp_path / "data"
    docs.mkdir(), data.mkdir()
    thv.serve("parts", flags=("-v", f"{data}:/data", "-l", "team=maps", "-e", "A=1"))
    thv.run("update", "parts", "-v", f"{docs}:/docs:ro", "--volume-rm", "/data", "-l", "tier=2", "--label-rm", "team",
            "--env-rm", "A", "--read-only", "--tmpfs", "/scratch:size=1m", "-u", "1000:1000", timeout=60)
    found = engine.inspect("parts")
    assert [(mount["Source"], mount["Destination"], mount["RW"]) for mount in found["Mounts"]
            if mount["Type"] == "bind" and mount["Destination"] in ("/docs", "/data")] == [(str(docs), "/docs", False)]
    assert found["Config"]["Labels"]["tier"] == "2" and "team" not in found["Config"]["Labels"]
    assert not [word for word in found["Config"]["Env"] if word.startswith("A=")]
    assert found["HostConfig"]["ReadonlyRootfs"] is True and found["Config"]["User"] == "1000:1000"
    assert "/scratch" in found["HostConfig"]["Tmpfs"]
    assert config(thv, "parts")["permission_profile"]["read"] == [f"{docs}:/docs"]
    thv.run("update", "parts", "--read-only=false", "-e", "A=2", timeout=60)
    found = engine.inspect("parts")
    assert found["HostConfig"]["ReadonlyRootfs"] is False and "A=2" in found["Config"]["Env"]
    error = thv.attempt("update", "parts", "--volume-rm", "/data")
    assert error.code == 2 and "--volume-rm: 'parts' has no '/data'" in error.err


def test_an_update_can_move_a_workload_to_another_port(thv, engine):
    old = thv.serve("moving")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = thv.run("update", "moving", "--proxy-port", str(port), timeout=60).strip()
    assert url == f"http://127.0.0.1:{port}/mcp" and answers(url) and not answers(old)
    assert thv.listed("moving")["url"] == url


def test_the_old_server_goes_on_when_the_new_one_does_not_answer(thv, engine):
    url = thv.serve("steady")
    before, container, supervisor = config(thv, "steady"), engine.inspect("steady")["Id"], thv.supervisor("steady")
    watcher = Watcher(url)
    watcher.start()
    result = thv.attempt("update", "steady", "--from-config", "-", timeout=90,
                         input=json.dumps({**before, "cmd_args": ["--no-such-flag"]}))
    silent = watcher.stop()
    assert result.code not in (0, 2), result
    assert "was not updated" in result.err and "is as it was" in result.err
    assert silent < 2, f"nobody answered for {silent:.1f} s"
    assert config(thv, "steady") == before
    assert (engine.inspect("steady")["Id"], thv.supervisor("steady")) == (container, supervisor)
    assert list(engine.containers()) == ["steady"] and thv.run_configs() == ["steady"]


def test_an_image_that_is_not_there_changes_nothing(thv, engine):
    url = thv.serve("pictured")
    error = thv.attempt("update", "pictured", "--image", "localhost/not/there:1", timeout=60)
    assert error.code != 0 and "localhost/not/there:1" in error.err
    assert answers(url) and config(thv, "pictured")["image"] == FIXTURE


def test_a_stopped_workload_is_changed_and_stays_stopped(thv, engine):
    thv.serve("resting")
    thv.run("stop", "resting")
    assert thv.run("update", "resting", "-e", "A=1").strip() == "resting"
    assert thv.status("resting") == "stopped"
    thv.run("start", "resting")
    assert "A=1" in engine.inspect("resting")["Config"]["Env"]


def test_an_update_that_is_killed_leaves_the_old_server_and_can_be_repeated(thv, engine):
    url = thv.serve("struck")
    child = thv.spawn("update", "struck", "-e", "A=1")
    wait_until(lambda: "struck-next" in thv.run_configs(), "the new server is being tried out", seconds=30, pause=0.005)
    processes.kill(child.pid)
    child.communicate()
    assert answers(url)
    thv.run("update", "struck", "-e", "A=2", timeout=60)
    assert answers(url) and "A=2" in engine.inspect("struck")["Config"]["Env"]
    assert list(engine.containers()) == ["struck"] and thv.run_configs() == ["struck"]


def test_a_workload_that_happens_to_have_the_name_of_the_trial_is_left_alone(thv):
    url, other = thv.serve("twin"), thv.serve("twin-next")
    result = thv.attempt("update", "twin", "-e", "A=1", timeout=60)
    assert result.code == 1 and "twin-next" in result.err
    assert answers(url) and answers(other)


def test_what_does_not_exist_is_not_updated(thv):
    thv.fail(5, "update", "nobody", "--image", FIXTURE)
    assert thv.run_configs() == []


@pytest.mark.parametrize("transport", ["streamable-http", "sse"])
def test_a_server_that_speaks_http_is_updated_too(thv, engine, transport):
    url = thv.run("run", "--transport", transport, "--name", "web", FIXTURE).strip()
    assert thv.run("update", "web", "-e", "A=1", timeout=60).strip() == url
    assert "A=1" in engine.inspect("web")["Config"]["Env"]


def test_the_old_server_comes_back_when_the_new_one_cannot_take_its_place(thv, engine):
    url = thv.serve("back")
    before = config(thv, "back")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = thv.attempt("update", "back", "--from-config", "-", timeout=90,
                             input=json.dumps({**before, "publish": [f"{port}:9999"]}))
    assert result.code != 0 and "was not updated" in result.err and "runs again as it did" in result.err, result
    assert answers(url) and config(thv, "back") == before
    assert list(engine.containers()) == ["back"] and thv.run_configs() == ["back"]
