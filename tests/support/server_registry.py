# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A registry of MCP servers on this machine: a file behind a URL, or the API of the official registry; it can also lie,
stall and fail."""

import http.server
import json
import threading
import time
import urllib.parse


def server(name, image, **more):
    """A server in the form of the official registry."""
    package = {"registryType": "oci", "identifier": image, "transport": {"type": "stdio"}}
    return {"server": {"name": name, "description": f"About {name}", "version": "1.0.0",
                       "packages": [{**package, **more}]}, "_meta": {}}


class ServerRegistry:
    """Serves `files` by path, and `servers` as pages. Use as a context manager.

    `answer`, when set, is called with the path and query, and returns (status, body, headers) instead."""

    def __init__(self):
        self.files = {}
        self.servers = []
        self.page_size = 2
        self.pause = 0
        self.answer = None
        self.asked = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def page(self, query):
        found = [item for item in self.servers if query.get("search", "") in item["server"]["name"]]
        start = int(query.get("cursor", "0"))
        end = start + min(self.page_size, int(query["limit"]))
        metadata = {"count": len(found[start:end])}
        if end < len(found):
            metadata["nextCursor"] = str(end)
        return json.dumps({"servers": found[start:end], "metadata": metadata})

    def respond(self, path, query):
        if self.answer:
            return self.answer(path, query)
        if path in self.files:
            return 200, self.files[path], {}
        if path == "/v0.1/servers" and self.servers:
            return 200, self.page(query), {}
        return 404, "{}", {}

    def _handler(self):
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                parts = urllib.parse.urlsplit(self.path)
                registry.asked.append(self.path)
                time.sleep(registry.pause)
                status, body, headers = registry.respond(parts.path, dict(urllib.parse.parse_qsl(parts.query)))
                content = body if isinstance(body, bytes) else body.encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                try:
                    self.wfile.write(content)
                except OSError:
                    pass  # the client has read enough

        return Handler
