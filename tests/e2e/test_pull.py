# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Images that have to be pulled first."""

import pytest

from support.mcp import answers
from support.registry import Registry
from support.thv import interrupt


@pytest.fixture
def registry(engine, fixture_archive):
    with Registry(fixture_archive, engine.registry_port) as registry:
        yield registry
    engine.request("DELETE", f"/images/{registry.image}?force=true")


def test_an_absent_image_is_pulled(thv, registry):
    url = thv.serve("pulled", image=registry.image)
    assert answers(url)


def test_ctrl_c_during_a_pull_ends_at_once_and_leaves_nothing(thv, engine, registry):
    registry.flowing.clear()
    child = thv.spawn("run", "--transport", "stdio", "--name", "pulled", registry.image)
    assert registry.asked.wait(30)
    result = interrupt(child, seconds=5)
    assert result.code == 130, result
    assert (thv.list(), engine.containers(), thv.processes(), thv.run_configs()) == ({}, {}, [], [])


def test_a_registry_that_is_away_is_named(thv, engine):
    image = f"127.0.0.1:{engine.registry_port}/fixture:1"
    result = thv.attempt("run", "--transport", "stdio", "--name", "pulled", image)
    assert result.code != 0 and image in result.err, result
    assert thv.run_configs() == []
