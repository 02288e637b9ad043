# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the end-to-end tests. They need THV_BIN, THV_FIXTURE_BIN (the built programs) and THV_TEST_ENGINE (podman
or docker); ctest sets all three. What is missing fails."""

import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from support import compatibility, engines, images  # noqa: E402
from support.thv import Thv  # noqa: E402


def pytest_configure(config):
    config.pluginmanager.register(compatibility)


@pytest.fixture(scope="session")
def engine_kind():
    return os.environ["THV_TEST_ENGINE"]


@pytest.fixture(scope="session")
def fixture_archive(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("images") / "fixture.tar")
    images.fixture_archive(os.environ["THV_FIXTURE_BIN"], path)
    return path


def start_engine(kind, fixture_archive):
    engine = engines.start(kind)
    try:
        engine.load(fixture_archive)
    except BaseException:
        engine.close()
        raise
    return engine


@pytest.fixture(scope="session")
def engine(engine_kind, fixture_archive):
    """The engine that all tests of a run share, with the fixture's image in it."""
    engine = start_engine(engine_kind, fixture_archive)
    yield engine
    engine.close()


@pytest.fixture
def own_engine(engine_kind, fixture_archive):
    """An engine that the test may kill."""
    engine = start_engine(engine_kind, fixture_archive)
    yield engine
    engine.close()


@pytest.fixture
def thv(engine):
    user = Thv(engine)
    yield user
    user.close()


@pytest.fixture
def thv_on_own_engine(own_engine):
    user = Thv(own_engine)
    yield user
    user.close()


@pytest.fixture(scope="session")
def everything(engine):
    """The image of the npm reference server, loaded into the shared engine."""
    engine.load(images.cached_everything())
    return images.EVERYTHING
