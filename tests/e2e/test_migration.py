# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""docs/migration.md says what became of each command and flag of ToolHive's; here its tables meet both programs."""

import os
import re

import pytest

from support import upstream
from support.thv import Thv

DOCUMENT = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "migration.md")
FLAG = re.compile(r"^\s+(?:-\w, )?(--[a-z0-9-]+)", re.M)
VERDICTS = {"same", "different", "not there"}


@pytest.fixture(scope="module")
def upstream_binary():
    return upstream.binary()


@pytest.fixture
def theirs(thv, engine, upstream_binary):
    return Thv(engine, binary=upstream_binary, home=thv.home)


def rows(title):
    """The table below a heading, each row as its cells."""
    with open(DOCUMENT, encoding="utf-8") as file:
        section = file.read().split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    table = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table]


def said_of_flags():
    return {re.search(r"--[a-z0-9-]+", flag)[0]: verdict for flag, verdict, _ in rows("Flags of `run`")}


def test_the_table_has_every_flag_of_toolhives_run_and_no_other(theirs):
    said = said_of_flags()
    assert set(said) == set(FLAG.findall(theirs.run("run", "--help")))
    assert set(said.values()) <= VERDICTS


def test_a_flag_is_there_or_not_as_the_table_says(thv):
    ours = set(re.findall(r"--[a-z0-9-]+", thv.run("help") + thv.run("run", "--help")))
    wrong = {flag for flag, verdict in said_of_flags().items() if (flag in ours) != (verdict != "not there")}
    assert wrong == set()


def test_a_flag_that_is_not_there_is_refused(thv):
    for flag, verdict in said_of_flags().items():
        if verdict == "not there":
            refused = thv.attempt("run", "--transport", "stdio", f"{flag}=x", "localhost/none:1")
            assert refused.code in (1, 2) and flag in refused.err, (flag, refused)
    assert thv.list() == {}


def test_the_table_has_every_command_of_toolhives(theirs):
    listed = theirs.run("--help").split("Available Commands:", 1)[1].split("\n\n", 1)[0]
    commands = {line.split()[0] for line in listed.strip().splitlines()} - {"help"}
    said = " ".join(row[0] for row in rows("Commands"))
    missing = {command for command in commands if not re.search(rf"(`|[ |]){re.escape(command)}\b", said)}
    assert commands and missing == set()
