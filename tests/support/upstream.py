# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The program whose files and containers thv shares, built from its Go module."""

import os
import tempfile

from support import go_toolchain
from support.images import cache_folder
from support.mcp import answers
from support.waiting import wait_until

MODULE = "github.com/stacklok/toolhive/cmd/thv"
VERSION = "v0.46.0"

# What an engine says when another one on the same machine changed the network at that moment: the networks that
# upstream makes have one name for all engines, by which netavark names its chains, too; and Podman makes none while an
# interface goes away, which any engine's container may have been connected to.
DISTURBED = ("netavark: ", "no such network interface")


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


def wait_until_serves(user, name, seconds=60.0):
    """Waits for a workload that upstream's program, which is `user`, has started. It gives up at an engine's first
    error; it is told to start again when that error was another engine's doing."""

    def serves():
        workload = user.listed(name)
        said = workload.get("status_context") or ""
        if workload["status"] == "error" and any(words in said for words in DISTURBED):
            user.run("start", name)
            return None
        seen.append((workload["status"], said))
        return workload["status"] == "running" and answers(workload["url"])

    seen = []
    try:
        return wait_until(serves, f"upstream serves {name}", seconds=seconds, pause=0.2)
    except AssertionError as failure:
        raise AssertionError(f"{failure}; it was: {list(dict.fromkeys(seen))}") from None
