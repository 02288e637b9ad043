# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Who gets through a workload's gate, and what they see behind it."""

import http.client
import json
import os
import socket
import time
import urllib.parse

import pytest

from support.images import FIXTURE
from support.issuer import Issuer
from support.mcp import Mcp, McpError
from support.waiting import wait_until


@pytest.fixture
def issuer(tmp_path):
    with Issuer(tmp_path) as running:
        yield running


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def refusal(url, headers=None):
    """The status and the challenge that `initialize` gets."""
    with pytest.raises(McpError) as refused:
        Mcp(url, headers=headers)
    return refused.value.status


def get(url, path, headers=None):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def protected(thv, issuer, name, *flags):
    return thv.serve(name, flags=("--oidc-issuer", issuer.url, "--oidc-audience", "thv-test", "--oidc-ca-cert",
                                  issuer.certificate, *flags))


def test_only_tokens_of_the_issuer_get_in(thv, issuer):
    url = protected(thv, issuer, "guarded", "--require-scope", "mcp")
    assert refusal(url) == 401
    assert refusal(url, bearer("nonsense")) == 401
    assert refusal(url, bearer(issuer.token("alice", scope="other"))) == 403
    assert refusal(url, bearer(issuer.token("alice", audience="another", scope="mcp"))) == 401
    assert refusal(url, bearer(issuer.token("alice", seconds=-120, scope="mcp"))) == 401
    with Mcp(url, headers=bearer(issuer.token("alice", scope="openid mcp"))) as session:
        assert session.call("echo", message="hello") == "hello"
    status, headers, _ = get(url, "/mcp")
    assert status == 401
    place = headers["WWW-Authenticate"].split('resource_metadata="')[1].split('"')[0]
    status, _, body = get(url, urllib.parse.urlsplit(place).path)
    assert status == 200
    assert json.loads(body)["authorization_servers"] == [issuer.url]
    assert json.loads(body)["resource"] == url
    assert get(url, "/health")[0] == 200


def test_keys_rotate_under_a_running_workload(thv, issuer):
    url = protected(thv, issuer, "rotating")
    with Mcp(url, headers=bearer(issuer.token("alice"))) as session:
        assert session.call("echo", message="before") == "before"
    issuer.rotate()
    token = issuer.token("alice")

    def lets_in():
        try:
            with Mcp(url, headers=bearer(token)):
                return True
        except McpError as refused:
            assert refused.status == 401
            return False

    # Keys are read at most every ten seconds.
    wait_until(lets_in, "the new key is known", seconds=30)
    before = issuer.requests["/keys"]
    for number in range(20):
        assert refusal(url, bearer(token + str(number))) == 401
    assert issuer.requests["/keys"] <= before + 1


def test_a_session_is_its_principals(thv, issuer):
    url = protected(thv, issuer, "owned")
    with Mcp(url, headers=bearer(issuer.token("alice"))) as session:
        stolen = {**bearer(issuer.token("bob")), "Mcp-Session-Id": session.session}
        assert get(url, "/mcp", {**stolen, "Accept": "text/event-stream"})[0] == 404
        assert session.call("echo", message="mine") == "mine"


def test_a_token_file_may_be_replaced(thv, tmp_path):
    path = tmp_path / "token"
    path.write_text("first-token-0123456789\n")
    os.chmod(path, 0o600)
    url = thv.serve("static", flags=("--bearer-token-file", str(path)))
    assert refusal(url) == 401
    with Mcp(url, headers=bearer("first-token-0123456789")):
        pass
    following = tmp_path / "next"
    following.write_text("second-token-0123456789\n")
    os.chmod(following, 0o600)
    os.rename(following, path)

    def lets_in():
        try:
            with Mcp(url, headers=bearer("second-token-0123456789")):
                return True
        except McpError:
            return False

    wait_until(lets_in, "the new token is taken")
    assert refusal(url, bearer("first-token-0123456789")) == 401
    for folder, _, files in os.walk(thv.home):
        for path in filter(os.path.isfile, (os.path.join(folder, name) for name in files)):
            with open(path, "rb") as file:
                assert b"-token-0123456789" not in file.read(), path


def test_a_proxy_on_every_address_needs_a_word_on_who_may(thv):
    error = thv.fail(2, "run", "--transport", "stdio", "--name", "open", "--host", "0.0.0.0", FIXTURE)
    assert "--bearer-token-file" in error
    assert thv.list() == {}
    thv.run("run", "--transport", "stdio", "--name", "named", "--host", "0.0.0.0", "--allowed-hosts", "mcp.example",
            FIXTURE)
    url = thv.listed("named")["url"]
    assert get(url, "/mcp", {"Host": "evil.example"})[0] == 403
    assert get(url, "/mcp", {"Host": "mcp.example"})[0] == 400
    with Mcp(url):
        pass


@pytest.mark.parametrize("transport", ["stdio", "streamable-http"])
def test_tools_are_shown_as_they_were_asked_for(thv, tmp_path, transport):
    names = tmp_path / "names.json"
    names.write_text(json.dumps({"toolsOverride": {"echo": {"name": "say", "description": "Says it again"}}}))
    thv.run("run", "--transport", transport, "--name", "viewed", "--tools", "say,instance", "--tools-override",
            str(names), FIXTURE)
    with Mcp(thv.listed("viewed")["url"]) as session:
        listed = {tool["name"]: tool for tool in session.request("tools/list")["tools"]}
        assert sorted(listed) == ["instance", "say"]
        assert listed["say"]["description"] == "Says it again"
        assert session.call("say", message="x") == "x"
        for hidden in ("echo", "stderr", "nothing"):
            with pytest.raises(McpError) as refused:
                session.call(hidden, message="x")
            assert refused.value.body["code"] == -32602


def test_slow_clients_are_told_and_let_go(thv):
    url = thv.serve("patient", flags=("--limit", "header-time=1s", "--limit", "body-time=2s", "--limit",
                                      "connections-local=4"))
    port = urllib.parse.urlsplit(url).port

    def outcome(sent):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(sent)
            return client.recv(4096)

    assert outcome(b"POST /mcp HTTP/1.1\r\nHost: loc").startswith(b"HTTP/1.1 408")
    head = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"
    assert outcome(head + b"{").startswith(b"HTTP/1.1 408")
    idle = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(4)]
    try:
        refused = b""
        deadline = time.monotonic() + 20
        while not refused and time.monotonic() < deadline:
            refused = outcome(b"")
        assert refused.startswith(b"HTTP/1.1 503") and b"Retry-After" in refused
    finally:
        for client in idle:
            client.close()
    assert "--limit" in thv.fail(2, "run", "--limit", "speed=1", "--name", "x", FIXTURE)
