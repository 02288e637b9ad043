#!/usr/bin/python3
# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy over lib/ and cmd/, in parallel; a file that passed is not looked at again until it, a header of ours
that it includes, its flags or the checks change.

usage: tidy.py BUILD_FOLDER [FILE…]     (BUILD_FOLDER has compile_commands.json; no files: all of them)
"""

import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "thv-tests", "tidy")
TIDY = "clang-tidy-19"


def commands(build):
    """file → its compile command, for the files that are checked."""
    with open(os.path.join(build, "compile_commands.json")) as file:
        entries = json.load(file)
    wanted = tuple(os.path.join(ROOT, folder) + os.sep for folder in ("lib", "cmd"))
    return {entry["file"]: entry for entry in entries if entry["file"].startswith(wanted)}


def recorded_headers(build):
    """object → (when it was made, in ns; the files it was made of), as the last build has noted it down."""
    noted = {}
    listing = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    for block in listing.split("\n\n"):
        head, *paths = block.strip().splitlines() or [""]
        match = re.fullmatch(r"(\S+): #deps \d+, deps mtime (\d+) \(VALID\)", head)
        if match:
            noted[match[1]] = int(match[2]), [os.path.join(build, path.strip()) for path in paths]
    return noted


def own_headers(entry, noted):
    """The project's files that a file is made of, itself among them. The compiler is asked, which takes half a second,
    only where something has changed since the last build."""
    words = [word for word in shlex.split(entry["command"]) if not os.path.basename(word) == "ccache"]
    output = words.index("-o")
    made, paths = noted.get(words[output + 1], (0, []))
    paths = own(paths)
    if paths and all(os.path.exists(path) and os.stat(path).st_mtime_ns <= made for path in paths):
        return paths
    del words[output:output + 2]
    listing = subprocess.run([*words, "-MM", "-MF", "-"], cwd=entry["directory"], capture_output=True, text=True,
                             check=True).stdout
    return own(listing.replace("\\\n", " ").split(":", 1)[1].split())


def own(paths):
    below = {path for path in map(os.path.realpath, paths) if path.startswith(ROOT + os.sep)}
    return sorted(path for path in below if not path.endswith(".pch"))


def key(entry, version, noted):
    digest = hashlib.sha256(version)
    digest.update(entry["command"].replace(ROOT, "").encode())
    for path in own_headers(entry, noted):
        with open(path, "rb") as file:
            digest.update(path[len(ROOT):].encode() + b"\0" + file.read() + b"\0")
    return digest.hexdigest()


def check(build, entry, version, noted):
    """(file, seconds, complaints); no complaints: it passed."""
    stamp = os.path.join(CACHE, key(entry, version, noted))
    if os.path.exists(stamp):
        os.utime(stamp)
        return entry["file"], 0.0, ""
    begun = time.monotonic()
    result = subprocess.run([TIDY, "-p", build, "--quiet", entry["file"]], capture_output=True, text=True,
                            check=False)
    if result.returncode == 0:
        open(stamp, "w").close()
        return entry["file"], time.monotonic() - begun, ""
    return entry["file"], time.monotonic() - begun, result.stdout or result.stderr


def forget_old_stamps():
    for name in os.listdir(CACHE):
        path = os.path.join(CACHE, name)
        if time.time() - os.path.getmtime(path) > 30 * 86400:
            os.unlink(path)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build = os.path.realpath(sys.argv[1])
    found = commands(build)
    chosen = [os.path.realpath(path) for path in sys.argv[2:]] or sorted(found)
    os.makedirs(CACHE, exist_ok=True)
    forget_old_stamps()
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    with open(os.path.join(ROOT, ".clang-tidy"), "rb") as file:
        version += file.read()
    noted = recorded_headers(build)
    failed = 0
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(check, build, found[path], version, noted) for path in chosen if path in found]
        for job in concurrent.futures.as_completed(jobs):
            path, _, complaints = job.result()
            if complaints:
                failed += 1
                print(f"--- {os.path.relpath(path, ROOT)}\n{complaints}", flush=True)
    print(f"clang-tidy: {len(jobs)} files, {failed} with complaints, {time.monotonic() - begun:.0f} s")
    sys.exit(1 if failed or not jobs else 0)


if __name__ == "__main__":
    main()
