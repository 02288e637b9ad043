# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The forms of output, over real workloads: each says the same as the others."""

import json
import os
import subprocess

import pytest
import yaml

from support.terminal import Terminal


@pytest.fixture
def workloads(thv):
    """Two of them: "bb" is the older one, and "aa" has a label."""
    thv.serve("bb")
    thv.serve("aa", flags=("--label", "team=ops"))
    return json.loads(thv.run("ls", "-o", "json"))


def test_every_form_shows_the_same_workloads(thv, workloads):
    assert [workload["name"] for workload in workloads] == ["aa", "bb"]
    assert json.loads(thv.run("ls", "--format", "json")) == workloads
    assert yaml.safe_load(thv.run("ls", "-o", "yaml")) == workloads
    assert [json.loads(line) for line in thv.run("ls", "-o", "jsonl").splitlines()] == workloads
    assert thv.run("ls", "-o", "name") == thv.run("ls", "-q") == "aa\nbb\n"
    assert thv.run("ls", "-o", "name", "--sort-by", ".created_at") == "bb\naa\n"
    lines = [f"{workload['name']} {workload['url']}\n" for workload in workloads]
    assert thv.run("ls", "--format", "{{.Name}} {{.URL}}") == "".join(lines)
    assert thv.run("ls", "-o", "custom-columns=N:.name,U:.url", "--no-headers").split() == "".join(lines).split()
    assert thv.run("ls", "-o=custom-columns=N:.name,TEAM:.labels.team") == "N   TEAM\naa  ops\nbb  <none>\n"
    heading, first, _ = thv.run("ls", "-o", "wide").splitlines()
    assert heading.split()[-2:] == ["STARTED", "LABELS"] and "team=ops" in first
    assert thv.run("status", "aa", "--format", "{{.Status}}") == "running\n"


def test_a_change_is_one_line_of_json(thv, workloads):
    watch = thv.spawn("ls", "--all", "--watch", "-o", "jsonl")
    try:
        seen = [json.loads(watch.stdout.readline()) for _ in workloads]
        assert [(line["change"], line["workload"]["name"]) for line in seen] == [("appeared", "aa"), ("appeared", "bb")]
        thv.run("stop", "bb")
        while (line := json.loads(watch.stdout.readline()))["workload"]["status"] != "stopped":
            assert line["change"] == "changed"
        assert line["workload"]["name"] == "bb"
    finally:
        watch.terminate()
        watch.communicate(timeout=30)


def test_the_template_of_the_engine_s_own_command_works_here_too(thv, engine, workloads):
    """What docker and podman make of a template over a container's labels, thv makes of it over a workload's."""
    template = '{{range $key, $value := .Labels}}{{if eq $key "team"}}{{upper $value | printf "%-5s|"}}{{end}}{{end}}'
    own = thv.run("ls", "--format", template)
    theirs = engine.ask("inspect", "--type", "container", "aa", "--format", template.replace(".Labels", ".Config.Labels"))
    assert own == "OPS  |\n\n" and theirs == "OPS  |\n"


def test_who_asks_for_json_reads_failures_in_json(thv, engine):
    failed = thv.fail(5, "status", "cc", "-o", "json")
    assert json.loads(failed)["code"] == "not_found"
    nowhere = {**thv.environment, **{name: "/nowhere.sock" for name in engine.environment()}}
    child = subprocess.run([thv.binary, "ls", "-o", "json"], env=nowhere, capture_output=True, text=True, timeout=60,
                           check=False)
    error = json.loads(child.stderr)
    assert (child.returncode, error["level"], error["code"], error["exit_code"]) == (6, "error", "unreachable", 6)
    assert child.stdout == ""


def test_a_table_fits_the_terminal_unless_it_is_told_not_to(thv, workloads, tmp_path):
    terminal = Terminal("bash", thv.environment, str(tmp_path), f"export PATH={os.path.dirname(thv.binary)}:$PATH")
    try:
        terminal.tmux("resize-window", "-t", ":0", "-x", "80", "-y", "40")
        terminal.type("thv ls")
        terminal.press("Enter")
        terminal.wait(lambda: "…" in terminal.text(), "a table that is cut")
        rows = [line for line in terminal.text().splitlines() if "http://127.0.0.1" in line]
        assert len(rows) == 2 and all(workload["url"] in row for workload, row in zip(workloads, rows))
        terminal.clear()
        terminal.type("thv ls --no-trunc")
        terminal.press("Enter")
        terminal.wait(lambda: workloads[0]["package"] in terminal.text().replace("\n", ""), "the whole name")
        assert "…" not in terminal.text()
    finally:
        terminal.close()
