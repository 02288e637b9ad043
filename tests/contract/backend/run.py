#!/usr/bin/python3
# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the statements about backends against one of them: run.py fake|podman|docker|cluster PROGRAM FIXTURE
[Catch2 arguments…]"""

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

from support import cluster as clusters  # noqa: E402
from support import engines, images, processes  # noqa: E402
from support.kubelet import Kubelet  # noqa: E402


@contextmanager
def fake(_):
    yield {}


@contextmanager
def engine(kind, fixture):
    engine = engines.start(kind)
    try:
        with tempfile.TemporaryDirectory() as folder:
            archive = os.path.join(folder, "fixture.tar")
            images.fixture_archive(fixture, archive)
            engine.load(archive)
        yield {**engine.environment(), "THV_TEST_IMAGE": images.FIXTURE}
    finally:
        engine.close()


@contextmanager
def cluster(_):
    cluster = clusters.start()
    kubelet = Kubelet(cluster).start()
    try:
        namespace = cluster.make_namespace()
        yield {"TOOLHIVE_RUNTIME": "kubernetes", "KUBECONFIG": cluster.kubeconfig("thv-editor", namespace)}
    finally:
        kubelet.close()
        cluster.close()


PLATFORMS = {"fake": fake, "podman": lambda fixture: engine("podman", fixture),
             "docker": lambda fixture: engine("docker", fixture), "cluster": cluster}


def main(kind, program, fixture, arguments):
    with PLATFORMS[kind](fixture) as variables, tempfile.TemporaryDirectory(prefix="thv-home-") as home:
        kept = {name: os.environ[name] for name in ("PATH", "LLVM_PROFILE_FILE") if name in os.environ}
        environment = {**kept, **variables, "HOME": home, "THV_TEST_BACKEND": kind}
        with subprocess.Popen([program, *arguments], env=environment) as tests:
            try:
                return tests.wait()
            finally:
                # Supervisors of workloads that the tests named after themselves.
                processes.kill_all(lambda: processes.with_argument_containing(f"contract-{tests.pid}-"))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
