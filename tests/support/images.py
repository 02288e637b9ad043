#!/usr/bin/python3
# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Container images made without a registry: archives that any engine's `load` takes.

As a program:
  images.py everything ARCHIVE [NAME:TAG]   makes the image of the npm reference server
  images.py fixture PROGRAM ARCHIVE         makes the image of the tests' own server
  images.py load SOCKET ARCHIVE             loads an archive into the engine that listens there
  images.py first-socket                    reads `thv runtime check --format json`, prints the socket that answers
"""

import glob
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from support import engine_api  # noqa: E402

FIXTURE = "localhost/thv-fixture:1"
EVERYTHING = "localhost/server-everything:1"
EVERYTHING_PACKAGE = "@modelcontextprotocol/server-everything@2026.8.31"
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]


def cache_folder():
    """Where what takes long to make is kept between runs."""
    root = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(root, "thv-tests")
    os.makedirs(folder, exist_ok=True)
    return folder


def _digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_archive(path, name, layers, config):
    """Packs layers (tar files) and the container defaults (`config`: Entrypoint, Cmd, Env, …) into an archive."""
    image = {"architecture": ARCHITECTURE, "os": "linux", "config": config, "created": "2026-01-01T00:00:00Z",
             "rootfs": {"type": "layers", "diff_ids": [f"sha256:{_digest(layer)}" for layer in layers]},
             "history": [{"created": "2026-01-01T00:00:00Z", "created_by": "tests"} for _ in layers]}
    encoded = json.dumps(image).encode()
    image_name = hashlib.sha256(encoded).hexdigest() + ".json"
    members = {f"layer{index}.tar": layer for index, layer in enumerate(layers)}
    manifest = [{"Config": image_name, "RepoTags": [name], "Layers": list(members)}]
    with tarfile.open(path + ".part", "w") as archive:
        for member, content in ((image_name, encoded), ("manifest.json", json.dumps(manifest).encode())):
            entry = tarfile.TarInfo(member)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for member, layer in members.items():
            archive.add(layer, member)
    os.replace(path + ".part", path)


def fixture_archive(binary, path, name=FIXTURE, **config):
    """An image that holds one static file; `config` adds to the container defaults."""
    with tempfile.TemporaryDirectory() as folder:
        layer = os.path.join(folder, "layer.tar")
        with tarfile.open(layer, "w") as tar:
            tmp = tarfile.TarInfo("tmp")
            tmp.type, tmp.mode = tarfile.DIRTYPE, 0o1777
            tar.addfile(tmp)
            tar.add(binary, "mcp_fixture")
        write_archive(path, name, [layer], {"Entrypoint": ["/mcp_fixture"], **config})


def _shared_libraries(program):
    """The files that the dynamic linker loads for a program, itself included."""
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return sorted({word for line in listing.splitlines() for word in line.split() if word.startswith("/")})


def add_node(tar, node=None):
    """A node (this machine's): the program, its libraries, and the modules that Debian keeps outside of its own."""
    node = os.path.realpath(node or shutil.which("node") or "/usr/bin/node")
    tar.add(node, "usr/bin/node")
    for library in _shared_libraries(node):
        tar.add(os.path.realpath(library), library.lstrip("/"))
    for module in ("acorn", "acorn-walk", "cjs-module-lexer", "undici"):
        for folder in glob.glob(f"/usr/share/nodejs/{module}"):
            tar.add(folder, folder.lstrip("/"))


def everything_archive(path, name=EVERYTHING):
    """The npm reference server with this machine's node: no distribution, no shell, a few seconds to make."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--omit=dev", "--ignore-scripts",
                        "--prefix", folder, EVERYTHING_PACKAGE], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)
        layer = os.path.join(folder, "layer.tar")
        with tarfile.open(layer, "w") as tar:
            tmp = tarfile.TarInfo("tmp")
            tmp.type, tmp.mode = tarfile.DIRTYPE, 0o1777
            tar.addfile(tmp)
            add_node(tar)
            tar.add(os.path.join(folder, "node_modules"), "app/node_modules")
        server = "/app/node_modules/@modelcontextprotocol/server-everything/dist/index.js"
        write_archive(path, name, [layer], {"Entrypoint": ["/usr/bin/node", server], "WorkingDir": "/app",
                                            "Env": ["PATH=/usr/bin"]})


def cached_everything():
    """The archive of the npm reference server, made once per version of it and of node."""
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    path = os.path.join(cache_folder(), f"everything-{EVERYTHING_PACKAGE.rsplit('@', 1)[1]}-node-{version}.tar")
    if not os.path.exists(path):
        everything_archive(path)
    return path


def main(arguments):
    if arguments[:1] == ["everything"] and len(arguments) in (2, 3):
        everything_archive(*arguments[1:])
    elif arguments[:1] == ["fixture"] and len(arguments) == 3:
        fixture_archive(*arguments[1:])
    elif arguments[:1] == ["load"] and len(arguments) == 3:
        engine_api.load(arguments[1], arguments[2])
    elif arguments == ["first-socket"]:
        answering = [probe["socket"] for probe in json.load(sys.stdin) if probe["answered"]]
        if not answering:
            sys.exit(1)
        print(answering[0])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
