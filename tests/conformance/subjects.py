# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The suite's servers, alone and behind thv: context managers that give a URL."""

import contextlib
import itertools
import os
import subprocess
import tarfile
import tempfile
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass

from support import images, npm, processes
from support.ports import free_port
from support.waiting import wait_until

HERE = os.path.dirname(os.path.realpath(__file__))
IMAGE = "localhost/thv-conformance:1"
PORT_INSIDE = "3000"
SERVERS = ("legacy", "dual")


@dataclass(frozen=True)
class Way:
    """How thv is put before a server."""

    flags: tuple = ()
    place: str = "stdio"  # or "http": it speaks HTTP in its container; "remote": it runs elsewhere


# A way's name → the Way. None is without thv: what the server passes there is what it must pass elsewhere.
WAYS = {
    "own-http": None,
    "thv-stdio": Way(),
    "thv-stdio-attach": Way(("--stdio", "attach")),
    "thv-stdio-per-session": Way(("--session-isolation", "per-session")),
    "thv-http": Way(place="http"),
    "thv-remote": Way(place="remote"),
}

_numbers = itertools.count(1)


def tools():
    """Where the suite, the clients and node are installed."""
    return npm.installed(os.path.join(HERE, "tools"))


def node():
    return npm.node(tools())


def _servers():
    install = npm.installed(os.path.join(HERE, "servers"))
    return install, npm.staged(os.path.join(HERE, "servers"), install)


def _add_empty(tar, folder, mode):
    entry = tarfile.TarInfo(folder)
    entry.type, entry.mode = tarfile.DIRTYPE, mode
    tar.addfile(entry)


def load_image(engine):
    """Makes the image of both servers (no distribution, no shell) and loads it."""
    install, programs = _servers()
    with tempfile.TemporaryDirectory() as folder:
        layer = os.path.join(folder, "layer.tar")
        with tarfile.open(layer, "w") as tar:
            _add_empty(tar, "tmp", 0o1777)
            images.add_node(tar, node())
            tar.add(os.path.join(install, "node_modules"), "app/node_modules")
            tar.add(programs, "app/servers")
        archive = os.path.join(folder, "archive.tar")
        images.write_archive(archive, IMAGE, [layer], {
            "Entrypoint": ["/usr/bin/node", "/app/servers/serve.mjs"], "WorkingDir": "/app", "Env": ["PATH=/usr/bin"]})
        engine.load(archive)


def command(server):
    """The command line of a server on this machine; over stdio."""
    return [node(), os.path.join(_servers()[1], "serve.mjs"), server]


def built():
    """The program that a test run or the newest kind of build has, or None."""
    builds = [os.path.join(HERE, "../../build", build, "bin/thv") for build in ("release", "dev", "ci")]
    return os.environ.get("THV_BIN") or next((path for path in builds if os.path.exists(path)), None)


def end(child):
    """Kills a process that leads a session, and what it has started."""
    processes.kill_all(lambda: processes.of_session(child.pid))
    child.wait()


def serves(url):
    """Whether anything there speaks HTTP."""
    try:
        urllib.request.urlopen(url, timeout=2)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@contextmanager
def own_http(server):
    """A server of the suite that speaks HTTP itself, as a process of this machine."""
    port = free_port()
    url = f"http://localhost:{port}/mcp"
    with tempfile.TemporaryFile("w+") as log:
        child = subprocess.Popen([*command(server), "--http", str(port)], stdin=subprocess.DEVNULL, stdout=log,
                                 stderr=log, start_new_session=True)
        try:
            wait_until(lambda: child.poll() is not None or serves(url), f"{server} listens on port {port}")
            if child.returncode is not None:
                log.seek(0)
                raise AssertionError(f"the server {server} ended with {child.returncode}: {log.read()}")
            yield url
        finally:
            end(child)


@contextmanager
def _run(thv, server, *arguments):
    """A workload of thv's, while it is needed."""
    name = f"{server}-{next(_numbers)}"
    thv.run("run", "--name", name, *arguments)
    try:
        url = thv.listed(name)["url"]
        yield url.replace("127.0.0.1", "localhost")  # the suite knows a local server by that name
    finally:
        thv.run("rm", "--force", name)


def _arguments(server, way, remote_url):
    """Those of `thv run`."""
    if way.place == "remote":
        return *way.flags, remote_url
    if way.place == "http":
        return ("--transport", "streamable-http", "--target-port", PORT_INSIDE, *way.flags, IMAGE, "--", server, "--http",
                PORT_INSIDE)
    return "--transport", "stdio", *way.flags, IMAGE, "--", server


@contextmanager
def reached(server, way, thv=None, flags=()):
    """The URL of a server, reached in one of the WAYS. `thv`: support.thv.Thv on an engine that has the image."""
    how = WAYS[way]
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(own_http(server)) if how is None or how.place == "remote" else None
        if how is not None:
            url = stack.enter_context(_run(thv, server, *flags, *_arguments(server, how, url)))
        yield url
