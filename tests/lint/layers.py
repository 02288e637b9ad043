#!/usr/bin/python3
# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Fails on an #include that crosses the libraries' arrows.

The arrows are the DEPS of thv_library(…) and thv_test(…) in the CMakeLists.txt files: a file of a library may include
headers of that library and of the libraries it names, no others. A test may also use what those libraries use.
"""

import os
import re
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
CALL = re.compile(r"\b(thv_library|thv_test)\s*\(([^)]*)\)", re.S)
SECTIONS = {"NAME", "SOURCES", "DEPS", "USES", "LABELS"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
# Narrower than a whole library: who may use only these headers of another.
ONLY = {("workload", "io"): {"io/task.hpp", "io/deadline.hpp", "io/environment.hpp"}}
# The places of the program that know the concrete types behind the interfaces.
CONCRETE = {"engine", "cluster", "proxy"}
COMPOSITION_ROOTS = re.compile(r"^cmd/thv/(session|engine_)\w*\.[ch]pp$")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def files_below(folder, suffixes):
    for place, folders, names in os.walk(os.path.join(ROOT, folder)):
        folders.sort()
        for name in sorted(names):
            if name.endswith(suffixes):
                yield os.path.relpath(os.path.join(place, name), ROOT)


def sections(text):
    """The arguments of one call by their keyword."""
    found, current = {}, None
    for word in re.sub(r"#[^\n]*", "", text).split():
        if word in SECTIONS:
            current = word
            found[current] = []
        elif current:
            found[current].append(word)
    return found


def declarations():
    """(kind, folder, sections) of every thv_library and thv_test call."""
    for folder in ("lib", "cmd", "tests"):
        for path in files_below(folder, ("CMakeLists.txt",)):
            text = re.sub(r"#[^\n]*", "", read(os.path.join(ROOT, path)))
            for kind, arguments in CALL.findall(text):
                yield kind, os.path.dirname(path), sections(arguments)


def closure(names, dependencies):
    reached, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += dependencies.get(name, ())
    return reached


def includes(path):
    return INCLUDE.findall(read(os.path.join(ROOT, path)))


def check_libraries(dependencies):
    for library, allowed in dependencies.items():
        for path in files_below(f"lib/{library}", (".cpp", ".hpp")):
            for include in includes(path):
                used = include.split("/")[0]
                if "/" not in include:
                    yield f'{path}: "{include}" is not spelled from the include root: "{library}/{include}"'
                elif used in dependencies and used != library and used not in allowed:
                    yield f'{path}: includes "{include}", but {library} may use only: {" ".join(sorted(allowed))}'
                elif include not in ONLY.get((library, used), {include}):
                    yield f'{path}: includes "{include}", but {library} may use only {ONLY[library, used]} of {used}'


def check_cycles(dependencies):
    for library, allowed in dependencies.items():
        if library in closure(allowed, dependencies):
            yield f"lib/{library}: depends on itself through its DEPS"


def check_program():
    for path in files_below("cmd/thv", (".cpp", ".hpp")):
        if COMPOSITION_ROOTS.match(path):
            continue
        for include in includes(path):
            if include.split("/")[0] in CONCRETE:
                yield f'{path}: includes "{include}"; only session.cpp knows the concrete backends'


def check_tests(tests, dependencies):
    for folder, test in tests:
        allowed = closure(test.get("DEPS", ()), dependencies)
        for source in test.get("SOURCES", ()):
            path = os.path.normpath(os.path.join(folder, source))
            if not os.path.exists(os.path.join(ROOT, path)):
                continue
            for include in includes(path):
                used = include.split("/")[0]
                if "/" in include and used in dependencies and used not in allowed:
                    yield f'{path}: includes "{include}", but the test\'s DEPS do not reach {used}'


def main():
    declared = list(declarations())
    everything = {call["NAME"][0]: set(call.get("DEPS", ())) for kind, _, call in declared if kind == "thv_library"}
    dependencies = {call["NAME"][0]: set(call.get("DEPS", ())) for kind, folder, call in declared
                    if kind == "thv_library" and folder.startswith("lib/")}
    tests = [(folder, call) for kind, folder, call in declared if kind == "thv_test"]
    if not dependencies:
        sys.exit("layers.py: found no thv_library(…): has the build changed its form?")
    wrong = [*check_libraries(dependencies), *check_cycles(everything), *check_program(),
             *check_tests(tests, everything)]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
