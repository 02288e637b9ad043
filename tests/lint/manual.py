#!/usr/bin/python3
# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Fails on a manual page that mandoc warns of, whose name lexgrog cannot read (whatis and apropos would not know it),
or that refers to a page of thv's which is not there. A missing program is a failure."""

import os
import re
import subprocess
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PAGE = re.compile(r".+\.[1-9]$")
REFERENCE = re.compile(r"\b(thv[a-z.-]*) ?\((\d)\)")
READ = re.compile(r'^[^:]+: ".*"\n', re.M)  # what lexgrog says of a page that is well
FONT = re.compile(r"\\f[BIPR]")


def failure_of(*command):
    """What a command prints, when it fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except FileNotFoundError:
        return f"{command[0]} is not installed; scripts/setup --test-packages installs it\n"
    return done.stdout if done.returncode != 0 else ""


def references(path):
    """The pages of thv's that a page names, as (line, file)."""
    with open(path, encoding="utf-8") as page:
        for number, line in enumerate(page, 1):
            text = FONT.sub("", line.replace("\\-", "-"))
            for name, section in REFERENCE.findall(text):
                yield number, f"{name}.{section}"


def main():
    os.chdir(os.path.join(ROOT, "man"))
    pages = sorted(name for name in os.listdir(".") if PAGE.match(name))
    unnamed = READ.sub("", failure_of("lexgrog", *pages))
    wrong = failure_of("mandoc", "-T", "lint", "-W", "warning", *pages) + unnamed
    for page in pages:
        for number, file in references(page):
            if file not in pages:
                wrong += f"{page}:{number}: there is no page {file}\n"
    print(wrong, end="")
    sys.exit(1 if wrong or not pages else 0)


if __name__ == "__main__":
    main()
