# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the conformance tests. They need THV_BIN and THV_TEST_ENGINE, which ctest sets, and npm."""

import functools
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from conformance import subjects, suite  # noqa: E402
from support import engines  # noqa: E402
from support.thv import Thv  # noqa: E402


@pytest.fixture(scope="session")
def engine():
    """An engine with the image of the suite's servers."""
    found = engines.start(os.environ["THV_TEST_ENGINE"])
    try:
        subjects.load_image(found)
        yield found
    finally:
        found.close()


@pytest.fixture
def thv(engine):
    user = Thv(engine)
    yield user
    user.close()


@pytest.fixture(scope="session")
def ceiling():
    """(server, selection) → the Report of the server alone, made once."""

    @functools.cache
    def report(server, selection):
        with subjects.own_http(server) as url:
            return suite.run(url, selection)

    return report
