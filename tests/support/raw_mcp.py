# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""MCP clients for tests that look at bytes: what is sent is what was given, what comes is returned as it came."""

import http.client
import urllib.parse

GREETING = (b'{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"%s","capabilities":{},'
            b'"clientInfo":{"name":"tests","version":"1"}}}')
INITIALIZED = b'{"jsonrpc":"2.0","method":"notifications/initialized"}'


def connect(url, timeout):
    parts = urllib.parse.urlsplit(url)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)


class Streamable:
    """One session at /mcp, over one connection."""

    def __init__(self, url, protocol="2025-06-18", timeout=20.0):
        self._url = url
        self._connection = connect(url, timeout)
        self._headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
        status, body = self.post(GREETING % protocol.encode())
        assert status == 200, body
        self._headers["MCP-Protocol-Version"] = protocol
        status, body = self.post(INITIALIZED)
        assert status == 202, body

    def post(self, text):
        """The status and the body of the answer. Of an event stream only the data of its events, one a line."""
        self._connection.request("POST", "/mcp", text, self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.headers.get("Mcp-Session-Id"):
            self._headers["Mcp-Session-Id"] = answer.headers["Mcp-Session-Id"]
        if answer.headers.get_content_type() == "text/event-stream":
            lines = body.split(b"\n")
            body = b"\n".join(line[6:] for line in lines if line.startswith(b"data: ") and len(line) > 6)
        return answer.status, body

    def exchange(self, text):
        """The status and the bytes of the answer to a request."""
        return self.post(text)

    def another(self, timeout=20.0):
        """The same session over another connection."""
        other = object.__new__(Streamable)
        other._url, other._headers = self._url, dict(self._headers)
        other._connection = connect(self._url, timeout)
        return other

    def listen(self, timeout=20.0):
        """An open stream for what the server says unasked, to be closed."""
        connection = connect(self._url, timeout)
        connection.request("GET", "/mcp", headers={**self._headers, "Accept": "text/event-stream"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        return connection

    def abandon(self, text, length):
        """Sends a request of this length, or the beginning of it, and breaks the connection off."""
        self._connection.putrequest("POST", "/mcp")
        for name, value in {**self._headers, "Content-Length": str(length)}.items():
            self._connection.putheader(name, value)
        self._connection.endheaders(text)
        self._connection.close()

    def delete(self):
        """Ends the session."""
        self._connection.request("DELETE", "/mcp", headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    def close(self):
        self._connection.close()


class EventStream:
    """One session at /sse, whose messages go to /messages."""

    def __init__(self, url, protocol="2024-11-05", timeout=20.0):
        self._stream = connect(url, timeout)
        self._stream.request("GET", "/sse", headers={"Accept": "text/event-stream"})
        self._events = self._stream.getresponse()
        assert self._events.status == 200
        kind, endpoint = self.event()
        assert kind == b"endpoint"
        self._endpoint = endpoint.decode()
        self._posts = connect(url, timeout)
        status, body = self.exchange(GREETING % protocol.encode())
        assert status == 202, body
        status, body = self.post(INITIALIZED)
        assert status == 202, body

    def event(self):
        """The next event's type and data, which must be one line."""
        kind, data = b"message", None
        while True:
            line = self._events.readline()
            assert line.endswith(b"\n"), f"the stream ended: {line!r}"
            line = line[:-1]
            if line.startswith(b"event: "):
                kind = line[7:]
            elif line.startswith(b"data: "):
                assert data is None, "an event of several lines"
                data = line[6:]
            elif not line and data is not None:
                return kind, data
            else:
                assert not line or line.startswith(b":"), f"no field: {line!r}"

    def post(self, text):
        self._posts.request("POST", self._endpoint, text, {"Content-Type": "application/json"})
        answer = self._posts.getresponse()
        return answer.status, answer.read()

    def exchange(self, text):
        """The status of a request and the bytes of its answer: an event, or the body of a refusal."""
        status, body = self.post(text)
        return (status, self.event()[1]) if status == 202 else (status, body)

    def close(self):
        self._posts.close()
        self._stream.close()
