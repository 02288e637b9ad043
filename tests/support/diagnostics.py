# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What the proxy of a workload tells of itself: its metrics and its health."""

import http.client
import os
import re
import socket


class Control(http.client.HTTPConnection):
    """HTTP on a workload's control socket, whose path may be too long for an address."""

    def __init__(self, thv, name):
        super().__init__("localhost", timeout=10)
        self.folder = os.path.join(thv.state, "supervisors", name)

    def connect(self):
        folder = os.open(self.folder, os.O_PATH)
        try:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.connect(f"/proc/self/fd/{folder}/control.sock")
        finally:
            os.close(folder)


def get(connection, path):
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def port_of(number):
    return http.client.HTTPConnection("127.0.0.1", number, timeout=10)


def samples(text):
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        sample, value = line.rsplit(" ", 1)
        assert re.fullmatch(r"[a-z_]+(\{[^{}]*\})?", sample) and sample not in found, line
        found[sample] = float(value)
    return found


def metrics(thv, name):
    status, text = get(Control(thv, name), "/metrics")
    assert status == 200
    return samples(text)
