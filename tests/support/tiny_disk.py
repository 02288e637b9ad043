# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A user whose files are on a disk that a test can fill."""

import contextlib
import os
import subprocess

from support import processes
from support.thv import Thv


@contextlib.contextmanager
def user_of(engine):
    """A user whose state and data are on a disk of 256 KiB, at `disk(user)`."""
    user = Thv(engine)
    os.makedirs(disk(user))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk(user)], check=True)
    try:
        yield user
    finally:
        processes.kill_all(user.processes)
        subprocess.run(["umount", "--lazy", disk(user)], check=True)
        user.close()


def disk(user):
    return os.path.join(user.home, ".local")


def fill(user):
    """Takes what is left of the disk, to the last byte."""
    with open(os.path.join(disk(user), "filler"), "ab", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass


def empty(user):
    os.unlink(os.path.join(disk(user), "filler"))
