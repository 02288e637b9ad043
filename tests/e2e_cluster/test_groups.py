# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Groups on a cluster."""

import itertools

import pytest

from support import sample
from support.sample import IMAGE
from support.waiting import wait_until


def groups(thv):
    return thv.run("group", "list", "--quiet").split()


def group_of(thv, name, plural="mcpservers"):
    return thv.object(name, plural)["spec"].get("groupRef", {}).get("name")


def test_groups_are_created_listed_and_removed(thv):
    thv.run("group", "create", "tools", "work-2")
    assert [item for item in groups(thv) if item != "default"] == ["tools", "work-2"]
    assert thv.object("tools", "mcpgroups")
    thv.fail(1, "group", "create", "tools")
    thv.run("group", "rm", "tools")
    wait_until(lambda: thv.object("tools", "mcpgroups") is None, "the group is gone")
    thv.fail(5, "group", "rm", "tools")


@pytest.mark.parametrize("name", ["", "Upper", "a/b", "..", "two words", "under_score", "x" * 254])
def test_a_group_name_that_kubernetes_has_not_is_refused(thv, name):
    thv.fail(2, "group", "create", name)


def test_a_run_into_a_group_that_does_not_exist_is_refused(thv):
    thv.fail(5, "run", "--name", "x", "--group", "nowhere", IMAGE)
    assert thv.object("x") is None


def test_a_server_runs_in_its_group(thv):
    thv.run("group", "create", "tools")
    thv.run("run", "--name", "member", "--group", "tools", IMAGE, timeout=300)
    assert group_of(thv, "member") == "tools" and thv.listed("member")["group"] == "tools"
    thv.run("run", "--no-wait", "--name", "loner", IMAGE)
    assert group_of(thv, "loner") is None and not thv.listed("loner").get("group")


def test_servers_of_every_kind_change_their_group(thv, cluster):
    thv.run("group", "create", "old", "new")
    sample.server(cluster, thv.namespace, "server", group="old")
    sample.remote_proxy(cluster, thv.namespace, "proxy", group="old")
    sample.entry(cluster, thv.namespace, "entry", "old")
    assert thv.run("group", "mv", "server", "proxy", "entry", "--to", "new").split() == ["server", "proxy", "entry"]
    kinds = {"server": "mcpservers", "proxy": "mcpremoteproxies", "entry": "mcpserverentries"}
    assert {group_of(thv, name, plural) for name, plural in kinds.items()} == {"new"}
    thv.fail(1, "group", "mv", "--from", "old", "server", "--to", "old")
    thv.fail(5, "group", "mv", "server", "--to", "nowhere")
    thv.fail(5, "group", "mv", "not-there", "--to", "old")
    assert group_of(thv, "server") == "new"


def test_an_entry_cannot_leave_its_group_for_none(thv, cluster):
    thv.run("group", "create", "tools", "others")
    sample.entry(cluster, thv.namespace, "entry", "tools")
    for command in (("mv", "entry", "--to", "default"), ("rm", "--yes", "tools")):
        error = thv.fail(2, "group", *command)
        assert "'entry'" in error and "can only move to another one: thv group mv" in error
    assert group_of(thv, "entry", "mcpserverentries") == "tools"
    thv.run("group", "mv", "entry", "--to", "others")
    thv.run("group", "rm", "tools")


def test_a_server_without_a_group_is_moved_into_one(thv, cluster):
    thv.run("group", "create", "tools")
    sample.server(cluster, thv.namespace, "loner", env=[{"name": "A", "value": "1"}])
    assert thv.run("group", "mv", "loner", "--to", "tools").split() == ["loner"]
    assert group_of(thv, "loner") == "tools"
    assert thv.object("loner")["spec"]["env"] == [{"name": "A", "value": "1"}]


def test_of_concurrent_moves_from_one_place_exactly_one_wins(thv, cluster):
    places = ["a", "b", "c", "d"]
    thv.run("group", "create", "start", *places)
    for number in range(3):
        name = f"contested-{number}"
        sample.server(cluster, thv.namespace, name, group="start")
        children = {place: thv.spawn("group", "mv", name, "--from", "start", "--to", place) for place in places}
        ended = {place: (child.communicate(timeout=60), child.returncode) for place, child in children.items()}
        won = [place for place, (_, code) in ended.items() if code == 0]
        assert won == [group_of(thv, name)], ended
        assert {code for _, code in ended.values()} == {0, 1}, ended


def test_concurrent_moves_lose_nothing(thv, cluster):
    names, places = ["one", "two"], ["a", "b"]
    thv.run("group", "create", *places)
    for name in names:
        sample.server(cluster, thv.namespace, name, group="a", args=["--kept"])
    children = [thv.spawn("group", "mv", name, "--to", place) for name, place in itertools.product(names, places * 3)]
    for child in children:
        out, err = child.communicate(timeout=60)
        assert child.returncode == 0, out + err
    for name in names:
        assert group_of(thv, name) in places and thv.object(name)["spec"]["args"] == ["--kept"]


def test_a_group_in_use_goes_only_when_asked(thv, cluster):
    thv.run("group", "create", "tools")
    thv.given("member", group="tools")
    result = thv.attempt("group", "rm", "tools")
    assert result.code in (1, 4), result
    assert thv.object("tools", "mcpgroups") and group_of(thv, "member") == "tools"
    thv.run("group", "rm", "--with-workloads", "--yes", "tools", timeout=120)
    assert thv.object("member") is None
    wait_until(lambda: thv.object("tools", "mcpgroups") is None, "the group is gone")


def test_commands_on_a_group_leave_the_others_alone(thv):
    thv.run("group", "create", "tools")
    thv.given("in-group", group="tools")
    thv.given("outside")
    thv.run("stop", "--group", "tools", timeout=120)
    assert (thv.status("in-group"), thv.status("outside")) == ("stopped", "running")
