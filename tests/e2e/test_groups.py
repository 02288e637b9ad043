# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Groups of real workloads."""

import itertools
import os

import pytest

from support.images import FIXTURE
from support.mcp import answers


def groups(thv):
    return thv.run("group", "list", "--quiet").split()


def test_groups_are_created_listed_and_removed(thv):
    thv.run("group", "create", "tools", "work-2")
    assert groups(thv) == ["default", "tools", "work-2"]
    thv.fail(1, "group", "create", "tools")
    thv.run("group", "rm", "tools")
    assert groups(thv) == ["default", "work-2"]
    thv.fail(4, "group", "rm", "default")
    thv.fail(5, "group", "rm", "tools")


@pytest.mark.parametrize("name", ["", "Upper", "a/b", "..", "a  b", "ü", "x" * 101])
def test_a_group_name_that_is_none(thv, name):
    thv.fail(2, "group", "create", name)


def test_a_run_into_a_group_that_does_not_exist_is_refused(thv):
    thv.fail(5, "run", "--transport", "stdio", "--name", "x", "--group", "nowhere", FIXTURE)
    assert thv.list() == {}


def test_a_running_workload_changes_its_group_without_a_restart(thv):
    thv.run("group", "create", "tools")
    thv.serve("mover")
    supervisor = thv.supervisor("mover")
    thv.run("group", "mv", "mover", "tools")
    assert thv.listed("mover")["group"] == "tools"
    assert thv.supervisor("mover") == supervisor
    thv.fail(1, "group", "mv", "--from", "default", "mover", "default")
    thv.fail(5, "group", "mv", "mover", "nowhere")
    thv.run("restart", "mover")
    assert thv.listed("mover")["group"] == "tools"


def test_concurrent_moves_lose_nothing(thv):
    names, places = ["one", "two", "three"], ["a", "b"]
    thv.run("group", "create", *places)
    for name in names:
        thv.serve(name)
    before = {name: open(thv.run_config_path(name)).read() for name in names}
    children = [thv.spawn("group", "mv", name, place) for name, place in itertools.product(names, places * 3)]
    for child in children:
        out, err = child.communicate(timeout=60)
        assert child.returncode == 0, out + err
    for name in names:
        group = thv.listed(name)["group"]
        assert group in places
        assert open(thv.run_config_path(name)).read() == \
            before[name].replace('"group": "default"', f'"group": "{group}"')


def test_a_group_goes_with_its_workloads_only_when_asked(thv, engine):
    thv.run("group", "create", "tools")
    thv.serve("member", flags=("--group", "tools"))
    result = thv.attempt("group", "rm", "tools")
    assert result.code in (1, 4), result
    assert thv.status("member") == "running"
    thv.run("group", "rm", "--with-workloads", "--yes", "tools")
    assert thv.list() == {} and engine.containers() == {} and groups(thv) == ["default"]


def test_all_workloads_of_a_group_move_at_once(thv):
    thv.run("group", "create", "tools", "web")
    thv.serve("one", flags=("--group", "tools"))
    thv.serve("two", flags=("--group", "tools"))
    thv.serve("three")
    assert thv.run("group", "mv", "--all", "--from", "tools", "--to", "web", "--dry-run").split() == ["one", "two"]
    assert {name: workload["group"] for name, workload in thv.list().items()} == {
        "one": "tools", "two": "tools", "three": "default"}
    assert thv.run("group", "mv", "--all", "--from", "tools", "--to", "web").split() == ["one", "two"]
    assert {name: workload["group"] for name, workload in thv.list().items()} == {
        "one": "web", "two": "web", "three": "default"}


def test_the_run_configs_of_a_folder_run_in_their_groups(thv):
    thv.run("group", "create", "tools")
    thv.serve("one", flags=("--group", "tools", "-e", "A=1"))
    thv.serve("two")
    folder = os.path.join(thv.home, "saved")
    os.makedirs(folder)
    for name in ("one", "two"):
        thv.run("export", name, os.path.join(folder, f"{name}.json"))
    before = {name: workload["url"] for name, workload in thv.list().items()}
    thv.run("rm", "--all")
    assert thv.run("group", "run", folder, timeout=120).split() == ["one", "two"]
    assert {name: workload["url"] for name, workload in thv.list().items()} == before
    assert thv.listed("one")["group"] == "tools" and all(answers(url) for url in before.values())
    result = thv.attempt("group", "run", folder)
    assert result.code == 1 and "'one' exists already" in result.err
