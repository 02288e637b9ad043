# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A TLS server in the place of an API server, which answers as a test says: with a wrong certificate, without end, or
never. It counts what it is asked."""

import http.server
import ssl
import threading


class FakeApi:
    """`answer`: called with the request's handler for every request; None refuses each with 500."""

    def __init__(self, certificate, key, answer=None):
        self.asked = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler(answer))
        self._server.daemon_threads = True
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _handler(self, answer):
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def _serve(self):
                asked.append((self.command, self.path))
                try:
                    if answer:
                        answer(self)
                    else:
                        self.say(500, b"{}")
                except OSError:
                    self.close_connection = True  # the client has had enough

            def say(self, status, content, kind="application/json"):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve

        return Handler


def forward(handler, kube, path=None):
    """Answers as the real API server does, piece by piece; `path`: asks it for that instead. For GET."""
    connection = kube.connect(timeout=None)
    try:
        connection.request("GET", path or handler.path, headers={"Accept": handler.headers.get("Accept", "*/*")})
        answer = connection.getresponse()
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while piece := answer.read1(65536):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")
    finally:
        connection.close()
