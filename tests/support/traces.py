# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Looks for a secret value wherever it must not be."""

import glob
import json
import os

from support import processes


def in_files(value, *folders):
    """Paths of the files below the folders that hold the value."""
    found = []
    for top in folders:
        for folder, _, files in os.walk(top):
            for path in (os.path.join(folder, file) for file in files):
                if os.path.isfile(path):
                    with open(path, "rb") as content:
                        if value.encode() in content.read():
                            found.append(path)
    return found


def in_processes(value, pids):
    """What of these processes others can read: arguments and environment."""
    found = []
    for pid in pids:
        for name in ("cmdline", "environ"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    if value.encode() in file.read():
                        found.append(f"{name} of {processes.arguments(pid)}")
            except OSError:
                continue  # it has ended meanwhile
    return found


def assert_none(thv, value, name, inspect_too=False):
    """The value is in no process of thv's, no file, no log, no label; and with `inspect_too` nowhere in what the engine
    tells of the container."""
    assert in_processes(value, thv.processes()) == []
    assert in_files(value, thv.home) == []
    container = thv.engine.inspect(name)
    assert value not in json.dumps(container["Config"]["Labels"])
    if inspect_too:
        assert value not in json.dumps(container)
    for command in (("ls", "--all", "--format", "json"), ("status", name), ("export", name), ("logs", "--proxy", name)):
        assert value not in thv.run(*command), command


def _fnv1a(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return value


def secret_folders(thv):
    """Where the secrets are that this user's containers have as files."""
    return glob.glob(f"/dev/shm/toolhive-secrets-{os.geteuid()}-{_fnv1a(thv.state):016x}/*")
