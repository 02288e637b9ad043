# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The log side of the stand-in for a node: what containers have written, served as a kubelet serves it."""

import datetime
import http.server
import ssl
import threading
import time
import urllib.parse


class ContainerLog:
    """The lines of one container: each life of it after the one before."""

    def __init__(self):
        self.lives = [[]]

    @property
    def lines(self):
        return self.lives[-1]


class PodLogs:
    """The logs of the pods that are there. A pod that is replaced by one of its name begins anew."""

    def __init__(self):
        self.changed = threading.Condition()
        self._pods = {}  # (namespace, pod) → (uid, {container: ContainerLog})
        self.open = True

    def begin(self, namespace, pod, uid):
        with self.changed:
            if self._pods.get((namespace, pod), (None,))[0] != uid:
                self._pods[namespace, pod] = (uid, {})
                self.changed.notify_all()

    def end(self, namespace, pod, uid):
        """The pod is gone: who follows its log has seen the end of it."""
        with self.changed:
            if self._pods.get((namespace, pod), (None,))[0] == uid:
                del self._pods[namespace, pod]
                self.changed.notify_all()

    def restart(self, namespace, pod, container):
        with self.changed:
            self.find(namespace, pod, container).lives.append([])
            self.changed.notify_all()

    def write(self, namespace, pod, container, text):
        with self.changed:
            log = self.find(namespace, pod, container)
            assert log, f"there is no running pod {namespace}/{pod}"
            now = time.time_ns()
            log.lines.extend((now + number, line) for number, line in enumerate(text.splitlines()))
            self.changed.notify_all()

    def find(self, namespace, pod, container):
        entry = self._pods.get((namespace, pod))
        return entry and entry[1].setdefault(container, ContainerLog())

    def close(self):
        with self.changed:
            self.open = False
            self.changed.notify_all()


def _nanoseconds(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(moment.timestamp() * 1_000_000_000)


def stamp(nanoseconds):
    """As a kubelet writes it: RFC 3339 with nine digits."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:09d}Z"


class Query:
    """What a request asks for."""

    def __init__(self, path):
        parts = urllib.parse.urlsplit(path)
        self.place = [urllib.parse.unquote(part) for part in parts.path.strip("/").split("/")]
        asked = dict(urllib.parse.parse_qsl(parts.query))
        self.follow, self.previous, self.stamps = (asked.get(name) == "true"
                                                   for name in ("follow", "previous", "timestamps"))
        self.tail = int(asked["tailLines"]) if "tailLines" in asked else None
        self.limit = int(asked["limitBytes"]) if "limitBytes" in asked else None
        self.since = _nanoseconds(asked["sinceTime"]) if "sinceTime" in asked else 0
        if "sinceSeconds" in asked:
            self.since = time.time_ns() - int(asked["sinceSeconds"]) * 1_000_000_000

    def first(self, lines):
        """The index of the first line that is wanted."""
        start = next((index for index, (when, _) in enumerate(lines) if when >= self.since), len(lines))
        return start if self.tail is None else max(start, len(lines) - self.tail)

    def text(self, lines):
        return "".join((f"{stamp(when)} " if self.stamps else "") + line + "\n" for when, line in lines).encode()


class LogServer:
    """Answers /containerLogs/NAMESPACE/POD/CONTAINER over TLS on a port of its own."""

    def __init__(self, logs, certificate, key):
        self.logs = logs
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        # The handshake belongs to the connection's thread: one slow client must not keep the others out.
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self.logs.close()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        logs = self.logs

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                query = Query(self.path)
                with logs.changed:
                    log = logs.find(*query.place[1:]) if query.place[0] == "containerLogs" and len(query.place) == 4 \
                        else None
                    number = len(log.lives) - (2 if query.previous else 1) if log else -1
                if number < 0:
                    _, _, pod, container = (query.place + [""] * 4)[:4]
                    return self.refuse(f'previous terminated container "{container}" in pod "{pod}" not found' if log
                                       else f'container "{container}" in pod "{pod}" is waiting to start')
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    self.stream(query, log, number)
                    self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    self.close_connection = True  # the reader has gone

            def refuse(self, message):
                self.send_response(400)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(message) + 1))
                self.end_headers()
                self.wfile.write(message.encode() + b"\n")

            def stream(self, query, log, number):
                left = query.limit if query.limit is not None else 1 << 62
                next_line = None
                while left > 0:
                    with logs.changed:
                        lines = log.lives[number]
                        next_line = query.first(lines) if next_line is None else next_line
                        content = query.text(lines[next_line:])[:left]
                        next_line = len(lines)
                        alive = logs.open and number == len(log.lives) - 1 and \
                            logs.find(*query.place[1:]) is log
                        if not content and query.follow and alive:
                            logs.changed.wait(5)
                            continue
                    if content:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
                        left -= len(content)
                    if not query.follow or not alive:
                        return

        return Handler
