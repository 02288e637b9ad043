#!/usr/bin/python3
# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Fails on a link of a document to a file or heading that is not there, and on a test that docs/conventions.md or
docs/stability.md names and that does not exist."""

import os
import re
import subprocess
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
LINK = re.compile(r"\]\(([^)\s]+)\)")
WITH_TESTS = ("docs/conventions.md", "docs/stability.md")
TEST = re.compile(r"`([^`]+)`(?:: (.+))?$")


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def anchors(path):
    """The headings of a document as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.M)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def broken_links(path):
    for link in LINK.findall(re.sub(r"^```.*?^```$", "", text_of(path), flags=re.M | re.S)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, heading = link.partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
        if not os.path.exists(target):
            yield f"{path}: the link {link} leads nowhere"
        elif heading and heading not in anchors(target):
            yield f"{path}: {target} has no heading for {link}"


def unknown_tests(path):
    rows = [line for line in text_of(path).splitlines() if line.startswith("| ")]
    for cell in (re.split(r"(?<!\\)\|", row)[3].strip() for row in rows):
        for reference in (part.strip() for part in cell.split(";")):
            match = TEST.match(reference)
            if match is None:
                if reference not in ("test", "–"):
                    yield f"{path}: '{reference}' names no test"
                continue
            file = next((name for name in (f"tests/{match[1]}", f"tests/{match[1]}.cpp") if os.path.exists(name)), None)
            if file is None:
                yield f"{path}: there is no tests/{match[1]}"
            elif match[2] and not has(text_of(file), match[2]):
                yield f"{path}: {file} has no '{match[2]}'"


def has(tests, named):
    """Statements of C++ tests have commas themselves, so each comma may or may not be between two of them."""
    if named.startswith("`"):
        return all(f"def {name.strip('`…')}" in tests for name in named.split(", "))
    if f'TEST_CASE("{named}' in tests:
        return True
    return ", " in named and any(has(tests, named[:comma.start()]) and has(tests, named[comma.end():])
                                 for comma in re.finditer(", ", named))


def main():
    os.chdir(ROOT)
    listing = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
                             capture_output=True, check=True, text=True)
    documents = [path for path in listing.stdout.split("\n") if path and os.path.exists(path)]
    wrong = [complaint for path in documents for complaint in broken_links(path)] + \
            [complaint for path in WITH_TESTS for complaint in unknown_tests(path)]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
