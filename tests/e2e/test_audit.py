# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What is written down and counted of calls."""

import collections
import json
import os
import signal
import socket
import threading
import urllib.parse

import pytest

from support.diagnostics import Control, get, metrics, port_of, samples
from support.images import FIXTURE
from support.mcp import Mcp, McpError
from support.waiting import wait_until

SECRET = "hush-4711"


def log_of(thv, name):
    return os.path.join(thv.data, "logs", f"{name}.audit.jsonl")


def lines_of(thv, name):
    try:
        with open(log_of(thv, name)) as file:
            return [json.loads(line) for line in file]
    except FileNotFoundError:
        return []


def calls_of(thv, name, count):
    """The lines about calls of tools, once there are so many; and no more than that."""
    def calls():
        return [line for line in lines_of(thv, name) if line.get("method") == "tools/call"]
    wait_until(lambda: len(calls()) >= count, f"{count} calls are written down")
    found = calls()
    assert len(found) == count, found
    return found


def tally(lines):
    return collections.Counter((line.get("name"), line["outcome"]) for line in lines)


def attempt(session, tool, **arguments):
    try:
        session.call(tool, **arguments)
    except McpError:
        pass


def walk_away(url, session, tool, **arguments):
    """Calls a tool and does not wait for the answer."""
    parts = urllib.parse.urlsplit(url)
    body = json.dumps({"jsonrpc": "2.0", "id": "away", "method": "tools/call",
                       "params": {"name": tool, "arguments": arguments}})
    with socket.create_connection((parts.hostname, parts.port)) as client:
        client.sendall((f"POST {parts.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        f"Accept: application/json, text/event-stream\r\nMcp-Session-Id: {session}\r\n"
                        f"Content-Length: {len(body)}\r\n\r\n{body}").encode())


def expected_metrics(lines):
    """What the metrics must be for the calls that are written down."""
    return {f'toolhive_mcp_requests_total{{method="tools/call",outcome="{outcome}"}}': count
            for outcome, count in collections.Counter(line["outcome"] for line in lines).items()}


def run(thv, name, kind, *flags):
    transport = kind if kind in ("streamable-http", "sse") else "stdio"
    isolation = ["--session-isolation", "per-session"] if kind == "per-session" else []
    thv.run("run", "--transport", transport, "--name", name, "--enable-audit", *isolation, *flags, FIXTURE)
    return thv.listed(name)["url"]


@pytest.mark.parametrize("kind", ["stdio", "per-session", "streamable-http", "remote"])
def test_every_call_of_a_burst_has_exactly_one_true_line(thv, kind):
    if kind == "remote":
        behind = thv.serve("behind")
        thv.run("run", "--name", "busy", "--enable-audit", behind)
        url = thv.listed("busy")["url"]
    else:
        url = run(thv, "busy", kind)

    def client():
        with Mcp(url) as session:
            for _ in range(20):
                session.call("echo", message=SECRET)
                attempt(session, "env", name=SECRET)
                attempt(session, "no-such-tool", message=SECRET)

    threads = [threading.Thread(target=client) for _ in range(5)]
    for thread in threads:
        thread.start()
    with Mcp(url) as session:
        walk_away(url, session.session, "sleep", ms=2000)
        wait_until(lambda: any(line["outcome"] == "abandoned" for line in lines_of(thv, "busy")), "it is given up")
        for thread in threads:
            thread.join()
    lines = calls_of(thv, "busy", 301)
    assert tally(lines) == {("echo", "success"): 100, ("env", "tool_error"): 100, ("no-such-tool", "error"): 100,
                            ("sleep", "abandoned"): 1}
    assert {line["code"] for line in lines if line["outcome"] == "error"} == {-32602}
    assert len({line["session"] for line in lines}) == 6
    with open(log_of(thv, "busy")) as file:
        text = file.read()
    assert SECRET not in text and session.session not in text
    assert os.stat(log_of(thv, "busy")).st_mode & 0o777 == 0o600
    # What a client does not wait for any more is still the server's to do.
    wait_until(lambda: metrics(thv, "busy")["toolhive_mcp_requests_in_flight"] == 0, "all is done")
    seen = metrics(thv, "busy")
    assert {name: seen.get(name) for name in expected_metrics(lines)} == expected_metrics(lines)
    assert seen['toolhive_mcp_tool_calls_total{tool="echo",outcome="success"}'] == 100
    assert 'no-such-tool' not in "".join(seen)
    assert seen["toolhive_mcp_server_up"] == 1
    assert seen["toolhive_proxy_audit_lines_lost_total"] == 0


@pytest.mark.parametrize("kind", ["stdio", "sse"])
def test_calls_over_http_with_sse_have_their_lines(thv, kind):
    run(thv, "old", kind, *(["--proxy-mode", "sse"] if kind == "stdio" else []))
    assert thv.run("mcp", "call", "old", "echo", f"message={SECRET}") == f"{SECRET}\n"
    thv.fail(1, "mcp", "call", "old", "env", "name=NONE")
    lines = calls_of(thv, "old", 2)
    assert tally(lines) == {("echo", "success"): 1, ("env", "tool_error"): 1}
    assert {line["method"] for line in lines_of(thv, "old")} >= {"initialize", "tools/call"}


