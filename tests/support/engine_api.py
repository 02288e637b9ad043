# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""HTTP to an engine's Unix socket."""

import http.client
import socket


class EngineError(AssertionError):
    """An answer of an engine's API that is not a success."""

    def __init__(self, status, body):
        super().__init__(f"engine answered {status}: {body[:500]!r}")
        self.status = status


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def request(path, method, target, body=None, timeout=60, content_type="application/json"):
    """Returns (status, bytes). `path`: the socket's; `body`: bytes or an open file."""
    connection = _UnixConnection(path, timeout)
    try:
        connection.request(method, target, body=body, headers={"Content-Type": content_type} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def load(path, archive):
    """Loads an image archive (a file's path)."""
    with open(archive, "rb") as file:
        status, answer = request(path, "POST", "/images/load", file, 300, "application/x-tar")
    if status != 200 or b'"error"' in answer:
        raise EngineError(status, answer)
