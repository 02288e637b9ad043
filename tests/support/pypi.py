# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""PyPI packages that a requirements file names, installed once per content of it, for /usr/bin/python3."""

import hashlib
import os
import subprocess
import tempfile

from support.go_toolchain import exclusively
from support.images import cache_folder

PYTHON = "/usr/bin/python3"


def installed(requirements):
    """A folder for PYTHONPATH."""
    with open(requirements, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()[:16]
    name = os.path.splitext(os.path.basename(requirements))[0]
    place = os.path.join(cache_folder(), f"pypi-{name}-{digest}")
    with exclusively(f"pypi-{name}"):
        if os.path.isdir(place):
            return place
        with tempfile.TemporaryDirectory(dir=cache_folder()) as scratch:
            fresh = os.path.join(scratch, "install")
            subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:",
                            "--disable-pip-version-check", "--root-user-action", "ignore", "--target", fresh,
                            "--requirement", requirements], check=True, stdin=subprocess.DEVNULL)
            os.rename(fresh, place)
    return place
