# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Images that have to be pulled first."""

import fcntl
import os
import re
import struct
import termios

import pytest

from support import schemas
from support.mcp import answers
from support.registry import Registry
from support.thv import interrupt


@pytest.fixture
def registry(engine, fixture_archive):
    with Registry(fixture_archive, engine.registry_port) as registry:
        yield registry
    engine.request("DELETE", f"/images/{registry.image}?force=true")


def test_an_absent_image_is_pulled(thv, registry):
    url = thv.serve("pulled", image=registry.image)
    assert answers(url)


def test_ctrl_c_during_a_pull_ends_at_once_and_leaves_nothing(thv, engine, registry):
    registry.flowing.clear()
    child = thv.spawn("run", "--transport", "stdio", "--name", "pulled", registry.image)
    assert registry.asked.wait(30)
    result = interrupt(child, seconds=5)
    assert result.code == 130, result
    assert (thv.list(), engine.containers(), thv.left_running(), thv.run_configs()) == ({}, {}, [], [])


def test_a_registry_that_is_away_is_named(thv, engine):
    image = f"127.0.0.1:{engine.registry_port}/fixture:1"
    result = thv.attempt("run", "--transport", "stdio", "--name", "pulled", image)
    assert result.code != 0 and image in result.err, result
    assert thv.run_configs() == []


RUN = ("run", "--transport", "stdio", "--name", "pulled")
WIDTH = 80


class Watched:
    """A child whose stderr is a terminal, and what that has got."""

    def __init__(self, thv, *arguments):
        self._ours, its = os.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, WIDTH, 0, 0))
        self.child = thv.spawn(*arguments, stderr=its)
        os.close(its)
        self.text = ""

    def _read(self):
        try:
            more = os.read(self._ours, 4096).decode()
        except OSError:  # the other end is closed
            return False
        self.text += more.replace("\r\n", "\n")
        return bool(more)

    def until(self, words):
        while words not in self.text:
            assert self._read(), self.text
        return self

    def all(self):
        while self._read():
            pass
        os.close(self._ours)
        return self.text


def screen(text):
    """What a terminal shows of it: a carriage return goes back to the start of a line."""
    lines = []
    for line in text.split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part):]
        lines.append(shown.rstrip())
    return lines


def test_a_pull_is_two_lines_where_nothing_can_be_drawn(thv, registry):
    result = thv.attempt(*RUN, registry.image)
    assert result.code == 0, result
    first, second, *_ = result.err.splitlines()
    assert first == f"Pulling {registry.image}"
    assert re.fullmatch(rf"Pulled {registry.image} \((\d+\.\d MB )?in \d+(\.\d)?s\)", second), result


def test_on_a_terminal_a_line_shows_how_far_a_pull_is_and_goes_away(thv, registry):
    registry.seconds = 4
    watched = Watched(thv, *RUN, registry.image)
    text = watched.all()
    assert watched.child.wait(60) == 0, text
    drawn = [part.split("\n")[0] for part in text.split("\r") if part.startswith("Pulling")]
    assert len(drawn) >= 2 and all(len(line) < WIDTH for line in drawn), text
    assert any(re.search(r"\[=*> *\]  +\d+%  \d+\.\d of \d+\.\d MB", line) for line in drawn), text
    lines = screen(text)
    assert lines[0].startswith(f"Pulled {registry.image} (") and not any("%" in line for line in lines), lines


def test_ctrl_c_takes_the_line_off_the_terminal(thv, registry):
    registry.flowing.clear()
    watched = Watched(thv, *RUN, registry.image).until("\rPulling")
    assert interrupt(watched.child, seconds=5).code == 130, watched.text
    assert not any(line.startswith("Pulling") for line in screen(watched.all())), watched.text


def test_programs_get_an_object_on_each_line(thv, registry):
    registry.seconds = 2
    result = thv.attempt(*RUN, "--progress", "json", registry.image)
    assert result.code == 0, result
    events = [schemas.check("progress", line) for line in result.err.splitlines() if line.startswith("{")]
    assert [event["event"] for event in events][0] == "pulling" and events[-1]["event"] == "pulled", result
    assert all(event["image"] == registry.image for event in events), result
    downloading = [event for event in events if event["event"] == "downloading"]
    assert downloading and all(0 <= event["current"] <= event["total"] for event in downloading), result


def test_silence_can_be_asked_for(thv, registry):
    result = thv.attempt(*RUN, "--progress", "none", registry.image)
    assert result.code == 0 and "Pull" not in result.err, result


@pytest.mark.parametrize("command", ["apply", "group run", "update", "start", "restart"])
def test_whatever_pulls_tells_of_it(thv, engine, registry, command):
    file = os.path.join(thv.home, "one.yaml")
    if command == "apply":
        text = f"version: 1\nworkloads:\n  one: {{image: {registry.image}, transport: stdio}}\n"
        words = ("apply", "-f", file)
    elif command == "group run":
        text = f"image: {registry.image}\ntransport: stdio\nname: one\n"
        words = ("group", "run", file)
    elif command in ("start", "restart"):
        text = ""
        thv.serve("one", image=registry.image)
        thv.run("stop", "one")
        engine.request("DELETE", f"/images/{registry.image}?force=true")
        words = (command, "one")
    else:
        text = ""
        thv.serve("one")
        words = ("update", "one", "--image", registry.image)
    with open(file, "w") as out:
        out.write(text)
    result = thv.attempt(*words, "--progress", "json", timeout=120)
    assert result.code == 0, result
    events = [schemas.check("progress", line) for line in result.err.splitlines() if line.startswith("{")]
    assert [event["event"] for event in (events[0], events[-1])] == ["pulling", "pulled"], result
    assert answers(thv.listed("one")["url"])
