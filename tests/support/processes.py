# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Finding and ending the processes that a test has started, and no others."""

import os
import signal
import time


def _read(pid, name):
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return b""


def alive(pid):
    """Whether the process exists and is no zombie."""
    stat = _read(pid, "stat")
    return bool(stat) and stat.rsplit(b")", 1)[1].split()[0] not in (b"Z", b"X")


def arguments(pid):
    return [part.decode(errors="replace") for part in _read(pid, "cmdline").split(b"\0")[:-1]]


def with_argument_containing(text):
    """PIDs of the processes one of whose arguments contains `text`: a temporary folder's path, unique to the caller."""
    needle = text.encode()
    return [int(pid) for pid in os.listdir("/proc")
            if pid.isdigit() and int(pid) != os.getpid() and needle in _read(pid, "cmdline") and alive(pid)]


def with_environment(name, value):
    """PIDs of the processes that were started with NAME=value, such as a HOME that only one test has."""
    needle = f"{name}={value}".encode()
    return [int(pid) for pid in os.listdir("/proc")
            if pid.isdigit() and int(pid) != os.getpid() and needle in _read(pid, "environ").split(b"\0")
            and alive(pid)]


def of_session(leader):
    """PIDs of the processes in the session that a process leads."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        stat = _read(pid, "stat")
        if stat and int(stat.rsplit(b")", 1)[1].split()[3]) == leader and alive(int(pid)):
            found.append(int(pid))
    return found


def reads_a_pipe(pid):
    """Whether the process waits for somebody to write into a pipe."""
    return b"pipe_read" in _read(pid, "wchan")


def kill(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def kill_all(find, seconds=10.0):
    """Kills what `find()` returns until it returns nothing."""
    deadline = time.monotonic() + seconds
    while pids := find():
        for pid in pids:
            kill(pid)
        if time.monotonic() > deadline:
            raise AssertionError(f"processes that cannot be ended: {[(pid, arguments(pid)) for pid in pids]}")
        time.sleep(0.02)
