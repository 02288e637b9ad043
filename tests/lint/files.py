#!/usr/bin/python3
# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Fails on tracked source files that are too long, lack the licence header, or have untidy line ends."""

import os
import subprocess
import sys

LONGEST = 350
CODE = (".cpp", ".hpp", ".py", ".sh", ".cmake", ".mjs", ".lua", "CMakeLists.txt")
HEADER = ("SPDX-FileCopyrightText: Copyright 2026 The thv authors", "SPDX-License-Identifier: Apache-2.0")


def tracked():
    listing = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             capture_output=True, check=True)
    return [path for path in listing.stdout.decode().split("\0") if path and os.path.isfile(path)]


def is_script(path, text):
    return "." not in os.path.basename(path).lstrip(".") and text.startswith("#!")


def complaints(path):
    if path.startswith("tests/fuzz/corpus/"):
        return  # bytes as they must be
    with open(path, "rb") as file:
        content = file.read()
    if b"\0" in content:
        return
    text = content.decode()
    lines = text.split("\n")
    if path.endswith(CODE) or is_script(path, text):
        if len(lines) - 1 > LONGEST and not path.startswith("third_party/"):
            yield f"{path}: {len(lines) - 1} lines; {LONGEST} at most"
        head = "\n".join(lines[:4])
        if not all(line in head for line in HEADER):
            yield f"{path}: lacks the two-line SPDX header"
    if path.endswith((".golden", ".1", ".txt")) and not path.endswith("CMakeLists.txt"):
        return
    if content and not content.endswith(b"\n"):
        yield f"{path}: no newline at its end"
    for number, line in enumerate(lines, 1):
        if line != line.rstrip() and not path.endswith(".md"):
            yield f"{path}:{number}: spaces at the end of the line"


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.realpath(__file__)), "../.."))
    wrong = [complaint for path in tracked() for complaint in complaints(path)]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
