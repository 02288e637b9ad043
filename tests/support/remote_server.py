# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A real MCP server that runs elsewhere: the npm reference server as a process of this machine, and TLS in front."""

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import tarfile
import tempfile
import threading

from support import images, ports
from support.waiting import wait_until


def _everything():
    """The program of the reference server, unpacked once from the image that the other tests run."""
    archive = images.cached_everything()
    place = archive.removesuffix(".tar")
    if not os.path.isdir(place):
        fresh = tempfile.mkdtemp(dir=images.cache_folder())
        with tarfile.open(archive) as image:
            for layer in [member for member in image.getmembers() if member.name.endswith(".tar")]:
                with tarfile.open(fileobj=image.extractfile(layer)) as files:
                    files.extractall(fresh, [file for file in files.getmembers() if file.name.startswith("app")])
        try:
            os.rename(fresh, place)
        except OSError:  # another run was quicker
            shutil.rmtree(fresh)
    return os.path.join(place, "app/node_modules/@modelcontextprotocol/server-everything/dist/index.js")


class Everything:
    """The reference server on a port that stays the same when it is killed and started again."""

    def __init__(self, kind="streamableHttp"):
        self._kind = kind
        self.port = ports.free_port()
        self._process = None
        self.start()

    def start(self):
        self._process = subprocess.Popen(["node", _everything(), self._kind],
                                         env={**os.environ, "PORT": str(self.port)}, stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: ports.listens(self.port), "the remote server listens")

    def kill(self):
        self._process.kill()
        self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


def make_authority(folder):
    """(certificate, key) files of a server on 127.0.0.1 that has signed itself."""
    certificate, key = os.path.join(folder, "ca.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return certificate, key


class TlsFront:
    """Ends TLS in front of a server, and writes down what clients send."""

    def __init__(self, port, certificate, key):
        self._target = port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.received = b""
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with contextlib.suppress(OSError), client, self._context.wrap_socket(client, server_side=True) as secure, \
                socket.create_connection(("127.0.0.1", self._target)) as server:
            back = threading.Thread(target=self._copy, args=(server, secure), daemon=True)
            back.start()
            self._copy(secure, server, note=True)
            back.join()

    def _copy(self, source, sink, note=False):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if note:
                    self.received += piece
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
