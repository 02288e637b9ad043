# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The official conformance suite: a server behind thv passes what it passes alone."""

import pytest

from conformance import expected, subjects, suite, table

# What the servers pass alone, so that a weaker server cannot make a weaker proxy look good.
ALONE = (("legacy", "2025-11-25", 84), ("legacy", "0.1", 44), ("dual", "2025-11-25", 84), ("dual", "0.1", 44),
         ("dual", "2026-07-28", 196))


@pytest.mark.parametrize("server, selection, checks", ALONE)
def test_a_server_alone_passes_everything(ceiling, server, selection, checks):
    report = ceiling(server, selection)
    failed = [check for check in report.checks if check.status == "FAILURE"]
    assert not failed, table.complaints(failed)
    assert report.passed >= checks


@pytest.mark.parametrize("run", expected.RUNS, ids=str)
def test_behind_thv_nothing_is_lost(thv, ceiling, run):
    alone = ceiling(run.server, run.selection)
    with subjects.reached(run.server, run.way, thv) as url:
        report = suite.run(url, run.selection)
    print(table.plain({"alone": alone, run.way: report}))
    unexcused, unneeded = expected.judge(run, suite.losses(alone, report))
    assert not unexcused, f"lost in {run}:\n{table.complaints(unexcused)}"
    assert not unneeded, f"these pass now, so take them out of expected.py: {unneeded}"


@pytest.mark.parametrize("way, checks", expected.TRANSLATED)
def test_a_client_of_2026_gets_along_with_a_server_of_before(thv, way, checks):
    with subjects.reached("legacy", way, thv) as url:
        report = suite.run(url, "2026-07-28")
    print(table.plain({way: report}))
    assert report.passed >= checks, table.complaints(report.complaints())


def test_a_second_run_passes_what_the_first_did(thv):
    with subjects.reached("legacy", "thv-stdio", thv) as url:
        first = suite.run(url, "2025-11-25")
        second = suite.run(url, "2025-11-25")
    assert not suite.losses(first, second), table.complaints(suite.losses(first, second))
