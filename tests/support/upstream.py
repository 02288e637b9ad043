# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The program whose files and containers thv shares, built from its Go module."""

import os
import tempfile

from support import go_toolchain
from support.images import cache_folder

MODULE = "github.com/stacklok/toolhive/cmd/thv"
VERSION = "v0.46.0"


def binary():
    """Path of the built program. Building takes about seven minutes; it is done once."""
    given = os.environ.get("THV_UPSTREAM_BIN")
    if given:
        return given
    # Under its own name, by which the owner of a status file is known.
    place = os.path.join(cache_folder(), f"toolhive-{VERSION}", "thv")
    installed = os.path.expanduser("~/go/bin/thv")
    with go_toolchain.exclusively("upstream"):
        if os.path.exists(place):
            return place
        if os.path.exists(installed) and go_toolchain.version_of(installed) == VERSION:
            return installed
        with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
            go_toolchain.run_go(["install", "-ldflags", "-s -w", f"{MODULE}@{VERSION}"], GOBIN=folder)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.replace(os.path.join(folder, "thv"), place)
    return place
