# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Logs of servers and proxies on a cluster."""

import re

import pytest

from support.thv import interrupt
from support.waiting import wait_until

pytestmark = pytest.mark.control_plane  # the tests say what pods write
STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z? ")


def test_server_and_proxy_have_logs_of_their_own(thv):
    thv.given("talker")
    thv.write("talker", "one\ntwo\ngrüß dich")
    thv.write("talker", '{"level":"info","msg":"proxy line"}', container="toolhive")
    assert thv.run("logs", "talker").splitlines() == ["one", "two", "grüß dich"]
    assert thv.run("logs", "--proxy", "talker").splitlines() == ['{"level":"info","msg":"proxy line"}']
    thv.fail(5, "logs", "not-there")


def test_the_last_lines_and_the_newest_ones(thv):
    thv.given("talker")
    thv.write("talker", "\n".join(f"line {number}" for number in range(2000)))
    assert len(thv.run("logs", "talker").splitlines()) == 2000
    assert thv.run("logs", "--tail", "2", "talker").splitlines() == ["line 1998", "line 1999"]
    assert thv.run("logs", "--tail", "0", "talker") == ""
    assert len(thv.run("logs", "--since", "10m", "talker").splitlines()) == 2000
    stamped = thv.run("logs", "--timestamps", "--tail", "1", "talker")
    assert STAMP.match(stamped) and stamped.endswith(" line 1999\n"), stamped


def test_the_log_before_a_crash(thv, kubelet):
    thv.given("phoenix")
    thv.write("phoenix", "last words")
    result = thv.attempt("logs", "--previous", "phoenix")
    assert result.code != 0 and result.err.strip() and result.out == "", result
    kubelet.restart(thv.namespace, "phoenix-0", "mcp")
    thv.write("phoenix", "born again")
    assert thv.run("logs", "phoenix").splitlines() == ["born again"]
    assert thv.run("logs", "--previous", "phoenix").splitlines() == ["last words"]


def test_lines_of_several_pods_are_told_apart(thv):
    thv.given("pair", transport="streamable-http", backendReplicas=2)
    for number in (0, 1):
        thv.kubelet.write(thv.namespace, f"pair-{number}", "mcp", f"from {number}")
    lines = thv.run("logs", "pair").splitlines()
    assert len(lines) == 2
    for number in (0, 1):
        assert any(f"pair-{number}" in line and line.endswith(f"from {number}") for line in lines), lines


def test_a_log_is_followed_until_one_has_seen_enough(thv):
    thv.given("talker")
    thv.write("talker", "before")
    follower = thv.spawn("logs", "--follow", "talker")
    assert follower.stdout.readline() == "before\n"
    thv.write("talker", "while following")
    assert follower.stdout.readline() == "while following\n"
    assert interrupt(follower).code == 130


def test_following_goes_on_in_the_pod_that_takes_the_place(thv, cluster, kubelet):
    thv.given("mover")
    thv.write("mover", "old pod")
    follower = thv.spawn("logs", "--follow", "mover")
    assert follower.stdout.readline() == "old pod\n"
    before = thv.core("pods", "mover-0")["metadata"]["uid"]
    cluster.kubectl("delete", "pod", "mover-0", "--wait=false", "-n", thv.namespace)
    wait_until(lambda: (thv.core("pods", "mover-0") or {}).get("metadata", {}).get("uid") not in (None, before),
               "the pod is replaced", 60)
    thv.wait_ready("mover")
    thv.write("mover", "new pod\nand more")
    assert [follower.stdout.readline() for _ in range(2)] == ["new pod\n", "and more\n"]
    kubelet.restart(thv.namespace, "mover-0", "mcp")
    thv.write("mover", "new container")
    assert follower.stdout.readline() == "new container\n"
    assert interrupt(follower).code == 130


def test_following_ends_with_the_server(thv):
    thv.given("short")
    thv.write("short", "hello")
    follower = thv.spawn("logs", "--follow", "short")
    assert follower.stdout.readline() == "hello\n"
    thv.run("rm", "short")
    out, err = follower.communicate(timeout=60)
    assert follower.returncode == 0 and out == "", out + err


def test_a_server_that_has_no_pod_yet_says_why_it_has_no_log(thv, kubelet):
    kubelet.trouble(thv.namespace, "slow", "mcp", "ImagePullBackOff", "no such image")
    thv.run("run", "--no-wait", "--name", "slow", "localhost/thv-fixture:1")
    wait_until(lambda: "no such image" in str(thv.core("pods")), "its pod is there", 60)
    result = thv.attempt("logs", "slow")
    assert result.out == "" and ("ImagePullBackOff" in result.err or "waiting" in result.err), result
    follower = thv.spawn("logs", "--follow", "slow")
    kubelet.heal(thv.namespace, "slow", "mcp")
    thv.wait_ready("slow")
    thv.write("slow", "here I am")
    assert follower.stdout.readline() == "here I am\n"
    assert interrupt(follower).code == 130


def test_what_a_server_writes_cannot_steer_the_terminal_or_pretend_to_be_more_lines(thv):
    thv.given("rogue")
    thv.write("rogue", "x" * 3_000_000)
    thv.write("rogue", "end")
    lines = thv.run("logs", "rogue").splitlines()
    assert lines[-1] == "end" and all(set(line) <= {"x"} for line in lines[:-1] if "x" * 100 in line)
