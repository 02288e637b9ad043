# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A registry for image pulls on this machine: serves one image, and can be told to stall or to be slow."""

import gzip
import hashlib
import http.server
import io
import json
import os
import tarfile
import threading
import time

DOCKER = "application/vnd.docker"


def _digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _unlike_any_other(layer):
    """The layer with one random file more: an engine that has a layer already does not ask for it again."""
    tree = io.BytesIO(layer)
    with tarfile.open(fileobj=tree, mode="a") as tar:
        entry = tarfile.TarInfo("nonce")
        entry.size = 16
        tar.addfile(entry, io.BytesIO(os.urandom(16)))
    return tree.getvalue()


class Registry:
    """Serves the image of an archive (see images.py) as HOST:PORT/fixture:1. Use as a context manager."""

    def __init__(self, archive, port):
        with tarfile.open(archive) as tar:
            manifest = json.loads(tar.extractfile("manifest.json").read())[0]
            config = json.loads(tar.extractfile(manifest["Config"]).read())
            tree = _unlike_any_other(tar.extractfile(manifest["Layers"][0]).read())
        config["rootfs"]["diff_ids"] = [_digest(tree)]
        config, layer = json.dumps(config).encode(), gzip.compress(tree, 1)
        self.blobs = {_digest(content): content for content in (config, layer)}
        self.manifest = json.dumps({
            "schemaVersion": 2, "mediaType": f"{DOCKER}.distribution.manifest.v2+json",
            "config": {"mediaType": f"{DOCKER}.container.image.v1+json", "size": len(config),
                       "digest": _digest(config)},
            "layers": [{"mediaType": f"{DOCKER}.image.rootfs.diff.tar.gzip", "size": len(layer),
                        "digest": _digest(layer)}]}).encode()
        self.image = f"127.0.0.1:{port}/fixture:1"
        self.asked = threading.Event()     # somebody wants a layer
        self.flowing = threading.Event()   # cleared: layers stall
        self.flowing.set()
        self.seconds = 0                   # that a layer takes
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.flowing.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, content=b"", kind="application/json", digest=None):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                if digest:
                    self.send_header("Docker-Content-Digest", digest)
                self.end_headers()
                if self.command != "GET":
                    return
                pieces = 40 if registry.seconds and kind == "application/octet-stream" else 1
                size = max(1, -(-len(content) // pieces))
                for start in range(0, len(content), size):
                    self.wfile.write(content[start:start + size])
                    time.sleep(registry.seconds / pieces if pieces > 1 else 0)

            def do_GET(self):
                last = self.path.rsplit("/", 1)[1]
                if self.path in ("/v2/", "/v2"):
                    self.answer(200, b"{}")
                elif "/manifests/" in self.path and last in ("1", _digest(registry.manifest)):
                    self.answer(200, registry.manifest, f"{DOCKER}.distribution.manifest.v2+json",
                                _digest(registry.manifest))
                elif "/blobs/" in self.path and last in registry.blobs:
                    registry.asked.set()
                    registry.flowing.wait(60)
                    self.answer(200, registry.blobs[last], "application/octet-stream", last)
                else:
                    self.answer(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')

            do_HEAD = do_GET

        return Handler
