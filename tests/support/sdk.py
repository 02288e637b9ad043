# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The official TypeScript client, from npm."""

import json
import os
import shutil
import subprocess
import tempfile

from support.images import cache_folder

PACKAGE = "@modelcontextprotocol/sdk"
VERSION = "1.32.2"


def folder():
    """Where the SDK is installed; done once per version."""
    place = os.path.join(cache_folder(), f"sdk-{VERSION}")
    if not os.path.isdir(place):
        fresh = tempfile.mkdtemp(dir=cache_folder())
        with open(os.path.join(fresh, "package.json"), "w") as file:
            json.dump({"private": True}, file)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", fresh,
                        f"{PACKAGE}@{VERSION}"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            os.rename(fresh, place)
        except OSError:  # another run was quicker
            shutil.rmtree(fresh)
    return place


def talk(url, kind, *arguments, environment=None):
    """What tests/e2e/client.mjs got from the server behind the URL, or (stdio) from a command."""
    program = os.path.join(os.path.dirname(__file__), "../e2e/client.mjs")
    result = subprocess.run([shutil.which("node"), program, folder(), url, kind, *arguments], capture_output=True, text=True,
                            timeout=60, stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def patient(url, seconds):
    """The process of tests/e2e/patient_client.mjs, whose call takes so many seconds; what it prints is in its stdout."""
    program = os.path.join(os.path.dirname(__file__), "../e2e/patient_client.mjs")
    return subprocess.Popen([shutil.which("node"), program, folder(), url, str(seconds)], text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
