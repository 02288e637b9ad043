#!/usr/bin/python3
# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the contract tests against a real engine of their own: run.py podman|docker PROGRAM CHILD [Catch2 arguments…]"""

import os
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from support import engines, images  # noqa: E402

IMAGE = "localhost/thv/contract:1"


def load_images(engine, child):
    """One layer under the names that the tests use: with an entrypoint, without one, and as a floating tag."""
    with tempfile.TemporaryDirectory() as folder:
        layer = os.path.join(folder, "layer.tar")
        with tarfile.open(layer, "w") as tar:
            entry = tarfile.TarInfo("tmp")
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777
            tar.addfile(entry)
            tar.add(child, "child")
        archive = os.path.join(folder, "image.tar")
        for name, config in ((IMAGE, {"Entrypoint": ["/child"]}), (f"{IMAGE}-bare", {}),
                             ("127.0.0.1:1/thv/contract:latest", {"Entrypoint": ["/child"]})):
            images.write_archive(archive, name, [layer], config)
            engine.load(archive)


def main(kind, program, child, arguments):
    engine = engines.start(kind)
    try:
        load_images(engine, child)
        environment = {**os.environ, "THV_TEST_SOCKET": engine.socket, "THV_TEST_IMAGE": IMAGE,
                       "THV_TEST_ENGINE_PID": str(engine.process.pid)}
        failures = 0
        own = [["[.own]"]] if kind == "podman" else []
        for filters in ([arguments] if arguments else [[], ["[.outage]"], *own]):
            failures += subprocess.run([program, *filters], env=environment, check=False).returncode
            if engine.process.poll() is not None:
                # One of the tests is about that. Its container outlives the engine, and only an engine removes it.
                engine.kill()
                engine.start()
        return 1 if failures else 0
    finally:
        engine.close()


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
