# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The suite's servers, alone and behind thv: context managers that give a URL."""

import itertools
import os
import subprocess
import tarfile
import tempfile
import urllib.error
import urllib.request
from contextlib import contextmanager

from support import images, npm, processes
from support.ports import free_port
from support.waiting import wait_until

HERE = os.path.dirname(os.path.realpath(__file__))
IMAGE = "localhost/thv-conformance:1"
PORT_INSIDE = "3000"
SERVERS = ("legacy", "dual")

# How a server is reached → flags of `thv run`, and whether the server speaks HTTP itself. "own-http" is without thv: what
# the server passes there is what it must pass elsewhere.
WAYS = {
    "own-http": None,
    "thv-stdio": ((), False),
    "thv-stdio-per-session": (("--session-isolation", "per-session"), False),
    "thv-http": ((), True),
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
def behind(thv, server, flags=(), speaks_http=False):
    """A server of the suite in a container of thv's. `thv`: support.thv.Thv on an engine that has the image."""
    name = f"{server}-{next(_numbers)}"
    transport = ["--transport", "streamable-http", "--target-port", PORT_INSIDE] if speaks_http \
        else ["--transport", "stdio"]
    thv.run("run", "--name", name, *transport, *flags, IMAGE, "--", server,
            *(["--http", PORT_INSIDE] if speaks_http else []))
    try:
        url = thv.listed(name)["url"]
        yield url.replace("127.0.0.1", "localhost")  # the suite knows a local server by that name
    finally:
        thv.run("rm", "--force", name)


@contextmanager
def reached(server, way, thv=None, flags=()):
    """The URL of a server, reached in one of the WAYS."""
    if WAYS[way] is None:
        with own_http(server) as url:
            yield url
        return
    own_flags, speaks_http = WAYS[way]
    with behind(thv, server, (*own_flags, *flags), speaks_http) as url:
        yield url
