# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A table of what ToolHive and thv read of each other, at the end of a run of the tests that show it.

A test says what it shows: `@pytest.mark.compatibility("group", compatibility.READS_OURS)`. A cell is ok when every test of
it that ran has passed and at least one has, and failed when one has not."""

import pytest

READS_OURS = "ToolHive reads what thv wrote"
READS_THEIRS = "thv reads what ToolHive wrote"
BOTH = (READS_OURS, READS_THEIRS)
NOT_APPLICABLE = "not applicable"

# Every row, and the columns that mean nothing in it.
ROWS = {
    "run config": (),
    "exported run config": (),
    "workload status": (),
    "container and its labels": (),
    "stopped workload, started again": (),
    "group": (),
    "group of a workload": (),
    "encrypted secrets": (),
    "password in the keyring": (),
    "secret as a variable": (),
    "secret as a file, which is refused": (READS_THEIRS,),  # ToolHive has none
    "config.yaml": (),
    "registry cache": (),
}

_seen = {}  # (what, direction) → outcomes


def pytest_configure(config):
    config.addinivalue_line("markers", "compatibility(what, *directions): the cells of the table that the test is for")


def pytest_collection_modifyitems(items):
    for item in items:
        for mark in item.iter_markers("compatibility"):
            what, *directions = mark.args
            for direction in directions:
                if what not in ROWS or direction not in BOTH or direction in ROWS[what]:
                    raise pytest.UsageError(f"{item.nodeid}: the table has no cell {what!r}, {direction!r}")
                _seen.setdefault((what, direction), [])
                item.user_properties.append(("compatibility", (what, direction)))


def pytest_runtest_logreport(report):
    for name, cell in report.user_properties:
        if name == "compatibility" and (report.failed or (report.when == "call" and report.passed)):
            _seen[cell].append(report.outcome)


def cell(what, direction):
    if direction in ROWS[what]:
        return NOT_APPLICABLE
    outcomes = _seen.get((what, direction))
    if not outcomes:
        return "not run"
    return "failed" if "failed" in outcomes else "ok"


def table():
    rows = [("", *BOTH)] + [(what, *(cell(what, direction) for direction in BOTH)) for what in ROWS]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |" for row in rows]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]


def pytest_terminal_summary(terminalreporter):
    if not any(_seen.values()):
        return
    terminalreporter.section("compatibility")
    for line in table():
        terminalreporter.write_line(line)
