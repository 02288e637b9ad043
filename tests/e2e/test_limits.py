# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Each limit of docs/gateway.md, as it shows to clients: what is over it waits, or is refused with a word, and nothing is
dropped in silence."""

import contextlib
import http.client
import json
import re
import socket
import subprocess
import threading
import time
import urllib.parse

import pytest

from support.diagnostics import metrics
from support.mcp import Mcp, McpError, answers
from support.raw_mcp import EventStream
from support.waiting import wait_until

PATIENCE = 30  # seconds, on a busy machine


def limited(thv, *limits, flags=()):
    return thv.serve("limited", flags=[*flags, *(word for limit in limits for word in ("--limit", limit))])


def dial(url, host="127.0.0.1"):
    return socket.create_connection((host, urllib.parse.urlsplit(url).port), timeout=PATIENCE)


def first_bytes(url, sent):
    """What a client gets that sends this, and no more."""
    with dial(url) as client:
        client.sendall(sent)
        return client.recv(4096)


def head(*fields, method="POST"):
    return "\r\n".join([f"{method} /mcp HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()


class Call(threading.Thread):
    """A call of a tool in the background: its text, or the error that it ended with."""

    def __init__(self, session, tool, **arguments):
        super().__init__(daemon=True)
        self._session, self._tool, self._arguments = session, tool, arguments
        self.began, self.seconds, self.text, self.error = time.monotonic(), None, None, None
        self.start()

    def run(self):
        try:
            self.text = self._session.call(self._tool, **self._arguments)
        except McpError as error:
            self.error = error
        self.seconds = time.monotonic() - self.began

    def ended(self):
        self.join(PATIENCE)
        assert not self.is_alive(), f"{self._tool} neither ended nor failed"
        return self


def refused(session, tool, **arguments):
    """The status, the headers and the error of a call that is not taken."""
    message = {"jsonrpc": "2.0", "id": "more", "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    status, headers, body = session.send(message)
    return status, headers, json.loads(body)


@contextlib.contextmanager
def busy_server(thv, url, seconds=5):
    """A session whose call occupies the server until the block has ended, and longer."""
    session = Mcp(url, timeout=PATIENCE)
    call = Call(session, "sleep", ms=seconds * 1000)
    wait_until(lambda: metrics(thv, "limited")["toolhive_mcp_requests_in_flight"] == 1, "the call is at the server")
    yield session
    assert call.ended().text == f"slept {seconds * 1000} ms"


def test_headers(thv):
    url = limited(thv, "header-bytes=1k", "header-time=1s")
    assert first_bytes(url, head("X: " + "y" * 2000)).startswith(b"HTTP/1.1 431")
    assert first_bytes(url, b"POST /mcp HTTP/1.1\r\nHost: loc").startswith(b"HTTP/1.1 408")
    assert Mcp(url).call("echo", message="x") == "x"


def test_bodies(thv):
    url = limited(thv, "body-bytes=1k", "body-time=1s")
    assert first_bytes(url, head("Content-Length: 1025")).startswith(b"HTTP/1.1 413")
    assert first_bytes(url, head("Content-Length: 100") + b"{").startswith(b"HTTP/1.1 408")
    assert Mcp(url).call("echo", message="x" * 500) == "x" * 500
    with pytest.raises(McpError) as error:
        Mcp(url).call("echo", message="x" * 1000)
    assert error.value.status == 413


def test_a_body_that_trickles_in(thv):
    url = limited(thv, "body-rate=1m", "body-time=1h")
    with dial(url) as client:
        client.sendall(head("Content-Length: 8000000"))
        while not client_has_answer(client, 0.2):
            client.sendall(b"x")
        assert client.recv(100).startswith(b"HTTP/1.1 408")


def client_has_answer(client, seconds):
    client.settimeout(seconds)
    try:
        return bool(client.recv(1, socket.MSG_PEEK))
    except TimeoutError:
        return False


def test_idle_connections(thv):
    url = limited(thv, "idle-time=1s")
    with dial(url) as client:
        client.sendall(head(method="GET").replace(b"/mcp", b"/health"))
        while data := client.recv(4096):
            assert data.startswith(b"HTTP/1.1 200")
    with dial(url) as client:
        assert client.recv(1) == b""


def test_a_client_that_does_not_take_its_answer(thv):
    url = limited(thv, "stall-time=1s")
    session = Mcp(url)
    call = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                       "params": {"name": "big", "arguments": {"bytes": 30 << 20}}}).encode()
    with dial(url) as client:
        client.sendall(head("Content-Type: application/json", f"Mcp-Session-Id: {session.session}",
                            f"Content-Length: {len(call)}") + call)
        assert client.recv(100).startswith(b"HTTP/1.1 200")
        supervisor = thv.supervisor("limited")
        wait_until(lambda: open_sockets(supervisor, client) == 0, "the connection is closed", PATIENCE)
    assert session.call("echo", message="others are served") == "others are served"


def open_sockets(pid, client):
    """How many connections a process has with this client."""
    table = subprocess.run(["ss", "-Htnp", "state", "established"], capture_output=True, text=True, check=True).stdout
    place = f":{client.getsockname()[1]} "
    return sum(f"pid={pid}," in line and place in line for line in table.splitlines())


def test_a_client_that_does_not_take_its_stream(thv):
    url = limited(thv, "stream-queue=64k", "stall-time=1h")
    client = EventStream(url)
    call = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"big","arguments":{"bytes":8000000}}}'

    def ended():
        status, _ = client.post(call)
        assert status in (202, 404, 503), status
        return status == 404  # a session ends with its stream

    wait_until(ended, "the session has ended", PATIENCE)
    with pytest.raises((AssertionError, OSError, http.client.HTTPException)):
        while True:
            client.event()
    assert Mcp(url).call("echo", message="x") == "x"


@pytest.mark.parametrize("limit", ["connections=4", "connections-local=4"])
def test_connections(thv, limit):
    check_connections(limited(thv, limit), "127.0.0.1")


def test_connections_of_another_machine(thv):
    listing = subprocess.run(["ip", "-4", "-o", "address"], capture_output=True, text=True, check=True).stdout
    outer = [address for address in re.findall(r"inet ([0-9.]+)", listing) if not address.startswith("127.")]
    assert outer, "this machine has no address but loopback"
    url = limited(thv, "connections-per-peer=4", flags=["--host", "0.0.0.0", "--allowed-hosts", "mcp.example"])
    check_connections(url, outer[0])
    assert Mcp(url).call("echo", message="others are served") == "others are served"


def check_connections(url, host):
    with contextlib.ExitStack() as clients:
        for _ in range(4):
            clients.enter_context(dial(url, host))

        def told():
            with dial(url, host) as client:
                return client.recv(4096) if client_has_answer(client, 0.5) else None

        answer = wait_until(told, "a connection is refused")
        assert answer.startswith(b"HTTP/1.1 503") and b"Retry-After" in answer

    def served():
        with dial(url, host) as client:
            return not client_has_answer(client, 0.3)

    wait_until(served, "there is room again")


def test_sessions(thv):
    url = limited(thv, "sessions=2")
    first, _ = Mcp(url), Mcp(url)
    with pytest.raises(McpError) as error:
        Mcp(url)
    assert error.value.status == 503 and b"too many sessions" in error.value.body
    first.send(None, method="DELETE")
    assert Mcp(url).call("echo", message="x") == "x"


def test_calls_over_in_flight_wait(thv):
    url = limited(thv, "in-flight=1")
    calls = [Call(Mcp(url, timeout=PATIENCE), "sleep", ms=300) for _ in range(4)]
    assert [call.ended().text for call in calls] == ["slept 300 ms"] * 4
    assert max(call.began + call.seconds for call in calls) - calls[0].began >= 1.2


def test_calls_of_a_session_over_its_share_wait_and_others_do_not(thv):
    url = limited(thv, "in-flight-per-session=1")
    with busy_server(thv, url) as greedy:
        waiting = Call(greedy, "echo", message="later")
        assert Mcp(url).call("echo", message="now") == "now"
        assert waiting.is_alive()
    assert waiting.ended().text == "later"


def test_more_than_may_wait_is_told_to_come_back(thv):
    url = limited(thv, "in-flight=1", "waiting=1")
    with busy_server(thv, url):
        other = Mcp(url)
        waiting = Call(Mcp(url, timeout=PATIENCE), "echo", message="waits")
        wait_until(lambda: metrics(thv, "limited")["toolhive_mcp_requests_waiting"] == 1, "the queue is full")
        status, headers, answer = refused(other, "echo", message="x")
        assert status == 429
        assert headers["Retry-After"] and answer["id"] == "more" and answer["error"]["code"] == -32000
    assert waiting.ended().text == "waits"


def test_more_bytes_than_may_wait_are_told_to_come_back(thv):
    url = limited(thv, "in-flight=1", "waiting-bytes=4k")
    with busy_server(thv, url):
        session = Mcp(url, timeout=PATIENCE)
        status, headers, answer = refused(session, "echo", message="x" * 5000)
        assert status == 429 and headers["Retry-After"] and answer["id"] == "more"
        waiting = Call(session, "echo", message="small enough")
    assert waiting.ended().text == "small enough"


def test_a_call_without_an_answer(thv):
    url = limited(thv, "call-idle=1s")
    call = Call(Mcp(url, timeout=PATIENCE), "sleep", ms=600_000).ended()
    assert call.error.body["code"] == -32001 and 0.9 <= call.seconds < PATIENCE / 2
    wait_until(lambda: "cancelled" in thv.run("logs", "limited"), "the server was told")


def test_a_call_with_progress_but_no_end(thv):
    url = limited(thv, "call-total=2s", "call-idle=1s")
    call = Call(Mcp(url, timeout=PATIENCE), "progress", steps=100_000, _meta={"progressToken": 1}).ended()
    assert call.error.body["code"] == -32001 and call.seconds >= 1.8


@pytest.mark.parametrize("view", [(), ("--tools", "big,echo")])
def test_a_line_of_the_server(thv, view):
    url = limited(thv, "line-bytes=64k", flags=view)
    session = Mcp(url)
    assert session.call("big", bytes=60_000) == "x" * 60_000
    with pytest.raises(McpError) as error:
        session.call("big", bytes=70_000)
    assert error.value.body["code"] == -32603 and "longer than 65536 bytes" in error.value.body["message"]
    assert session.call("echo", message="and on") == "and on"


def test_processes_of_isolated_sessions(thv):
    url = limited(thv, "processes=1", flags=("--session-isolation", "per-session"))
    first = Mcp(url)
    with pytest.raises(McpError) as error:
        Mcp(url)
    assert error.value.status == 503 and "too many processes" in str(error.value)
    first.send(None, method="DELETE")
    wait_until(lambda: answers(url), "there is room again")
