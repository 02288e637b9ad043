# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Other proxies over the suite's servers: context managers that give a URL."""

import contextlib
import itertools
import os
import subprocess
import tempfile

from conformance import subjects
from support import npm, pypi, upstream
from support.mcp import Mcp, McpError
from support.ports import free_port
from support.thv import Thv
from support.waiting import wait_until

HERE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "peers")
LAST_WORDS = 2000

_numbers = itertools.count(1)


def _supergateway(server, port, *flags):
    program = os.path.join(npm.installed(HERE), "node_modules/supergateway/dist/index.js")
    return [subjects.node(), program, "--stdio", " ".join(server), "--outputTransport", "streamableHttp", "--port", port,
            *flags], {}


def _mcp_proxy(server, port, *flags):
    program = os.path.join(npm.installed(HERE), "node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs")
    return [subjects.node(), program, "--port", port, "--host", "127.0.0.1", *flags, "--", *server], {}


def _mcp_proxy_python(server, port):
    packages = pypi.installed(os.path.join(HERE, "mcp_proxy.txt"))
    return [pypi.PYTHON, "-m", "mcp_proxy", "--port", port, "--host", "127.0.0.1", "--pass-environment", "--", *server], \
        {"PYTHONPATH": packages}


# name → what makes (command, environment) of the server's command and a port.
PROCESSES = {
    "supergateway stateful": lambda server, port: _supergateway(server, port, "--stateful"),
    "supergateway stateless": _supergateway,
    "mcp-proxy (npm)": _mcp_proxy,
    "mcp-proxy (npm), auto": lambda server, port: _mcp_proxy(server, port, "--upstreamProtocol", "auto"),
    "mcp-proxy (PyPI)": _mcp_proxy_python,
}


@contextlib.contextmanager
def started(name, server):
    """(URL, Popen) of the proxy of that name over a server's command line, both processes of this machine."""
    port = free_port()
    command, environment = PROCESSES[name](server, str(port))
    url = f"http://localhost:{port}/mcp"
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile("w+") as log:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                 env={**os.environ, **environment, "HOME": home})
        try:
            wait_until(lambda: child.poll() is not None or subjects.serves(url), f"{name} serves {url}", 60)
            if child.returncode is not None:
                log.seek(0)
                raise AssertionError(f"{name} ended with {child.returncode}: {log.read()[-LAST_WORDS:]}")
            yield url, child
        finally:
            subjects.end(child)


@contextlib.contextmanager
def process(name, server):
    """The proxy of that name over one of the suite's servers."""
    with started(name, subjects.command(server)) as (url, _):
        yield url


def _initializes(url):
    try:
        with Mcp(url, timeout=5.0):
            return True
    except (OSError, McpError):
        return False


@contextlib.contextmanager
def toolhive(engine, server):
    """ToolHive's own proxy over one of the suite's servers in a container."""
    with contextlib.closing(Thv(engine, binary=upstream.binary())) as thv:
        name = f"{server}-{next(_numbers)}"
        thv.run("run", "--transport", "stdio", "--isolate-network=false", "--name", name, subjects.IMAGE, "--", server)
        url = wait_until(lambda: thv.list().get(name, {}).get("url"), "it is listed", 60)
        url = url.replace("127.0.0.1", "localhost").split("#")[0]
        if server == "legacy":  # the other one must not be asked: its first message decides which revisions it serves
            wait_until(lambda: _initializes(url), "it answers", 60)
        else:
            wait_until(lambda: engine.containers().get(name, {}).get("State") == "running", "it runs", 60)
        yield url
