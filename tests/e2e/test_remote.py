# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Servers that run elsewhere: the npm reference server over HTTP and HTTPS, killed and started again. No engine is
needed for any of this, and none is there."""

import http.client
import http.server
import json
import os
import signal
import threading

import pytest

from support import processes, remote_server, sdk, traces
from support.mcp import Mcp, McpError
from support.thv import Thv
from support.waiting import wait_until
from test_clients import check

SECRET = "s3cr3t-t0ken"


@pytest.fixture
def thv(tmp_path):
    """A user of a machine without any container engine."""
    tools = tmp_path / "bin"
    tools.mkdir()
    user = Thv()
    user.environment |= {"PATH": str(tools), "DOCKER_HOST": "unix:///nowhere/docker.sock",
                         "TOOLHIVE_DOCKER_SOCKET": "/nowhere/docker.sock", "TOOLHIVE_HEALTH_CHECK_INTERVAL": "300ms"}
    yield user
    user.close()


@pytest.fixture
def server():
    with remote_server.Everything() as everything:
        yield everything


@pytest.fixture
def tls(server, tmp_path):
    certificate, key = remote_server.make_authority(tmp_path)
    with remote_server.TlsFront(server.port, certificate, key) as front:
        front.certificate = certificate
        yield front


def wait_for(thv, name, status, seconds=20):
    wait_until(lambda: thv.status(name) == status, f"{name} is {status}", seconds)


def test_a_remote_server_from_run_to_rm(thv, server):
    url = thv.run("run", "--name", "away", f"http://127.0.0.1:{server.port}/mcp").strip()
    shown = thv.listed("away")
    assert shown["url"] == url and url.endswith("/mcp")
    assert shown["package"] == "remote" and shown["remote"] is True and shown["status"] == "running"
    check(sdk.talk(url, "streamable-http"))
    assert f"http://127.0.0.1:{server.port}/mcp" in thv.run("status", "away")
    assert json.loads(thv.run("export", "away"))["remote_url"] == f"http://127.0.0.1:{server.port}/mcp"
    assert "--proxy" in thv.fail(1, "logs", "away")
    assert "running" in thv.run("logs", "--proxy", "away")
    assert thv.run("stop", "away").strip() == "away"
    assert thv.status("away") == "stopped"
    thv.run("start", "away")
    assert thv.listed("away")["url"] == url
    thv.run("restart", "away")
    assert "Echo: hi" in thv.run("mcp", "call", "away", "echo", "message=hi")
    thv.run("rm", "away")
    assert thv.run_configs() == [] and thv.files_of("away") == []
    wait_until(lambda: thv.processes() == [], "its supervisors have ended")


def test_a_remote_server_that_speaks_sse(thv):
    with remote_server.Everything("sse") as server:
        url = thv.run("run", "--name", "old", "--transport", "sse", f"http://127.0.0.1:{server.port}/sse").strip()
        check(sdk.talk(url, "sse"))


def test_a_remote_server_behind_https_with_an_authority_of_its_own(thv, tls):
    address = f"https://127.0.0.1:{tls.port}/mcp"
    assert "certificate" in thv.fail(6, "run", "--name", "safe", address)
    assert thv.run_configs() == []
    wait_until(lambda: thv.processes() == [], "its supervisor has ended")
    url = thv.run("run", "--name", "safe", "--ca-cert", tls.certificate, address).strip()
    check(sdk.talk(url, "streamable-http"))
    check(sdk.talk(thv.binary, "stdio", "proxy", "stdio", "safe", environment=thv.environment))
    assert "echo" in thv.run("mcp", "list", "tools", "--server", address, "--ca-cert", tls.certificate)
    assert "certificate" in thv.fail(6, "mcp", "list", "tools", "--server", address)


def test_our_credentials_go_to_the_server_and_the_clients_stay_here(thv, tls):
    address = f"https://127.0.0.1:{tls.port}/mcp"
    flags = ["--ca-cert", tls.certificate, "--remote-bearer-secret", "TOKEN", "--remote-header", "X-Api-Key=KEY"]
    assert "TOOLHIVE_SECRET_" in thv.fail(5, "run", "--name", "locked", *flags, address)
    thv.environment |= {"TOOLHIVE_SECRET_TOKEN": SECRET, "TOOLHIVE_SECRET_KEY": "the-key"}
    url = thv.run("run", "--name", "locked", *flags, address).strip()
    tls.received = b""
    port = int(url.split(":")[2].split("/")[0])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/mcp", b'{"jsonrpc":"2.0","id":1,"method":"ping"}',
                       {"Authorization": "Bearer of-the-client", "Cookie": "of-the-client", "Content-Type":
                        "application/json", "Accept": "application/json, text/event-stream"})
    connection.getresponse().read()
    connection.request("GET", "/other/path")
    connection.getresponse().read()
    sent = tls.received.decode()
    assert "of-the-client" not in sent
    call, other = sent.split("GET /other/path")
    assert f"Authorization: Bearer {SECRET}\r\n" in call and "X-Api-Key: the-key\r\n" in call
    assert SECRET not in other and "the-key" not in other
    for pid in thv.processes():
        assert SECRET not in " ".join(processes.arguments(pid))
    for folder, _, files in os.walk(thv.home):
        for file in files:
            path = os.path.join(folder, file)
            if os.path.isfile(path):
                with open(path, "rb") as content:
                    assert SECRET.encode() not in content.read(), path


def test_a_bearer_token_of_the_encrypted_store(thv, tls):
    thv.environment["TOOLHIVE_SECRETS_PASSWORD"] = "correct horse"
    thv.run("secret", "setup")
    with open(os.path.join(thv.home, "value"), "w+") as value:
        value.write(SECRET + "\n")
        value.seek(0)
        thv.run("secret", "set", "TOKEN", stdin=value)
    os.unlink(value.name)
    address = f"https://127.0.0.1:{tls.port}/mcp"
    thv.run("run", "--name", "locked", "--ca-cert", tls.certificate, "--remote-bearer-secret", "TOKEN", address)
    assert f"Authorization: Bearer {SECRET}\r\n" in tls.received.decode()
    os.kill(thv.supervisor("locked"), signal.SIGKILL)
    wait_for(thv, "locked", "stopped")
    tls.received = b""
    thv.run("start", "locked")
    assert f"Authorization: Bearer {SECRET}\r\n" in tls.received.decode()
    assert traces.in_files(SECRET, thv.home) == []
    for secret in (SECRET, "correct horse"):
        assert traces.in_processes(secret, thv.processes()) == []
    assert "used by the workload locked" in thv.attempt("secret", "delete", "--yes", "TOKEN").err
    assert "thv secret set TOKEN" in thv.fail(5, "restart", "locked")


def test_a_server_that_locks_us_out_is_named_so(thv):
    class Locked(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Bearer")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Locked) as locked:
        threading.Thread(target=locked.serve_forever, daemon=True).start()
        message = thv.fail(4, "run", "--name", "locked", f"http://127.0.0.1:{locked.server_port}/mcp")
        assert "credentials" in message and "--remote-bearer-secret" in message
        locked.shutdown()
    assert thv.run_configs() == []


def test_a_server_that_dies_is_waited_for_and_sessions_outlive_it(thv, server):
    url = thv.run("run", "--name", "away", f"http://127.0.0.1:{server.port}/mcp").strip()
    supervisor = thv.supervisor("away")
    with Mcp(url) as session:
        assert "echo" in session.tools()
        server.kill()
        wait_for(thv, "away", "unhealthy")
        assert "cannot connect" in thv.json("status", "away")["health"]
        with pytest.raises(McpError) as refused:
            session.tools()
        assert refused.value.status == 502
        server.start()
        wait_for(thv, "away", "running")
        assert "echo" in session.tools()  # in a session that the new server has never given to the client
        assert session.call("echo", message="again") == "Echo: again"
    assert thv.supervisor("away") == supervisor


def test_what_is_started_while_its_server_is_away_serves_it_later(thv, server):
    url = thv.run("run", "--name", "away", f"http://127.0.0.1:{server.port}/mcp").strip()
    os.kill(thv.supervisor("away"), signal.SIGKILL)
    wait_for(thv, "away", "stopped")
    server.kill()
    thv.run("start", "away")
    assert thv.status("away") == "unhealthy"
    server.start()
    wait_for(thv, "away", "running")
    check(sdk.talk(url, "streamable-http"))


def test_in_the_foreground_it_goes_when_it_is_interrupted(thv, server):
    child = thv.spawn("run", "--foreground", "--name", "here", f"http://127.0.0.1:{server.port}/mcp")
    url = child.stdout.readline().strip()
    with Mcp(url) as session:
        assert "echo" in session.tools()
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=20)
    wait_until(lambda: thv.processes() == [], "its supervisor has ended")
    assert child.returncode in (0, 130) and thv.run_configs() == []


@pytest.mark.parametrize("words, code, message", [
    (["ftp://x/mcp"], 1, "package"), (["https://user:pw@x/mcp"], 2, "user name"),
    (["http://127.0.0.1:9/mcp"], 6, "cannot connect"), (["--transport", "stdio", "http://x/"], 2, "does not go with"),
    (["-e", "A=1", "http://x/"], 2, "no flags for a container"), (["--remote-header", "X=Y", "image"], 2, "remote"),
    (["--remote-header", "Host=Y", "http://x/"], 2, "set by the proxy"),
])
def test_what_cannot_be_a_remote_server_is_refused(thv, words, code, message):
    complaint = thv.fail(code, "run", "--name", "x", *words)
    assert message in complaint and "pw" not in complaint
    assert thv.run_configs() == []
