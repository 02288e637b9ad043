# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The npm reference server behind the proxy, used by the official TypeScript client."""

import http.client
import json
import subprocess
import urllib.parse

import pytest

from support import sdk
from support.mcp import Mcp
from support.waiting import wait_until


def run_everything(thv, image, *flags, arguments=()):
    thv.run("run", "--name", "everything", *flags, image, *(["--", *arguments] if arguments else []))
    return thv.listed("everything")["url"]


def check(found):
    assert found["server"] == "mcp-servers/everything"
    assert "echo" in found["tools"] and len(found["tools"]) >= 8
    assert found["echo"] == "Echo: grüß dich \U0001f600"
    assert found["many"] == [f"Echo: number {number}" for number in range(50)]
    # Over SSE the SDK drops the report that arrives together with the result, also without a proxy.
    assert found["steps"] in ([1, 2, 3], [1, 2, 3, 4])
    assert "completed" in found["long"]
    assert found["resources"] > 0 and found["prompts"] > 0 and found["refusal"]


def test_a_stdio_server_for_a_streamable_http_client(thv, everything):
    url = run_everything(thv, everything, "--transport", "stdio")
    check(sdk.talk(url, "streamable-http"))
    check(sdk.talk(url, "streamable-http"))


def test_a_stdio_server_for_an_sse_client(thv, everything):
    url = run_everything(thv, everything, "--transport", "stdio", "--proxy-mode", "sse")
    check(sdk.talk(url, "sse"))


@pytest.mark.parametrize("transport, argument", [("streamable-http", "streamableHttp"), ("sse", "sse")])
def test_a_server_that_speaks_http_itself(thv, everything, transport, argument):
    url = run_everything(thv, everything, "--transport", transport, "--target-port", "3001", "--env", "PORT=3001",
                         arguments=(argument,))
    check(sdk.talk(url, transport))


@pytest.mark.parametrize("mode", ["streamable-http", "sse"])
def test_a_client_that_speaks_stdio_only(thv, everything, mode):
    run_everything(thv, everything, "--transport", "stdio", "--proxy-mode", mode)
    check(sdk.talk(thv.binary, "stdio", "proxy", "stdio", "everything", environment=thv.environment))


def test_proxy_stdio_ends_with_its_stdin(thv):
    thv.serve("fixture")
    call = {"jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}
    child = thv.spawn("proxy", "stdio", "fixture", stdin=subprocess.PIPE)
    out, err = child.communicate(json.dumps(call) + "\n", timeout=20)
    assert child.returncode == 0, err
    assert json.loads(out)["result"]["serverInfo"] and not err
    thv.run("stop", "fixture")
    assert "is not running" in thv.fail(1, "proxy", "stdio", "fixture")


def test_proxy_stdio_outlives_the_server_that_it_speaks_for(thv):
    thv.serve("fixture")
    child = thv.spawn("proxy", "stdio", "fixture", stdin=subprocess.PIPE)

    def ask(identifier, method, **params):
        child.stdin.write(json.dumps({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params}) + "\n")
        child.stdin.flush()
        return json.loads(child.stdout.readline())

    assert "result" in ask(1, "initialize", protocolVersion="2025-06-18", capabilities={})
    thv.run("stop", "fixture")
    assert "cannot connect" in ask(2, "tools/list")["error"]["message"]
    thv.run("start", "fixture")
    assert "error" in ask(3, "tools/list")  # another supervisor, which knows no sessions
    assert "result" in ask(4, "initialize", protocolVersion="2025-06-18", capabilities={})
    assert "result" in ask(5, "tools/list")
    child.stdin.close()
    assert child.wait(timeout=20) == 0


def healthy(url):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("GET", "/health")
    status = connection.getresponse().status
    connection.close()
    return status == 200


def test_sessions_outlive_a_server_that_speaks_http_itself(thv, engine, everything):
    url = run_everything(thv, everything, "--transport", "streamable-http", "--target-port", "3001", "--env",
                         "PORT=3001", arguments=("streamableHttp",))
    with Mcp(url, timeout=60) as session:
        assert session.call("echo", message="before") == "Echo: before"
        started = thv.json("status", "everything")
        engine.kill_container("everything")
        wait_until(lambda: not healthy(url), "the proxy has seen the end", pause=0.01)
        assert "echo" in session.tools()  # waits for the new server, which knows nothing of this session
        assert session.call("echo", message="after") == "Echo: after"
    assert started["url"] == url
