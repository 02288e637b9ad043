# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""HTTP to a Kubernetes API server: requests over kept connections, one for each thread, and watches."""

import http.client
import json
import threading
import urllib.parse

TOOLHIVE = "/apis/toolhive.stacklok.dev/v1beta1"
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"


class KubeError(AssertionError):
    """An answer of the API server that is not a success."""

    def __init__(self, status, body):
        super().__init__(f"the API server answered {status}: {body[:800]!r}")
        self.status = status


class KubeApi:
    """`base`: http://… or https://…; `tls`: an ssl.SSLContext, which carries the client's certificate."""

    def __init__(self, base, tls=None):
        parts = urllib.parse.urlsplit(base)
        self._address = (parts.hostname, parts.port)
        self._tls = tls
        self._local = threading.local()

    def connect(self, timeout=60):
        if self._tls:
            return http.client.HTTPSConnection(*self._address, timeout=timeout, context=self._tls)
        return http.client.HTTPConnection(*self._address, timeout=timeout)

    def request(self, method, path, body=None, content_type="application/json"):
        """Returns (status, bytes). A connection that the server has closed meanwhile is opened anew once."""
        encoded = json.dumps(body).encode() if body is not None else None
        headers = {"Accept": "application/json", **({"Content-Type": content_type} if body is not None else {})}
        for attempt in (1, 2):
            connection = getattr(self._local, "connection", None)
            fresh = connection is None
            if fresh:
                connection = self._local.connection = self.connect()
            try:
                connection.request(method, path, body=encoded, headers=headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                self._local.connection = None
                if fresh or attempt == 2:
                    raise
        raise AssertionError("not reached")

    def api(self, method, path, body=None, content_type="application/json"):
        """The parsed answer; raises KubeError for anything but a success."""
        status, answer = self.request(method, path, body, content_type)
        if status >= 400:
            raise KubeError(status, answer)
        return json.loads(answer) if answer.strip().startswith(b"{") else answer.decode(errors="replace")

    def get(self, path):
        """The object, or None where there is none."""
        status, answer = self.request("GET", path)
        if status == 404:
            return None
        if status >= 400:
            raise KubeError(status, answer)
        return json.loads(answer)

    def items(self, path):
        return self.api("GET", path)["items"]

    def apply(self, path, body, manager, force=True):
        """Server-side apply."""
        query = f"?fieldManager={manager}&force={'true' if force else 'false'}"
        return self.api("PATCH", path + query, body, APPLY)

    def merge(self, path, body):
        return self.api("PATCH", path, body, MERGE)

    def watch(self, path, version, opened):
        """Yields events after the version. `opened`: called with a function that ends the watch from another thread."""
        connection = self.connect(timeout=None)
        try:
            query = f"watch=true&allowWatchBookmarks=true&resourceVersion={version}"
            connection.request("GET", path + ("&" if "?" in path else "?") + query)
            answer = connection.getresponse()
            if answer.status >= 400:
                raise KubeError(answer.status, answer.read())
            opened(lambda: _shut(connection))
            while line := answer.readline():
                yield json.loads(line)
        finally:
            connection.close()


def _shut(connection):
    try:
        connection.sock.shutdown(2)
    except (OSError, AttributeError):
        pass  # it has ended by itself


def path_of(kind, namespace=None, name=None, group=TOOLHIVE):
    """The path of a list or an object, such as path_of("pods", "default", "x", "/api/v1")."""
    place = f"/namespaces/{namespace}" if namespace else ""
    return f"{group}{place}/{kind}" + (f"/{name}" if name else "")
