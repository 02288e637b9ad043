# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A small MCP client over streamable HTTP, for tests that look at the protocol themselves."""

import http.client
import itertools
import json
import urllib.parse


class McpError(AssertionError):
    """A JSON-RPC error, or an HTTP status that is none of the successes."""

    def __init__(self, status, body):
        super().__init__(f"HTTP {status}: {body!r}")
        self.status = status
        self.body = body


class Mcp:
    """One session. Usable as a context manager, which ends the session."""

    def __init__(self, url, timeout=20.0, protocol="2025-06-18", headers=None):
        parts = urllib.parse.urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._path = parts.path or "/mcp"
        self._timeout = timeout
        self._ids = itertools.count(1)
        self._headers = dict(headers or {})
        self.notifications = []
        self.server = self.request("initialize", {"protocolVersion": protocol, "capabilities": {},
                                                  "clientInfo": {"name": "tests", "version": "1"}})
        self._headers["MCP-Protocol-Version"] = self.server["protocolVersion"]
        self.notify("notifications/initialized")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.send(None, method="DELETE")

    @property
    def session(self):
        return self._headers.get("Mcp-Session-Id")

    def send(self, message, method="POST"):
        """Returns (status, headers, body bytes)."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json",
                   **self._headers}
        try:
            connection.request(method, self._path, json.dumps(message).encode() if message else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def request(self, method, params=None):
        identifier = next(self._ids)
        message = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params or {}}
        status, headers, body = self.send(message)
        if status != 200:
            raise McpError(status, body)
        if headers.get("Mcp-Session-Id"):
            self._headers["Mcp-Session-Id"] = headers["Mcp-Session-Id"]
        for received in self._messages(headers, body):
            if received.get("id") == identifier:
                if "error" in received:
                    raise McpError(status, received["error"])
                return received["result"]
            self.notifications.append(received)
        raise McpError(status, body)

    @staticmethod
    def _messages(headers, body):
        if headers.get_content_type() == "text/event-stream":
            lines = body.decode().splitlines()
            return [json.loads(line[5:]) for line in lines if line.startswith("data:") and line[5:].strip()]
        return [json.loads(body)]

    def notify(self, method, params=None):
        status, _, body = self.send({"jsonrpc": "2.0", "method": method, "params": params or {}})
        if status not in (200, 202):
            raise McpError(status, body)

    def tools(self):
        return [tool["name"] for tool in self.request("tools/list")["tools"]]

    def call(self, tool, _meta=None, **arguments):
        """The text of the first content item."""
        params = {"name": tool, "arguments": arguments}
        if _meta:
            params["_meta"] = _meta
        return self.request("tools/call", params)["content"][0]["text"]


def answers(url, timeout=2.0):
    """Whether a server behind the URL answers `initialize` and an echo."""
    if not url:
        return False  # not known yet
    try:
        with Mcp(url, timeout) as session:
            return session.call("echo", message="ready?") == "ready?"
    except (OSError, http.client.HTTPException, McpError):
        return False
