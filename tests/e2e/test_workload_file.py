# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Workloads as a file: export, apply and diff."""

import json
import os

import pytest

from support.images import FIXTURE
from support.mcp import answers


def written(thv, text, name="thv.yaml"):
    path = os.path.join(thv.home, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    return path


def listing(thv):
    """What the list says, without the moments at which things were made."""
    return [{field: value for field, value in workload.items() if field not in ("created_at", "started_at")}
            for workload in thv.json("ls", "--all")]


def test_export_rm_and_apply_give_the_same_list_again(thv, engine):
    thv.run("group", "create", "tools", "empty")
    data = os.path.join(thv.home, "data")
    os.makedirs(data)
    thv.serve("first", flags=("-e", "A=1", "-v", f"{data}:/data:ro", "--memory", "64m", "--cpus", "0.5", "-l", "x=y"))
    thv.serve("second", flags=("--group", "tools", "--permission-profile", "none", "--proxy-mode", "sse"))
    thv.run("run", "--name", "third", "--group", "tools", FIXTURE)
    before = listing(thv)
    file = os.path.join(thv.home, "all.yaml")
    thv.run("export", "--all", "--format", "yaml", file)
    assert thv.attempt("diff", "-f", file).code == 0
    thv.run("rm", "--all")
    thv.run("group", "rm", "tools")
    assert thv.run("apply", "-f", file, timeout=120).splitlines() == [
        "group/tools created", "workload/first created", "workload/second created", "workload/third created"]
    assert listing(thv) == before
    assert all(answers(workload["url"]) for workload in before if workload["proxy_mode"] == "streamable-http")
    assert thv.run("export", "--all", "--format", "yaml") == open(file).read()
    assert set(thv.run("apply", "-f", file).splitlines()) == {
        "workload/first unchanged", "workload/second unchanged", "workload/third unchanged"}


def test_apply_makes_changes_moves_and_prunes(thv, engine):
    file = written(thv, f"""\
version: 1
groups: [tools]
workloads:
  one: {{image: {FIXTURE}, transport: stdio, group: tools}}
  two: {{image: {FIXTURE}, transport: stdio}}
""")
    thv.run("apply", "-f", file, timeout=120)
    thv.serve("three", flags=("--group", "tools"))
    url = thv.listed("two")["url"]
    supervisor = thv.supervisor("one")
    written(thv, f"""\
version: 1
groups: [tools]
workloads:
  one: {{image: {FIXTURE}, transport: stdio}}
  two: {{image: {FIXTURE}, transport: stdio, env: {{A: 1}}}}
""")
    shown = thv.attempt("diff", "-f", file, "--prune")
    assert shown.code == 1
    assert shown.out == "~ one\n- group: tools\n~ two\n+ env:\n+   A: \"1\"\n- three\n"
    dry = thv.run("apply", "-f", file, "--prune", "--dry-run").splitlines()
    assert dry == ["workload/one moved (dry run)", "workload/two updated (dry run)", "workload/three removed (dry run)"]
    assert thv.attempt("diff", "-f", file, "--prune").out == shown.out
    done = thv.run("apply", "-f", file, "--prune", timeout=120).splitlines()
    assert done == ["workload/one moved", "workload/two updated", "workload/three removed"]
    assert set(thv.list()) == {"one", "two"}
    assert thv.listed("two")["url"] == url and answers(url)
    assert thv.supervisor("one") == supervisor
    assert thv.attempt("diff", "-f", file, "--prune").code == 0


def test_one_failure_leaves_the_others_and_is_told(thv):
    file = written(thv, f"""\
version: 1
workloads:
  good: {{image: {FIXTURE}, transport: stdio}}
  bad: {{image: {FIXTURE}, transport: stdio, args: [--no-such-flag]}}
""")
    result = thv.attempt("apply", "-f", file, "--timeout", "20s", timeout=90)
    assert result.code == 3, result
    assert result.out.splitlines() == ["workload/good created"]
    assert "bad" in result.err
    assert set(thv.list()) == {"good"}


def test_all_mistakes_of_all_files_are_told_and_nothing_is_done(thv):
    written(thv, "version: 1\nworkloads:\n  a: {image: i, imagee: j}\n  b: {transport: stdio}\n", "files/1.yaml")
    written(thv, "version: 1\nworkloads:\n  a: {image: i, volumes: ['./nowhere:/x']}\n", "files/2.yaml")
    written(thv, "version: 1\nversion: 1\n", "files/3.yml")
    for command, code in (("apply", 2), ("diff", 2)):
        error = thv.fail(code, command, "-f", os.path.join(thv.home, "files"))
        for word in ("1.yaml: workloads.a: there is no field 'imagee'", "1.yaml: workloads.b:",
                     "2.yaml: workloads.a are the same", "3.yml:2:1", "Nothing was changed because of these 4 mistakes"):
            assert word in error, error
    assert thv.list() == {}


@pytest.mark.parametrize("text, word", [
    ("version: 1\nworkloads:\n  a: {image: i, group: nowhere}\n", "nowhere"),
    ("version: 1\nworkloads:\n  a: {image: i, volumes: ['./nowhere:/x']}\n", "nowhere"),
    ("workloads: {}\n", "version"),
    ("version: 1\nworkloads: &a\n  x: *a\n", ""),
    ("\0", ""),
])
def test_a_file_that_cannot_be_applied_changes_nothing(thv, text, word):
    result = thv.attempt("apply", "-f", written(thv, text))
    assert result.code in (2, 5) and word in result.err, result
    assert thv.list() == {}


def test_a_file_of_stdin_and_profiles_of_its_own(thv, engine):
    text = json.dumps({"version": 1, "profiles": {"quiet": {"network": {"mode": "none"}}},
                       "workloads": {"calm": {"image": FIXTURE, "transport": "stdio", "profile": "quiet"}}})
    assert thv.run("apply", "-f", "-", input=text, timeout=60) == "workload/calm created\n"
    assert engine.inspect("calm")["HostConfig"]["NetworkMode"] == "none"