def test_calls_of_a_killed_server_have_failed_and_health_says_so(thv):
    url = run(thv, "mortal", "stdio", "--stdio", "attach")
    with Mcp(url) as session:
        instance = session.call("instance")
        waiting = threading.Thread(target=attempt, args=(session, "sleep"), kwargs={"ms": 60000})
        waiting.start()
        wait_until(lambda: metrics(thv, "mortal")["toolhive_mcp_requests_in_flight"] == 1, "the call has arrived")
        assert get(Control(thv, "mortal"), "/health")[0] == 200
        attempt(session, "crash")
        waiting.join()
        seen = []

        def well_again():
            status, text = get(Control(thv, "mortal"), "/health")
            assert (status == 200) == json.loads(text)["mcp"]["available"]
            up = metrics(thv, "mortal")["toolhive_mcp_server_up"]
            seen.append((status, up))
            return status == 200

        wait_until(well_again, "the server is back", seconds=30, pause=0.001)
        assert (503, 0) in seen
        assert session.call("instance") != instance
    lines = calls_of(thv, "mortal", 4)
    assert tally(lines) == {("instance", "success"): 2, ("sleep", "failed"): 1, ("crash", "failed"): 1}
    assert metrics(thv, "mortal")["toolhive_mcp_server_restarts_total"] == 1


def test_what_the_gate_turns_away_is_written_down(thv, tmp_path):
    token = tmp_path / "token"
    token.write_text("secret-token-0123456789\n")
    token.chmod(0o600)
    url = run(thv, "gated", "stdio", "--bearer-token-file", str(token))
    with pytest.raises(McpError):
        Mcp(url, headers={"Authorization": "Bearer another-token-0123456789"})
    with Mcp(url, headers={"Authorization": "Bearer secret-token-0123456789"}) as session:
        session.call("echo", message="x")
        walk_away(url, session.session, "echo")  # without a token
        own = session._headers["Mcp-Session-Id"]
        session._headers["Mcp-Session-Id"] = "invented"
        attempt(session, "echo")
        session._headers["Mcp-Session-Id"] = own
    wait_until(lambda: len([line for line in lines_of(thv, "gated") if line["outcome"] == "refused"]) == 3,
               "all refusals are written down")
    refused = [line for line in lines_of(thv, "gated") if line["outcome"] == "refused"]
    assert sorted((line["status"], line["method"]) for line in refused) == [
        (401, "initialize"), (401, "tools/call"), (404, "tools/call")]
    assert [line.get("subject") for line in refused if line["status"] == 404] == ["bearer-token"]
    with open(log_of(thv, "gated")) as file:
        assert "token-0123456789" not in file.read()
    seen = metrics(thv, "gated")
    assert seen['toolhive_proxy_refused_requests_total{status="401"}'] == 2
    assert seen['toolhive_proxy_refused_requests_total{status="404"}'] == 1


def test_the_log_may_be_moved_away_and_survives_restarts(thv):
    url = run(thv, "rotated", "stdio")
    with Mcp(url) as session:
        session.call("echo", message="x")
        calls_of(thv, "rotated", 1)
        os.rename(log_of(thv, "rotated"), log_of(thv, "rotated") + ".1")
        session.call("echo", message="x")
        calls_of(thv, "rotated", 1)
    thv.run("restart", "rotated")
    with Mcp(thv.listed("rotated")["url"]) as session:
        session.call("echo", message="x")
    calls_of(thv, "rotated", 2)
    thv.run("rm", "rotated")
    calls_of(thv, "rotated", 2)


def test_metrics_have_a_port_of_their_own(thv):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        error = thv.fail(1, "run", "--transport", "stdio", "--name", "seen", "--metrics-port", str(port), FIXTURE)
        assert "--metrics-port" in error and str(port) in error
        assert thv.list() == {}
    url = thv.serve("seen", flags=("--metrics-port", str(port)))
    with Mcp(url) as session:
        session.call("echo", message="x")
    status, text = get(port_of(port), "/metrics")
    assert status == 200
    assert samples(text)['toolhive_mcp_requests_total{method="tools/call",outcome="success"}'] == 1
    assert get(port_of(port), "/health")[0] == 200
    assert get(port_of(port), "/mcp")[0] == 404
    assert not os.path.exists(log_of(thv, "seen"))
    os.kill(thv.supervisor("seen"), signal.SIGKILL)
    wait_until(lambda: thv.supervisor("seen") is None, "the supervisor is gone")
    thv.run("start", "seen")
    assert get(port_of(port), "/health")[0] == 200


def test_an_audit_config_says_where_and_what(thv, tmp_path):
    config = tmp_path / "audit.json"
    config.write_text(json.dumps({"component": "weather", "logFile": "calls.jsonl", "eventTypes": ["mcp_tool_call"]}))
    thv.run("run", "--transport", "stdio", "--name", "chosen", "--audit-config", str(config), FIXTURE,
            cwd=str(tmp_path))
    with Mcp(thv.listed("chosen")["url"]) as session:
        session.tools()
        session.call("echo", message="x")
    path = tmp_path / "calls.jsonl"
    wait_until(lambda: path.exists() and path.read_text().endswith("\n"), "the call is written down")
    line, = [json.loads(text) for text in path.read_text().splitlines()]
    assert line["component"] == "weather" and line["method"] == "tools/call"
    config.write_text(json.dumps({"includeRequestData": True}))
    error = thv.fail(1, "run", "--transport", "stdio", "--name", "curious", "--audit-config", str(config), FIXTURE)
    assert "includeRequestData" in error
