# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The official clients, each a function of a URL and of the revision to speak: what they print, parsed."""

import json
import os
import subprocess
import tempfile

from conformance import subjects
from support import npm, pypi

HERE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "clients")
LONGEST_S = 90


class ClientFailure(AssertionError):
    """A client that ended with another code than 0."""

    def __init__(self, result):
        super().__init__(f"{' '.join(result.args)}\nexit code {result.returncode}\n{result.stdout}{result.stderr}")
        self.code = result.returncode
        self.said = result.stdout + result.stderr


def _output(command, **variables):
    result = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, stdin=subprocess.DEVNULL,
                            env={**os.environ, **variables})
    if result.returncode != 0:
        raise ClientFailure(result)
    return json.loads(result.stdout)


def typescript2(url, era):
    program = os.path.join(npm.staged(HERE, subjects.tools()), "typescript2.mjs")
    return _output([subjects.node(), program, url, era])


def _python(version, *arguments):
    packages = pypi.installed(os.path.join(HERE, f"python{version}.txt"))
    return _output([pypi.PYTHON, "-B", os.path.join(HERE, f"python{version}.py"), *arguments], PYTHONPATH=packages)


def python1(url, era):
    assert era == "legacy", "version 1 of the Python SDK knows nothing else"
    return _python(1, url)


def python2(url, era):
    return _python(2, url, era)


def inspector(url, method, *arguments):
    """One request of the MCP Inspector's command line."""
    program = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
    with tempfile.TemporaryDirectory() as home:  # it keeps a catalog of servers there
        return _output([subjects.node(), os.path.join(subjects.tools(), program), "--cli", url, "--transport", "http",
                        "--method", method, *arguments], HOME=home)
