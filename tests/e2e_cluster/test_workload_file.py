# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Workloads as a file, on a cluster."""

import os

from support.sample import IMAGE
from support.waiting import wait_until

PATIENCE = 300


def listing(thv):
    """What the list says, without the moments at which things were made."""
    return [{field: value for field, value in workload.items() if field not in ("created_at", "started_at")}
            for workload in thv.json("ls", "--all")]


def test_export_rm_and_apply_give_the_same_list_again(thv):
    thv.run("group", "create", "tools")
    thv.run("run", "--name", "first", "-e", "A=1", "--memory", "64m", IMAGE, timeout=PATIENCE)
    thv.run("run", "--name", "second", "--group", "tools", "--transport", "stdio", "--permission-profile", "none", IMAGE,
            timeout=PATIENCE)
    wait_until(lambda: all(workload["status"] == "running" for workload in listing(thv)), "both run", seconds=60)
    before = listing(thv)
    file = os.path.join(thv.home, "all.yaml")
    thv.run("export", "--all", "--format", "yaml", file)
    same = thv.attempt("diff", "-f", file)
    assert same.code == 0, same
    thv.run("rm", "--all", timeout=PATIENCE)
    thv.run("group", "rm", "tools")
    wait_until(lambda: thv.object("tools", "mcpgroups") is None, "the group is gone")
    assert thv.run("apply", "-f", file, timeout=PATIENCE).splitlines() == [
        "group/tools created", "workload/first created", "workload/second created"]
    wait_until(lambda: listing(thv) == before, f"the list is as before: {before}, {listing(thv)}", seconds=60)
    assert thv.run("export", "--all", "--format", "yaml") == open(file).read()


def test_apply_makes_changes_moves_and_prunes(thv):
    thv.run("group", "create", "tools")
    thv.run("run", "--no-wait", "--name", "one", "--group", "tools", IMAGE)
    thv.run("run", "--no-wait", "--name", "two", IMAGE)
    thv.run("run", "--no-wait", "--name", "three", "--group", "tools", IMAGE)
    text = f"version: 1\ngroups: [tools]\nworkloads:\n  one: {{image: {IMAGE}}}\n  two: {{image: {IMAGE}, env: {{A: 1}}}}\n"
    shown = thv.attempt("diff", "-f", "-", "--prune", input=text)
    assert shown.code == 1
    assert shown.out == "~ one\n- group: tools\n~ two\n+ env:\n+   A: \"1\"\n- three\n"
    done = thv.run("apply", "-f", "-", "--prune", input=text, timeout=PATIENCE).splitlines()
    assert done == ["workload/one moved", "workload/two updated", "workload/three removed"]
    assert thv.object("two")["spec"]["env"] == [{"name": "A", "value": "1"}]
    assert "groupRef" not in thv.object("one")["spec"] and thv.object("three") is None
    assert thv.attempt("diff", "-f", "-", "--prune", input=text).code == 0


def test_a_profile_that_only_an_engine_has_is_a_mistake(thv):
    text = f"version: 1\nworkloads:\n  x: {{image: {IMAGE}, profile: {{privileged: true}}}}\n  y: {{image: {IMAGE}, network: host}}\n"
    error = thv.fail(2, "apply", "-f", "-", input=text)
    assert "workloads.x: field 'profile'" in error and "workloads.y: field 'network'" in error
    assert thv.object("x") is None
