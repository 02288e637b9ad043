# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The proxies under comparison, each over the same server: context managers that give a Running."""

import contextlib
import itertools
import subprocess
from dataclasses import dataclass
from typing import Callable

from conformance import peers, subjects
from support import images, processes, upstream
from support.mcp import answers
from support.ports import free_port
from support.thv import Thv
from support.waiting import wait_until

OURS = "thv, direct"
_numbers = itertools.count(1)


@dataclass
class Running:
    """A proxy that answers."""

    url: str
    pid: int  # of the proxy itself
    pids: Callable  # of everything that it needs more of when it has more clients


class Bench:
    """The programs, and an engine with the server's image."""

    def __init__(self, engine, thv, fixture, client):
        self.engine, self.thv, self.fixture, self.client = engine, thv, fixture, client

    def measure(self, *words, timeout=300):
        """What the client program prints, as text; an AssertionError with its complaint when it fails."""
        result = subprocess.run([self.client, *map(str, words)], capture_output=True, text=True, timeout=timeout,
                                check=False)
        assert result.returncode == 0, f"{' '.join(map(str, words))}: {result.stderr.strip()}"
        return result.stdout


def _numeric(url):
    """Without a name to look up."""
    return url.split("#")[0].replace("localhost", "127.0.0.1")


@contextlib.contextmanager
def _contained(bench, binary, *flags):
    """A workload of thv's or of ToolHive's."""
    with contextlib.closing(Thv(bench.engine, binary=binary)) as thv:
        name = f"bench-{next(_numbers)}"
        thv.run("run", "--transport", "stdio", *flags, "--name", name, images.FIXTURE)
        url = wait_until(lambda: thv.list().get(name, {}).get("url"), "it is listed", 60)
        wait_until(lambda: answers(_numeric(url)), "it answers", 60)
        pid, = [pid for pid in thv.processes() if "start" in processes.arguments(pid)]
        yield Running(_numeric(url), pid, lambda: [pid])


@contextlib.contextmanager
def _process(bench, name):
    with peers.started(name, [bench.fixture]) as (url, child):
        wait_until(lambda: answers(_numeric(url), 10), f"{name} answers", 60)
        # Some start processes for sessions, so those count; that of a shared server is in every figure alike.
        yield Running(_numeric(url), child.pid, lambda: processes.of_session(child.pid))


def _peer(name):
    return lambda bench: _process(bench, name)


# name → what starts it.
PROXIES = {
    OURS: lambda bench: _contained(bench, bench.thv, "--stdio", "direct"),
    "thv, attach": lambda bench: _contained(bench, bench.thv, "--stdio", "attach"),
    "ToolHive": lambda bench: _contained(bench, upstream.binary(), "--isolate-network=false"),
    "supergateway": _peer("supergateway stateful"),
    "mcp-proxy (npm)": _peer("mcp-proxy (npm)"),
    "mcp-proxy (PyPI)": _peer("mcp-proxy (PyPI)"),
}


# What lies under them, each measured with so many calls in flight for some time.

def pipes(bench, in_flight, seconds):
    return bench.measure("pipes", "each", in_flight, seconds, bench.fixture)


def _attach_stream(bench, writing, in_flight, seconds):
    name = f"floor-{next(_numbers)}"
    bench.engine.create(name, images.FIXTURE)  # it goes with the engine
    return bench.measure("attach", writing, in_flight, seconds, bench.engine.socket, name)


def own_http(bench, in_flight, seconds):
    port = free_port()
    url = f"http://127.0.0.1:{port}/mcp"
    child = subprocess.Popen([bench.fixture, "--http", str(port)], stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_until(lambda: answers(url), "the server answers")
        return bench.measure("steady", url, in_flight, seconds)
    finally:
        subjects.end(child)


ATTACH_STREAM = "the engine's attach stream"
FLOORS = {
    ATTACH_STREAM: lambda bench, *much: _attach_stream(bench, "each", *much),
    "the same, calls that are due in one write": lambda bench, *much: _attach_stream(bench, "together", *much),
    "the server's pipes": pipes,
    "the server's own HTTP": own_http,
}
