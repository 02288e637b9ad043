# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Runs that cannot work: each says why, and leaves nothing."""

import http.server
import os
import threading

import pytest

from support.images import FIXTURE
from support.mcp import answers
from support.ports import free_port


@pytest.fixture(autouse=True)
def nothing_stays(thv, engine):
    before = set(engine.containers())
    yield
    assert thv.list() == {}
    assert set(engine.containers()) - before <= {"foreign"}
    assert thv.left_running() == []
    assert thv.run_configs() == []


def run(thv, code, *arguments, name="bad", image=FIXTURE, flags=()):
    command = ["run", "--transport", "stdio", "--name", name, *flags, image]
    return thv.fail(code, *command, *(["--", *arguments] if arguments else []))


@pytest.mark.parametrize("name", ["", "-dash", ".dot", "..", "a/b", "../up", "a b", "a;b", "$(touch x)", "ü", "a\nb",
                                  "a" * 101, "`id`", "a\\b", "a%2fb"],
                         ids=lambda name: ascii(name)[:12].replace("/", "|"))
def test_a_name_that_is_none(thv, name):
    run(thv, 2, name=name)


def test_a_name_of_every_allowed_character_and_length_works(thv):
    name = ("aZ0._-" * 17)[:100]
    url = thv.serve(name)
    assert answers(url)
    thv.run("rm", name)


def test_a_name_that_is_taken(thv):
    url = thv.serve("bad")
    for _ in range(2):
        assert "bad" in run(thv, 1)
    assert answers(url)
    thv.run("stop", "bad")
    run(thv, 1)
    assert thv.status("bad") == "stopped"
    thv.run("rm", "bad")


def test_a_container_of_that_name_that_is_none_of_ours(thv, engine):
    engine.create("foreign", FIXTURE, labels={"owner": "somebody else"})
    try:
        error = run(thv, 1, name="foreign")
        assert "foreign" in error
        assert engine.inspect("foreign")["State"]["Running"]
        thv.attempt("rm", "foreign")
        thv.attempt("stop", "foreign")
        assert engine.inspect("foreign")["State"]["Running"]
    finally:
        engine.remove("foreign")


def test_an_image_that_does_not_exist(thv, engine):
    image = f"127.0.0.1:{engine.registry_port}/no-such-image:1"
    error = thv.attempt("run", "--transport", "stdio", "--name", "bad", image)
    assert error.code != 0 and "no-such-image" in error.err


@pytest.mark.parametrize("image", ["", "UPPER CASE", "a:b:c", "-flag", "../x", "x@sha256:short"])
def test_an_image_that_is_none(thv, image):
    result = thv.attempt("run", "--transport", "stdio", "--name", "bad", image, timeout=30)
    assert result.code != 0 and result.err.strip()


@pytest.mark.parametrize("code", [0, 1, 42])
def test_a_server_that_exits_at_once_is_quoted(thv, code):
    result = thv.attempt("run", "--transport", "stdio", "--name", "bad", FIXTURE, "--", "--exit", str(code))
    assert result.code != 0
    assert f"exiting at once with code {code}" in result.err, result


def test_a_server_that_never_answers_times_out(thv):
    error = run(thv, 124, "--silent", flags=("--timeout", "3s"))
    assert "3" in error


def test_a_server_that_writes_only_garbage_times_out(thv):
    run(thv, 124, "--garbage-only", flags=("--timeout", "3s"))


def test_garbage_before_the_first_answer_does_no_harm(thv):
    url = thv.serve("noisy", "--garbage")
    assert answers(url)
    thv.run("rm", "noisy")


def test_a_line_without_end_is_no_way_to_fill_the_memory(thv):
    result = thv.attempt("run", "--transport", "stdio", "--name", "bad", "--timeout", "20s", FIXTURE, "--",
                         "--big-line", str(200 << 20))
    if result.code == 0:
        thv.run("rm", "bad")


def test_who_waits_for_long_is_told_what_for(thv):
    result = thv.attempt("run", "--transport", "stdio", "--name", "slow", FIXTURE, "--", "--slow-start", "4000",
                         timeout=30)
    assert (result.code, result.err) == (0, "slow: waiting until its server answers\nslow is ready\n"), result
    again = thv.attempt("restart", "--progress", "none", "slow", timeout=30)
    assert (again.code, again.err) == (0, ""), again
    thv.run("rm", "slow")


def test_a_slow_server_is_waited_for(thv):
    url = thv.serve("slow", "--slow-start", "1500")
    assert answers(url)
    thv.run("rm", "slow")


def test_a_busy_port_names_its_owner(thv):
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        error = run(thv, 1, flags=("--proxy-port", str(other.server_port)))
        other.shutdown()
    assert str(other.server_port) in error
    assert str(os.getpid()) in error or "python3" in error, error


def test_the_port_of_another_workload_names_that_workload(thv):
    port = free_port()
    thv.serve("owner", flags=("--proxy-port", str(port)))
    assert "owner" in run(thv, 1, flags=("--proxy-port", str(port)))
    thv.run("rm", "owner")


@pytest.mark.parametrize("flags", [("--proxy-port", "70000"), ("--proxy-port", "x"), ("--transport", "pigeon"),
                                   ("--volume", "relative"), ("--volume", "/no/such/folder:/x"), ("--env", "=x"),
                                   ("--group", "no such group"), ("--no-such-flag",), ("--timeout", "soon"),
                                   ("--permission-profile", "no-such-profile")], ids=" ".join)
def test_flags_that_make_no_sense(thv, flags):
    result = thv.attempt("run", "--transport", "stdio", "--name", "bad", *flags, FIXTURE)
    assert result.code in (2, 5) and result.err.strip(), result


@pytest.mark.parametrize("hostile", ["; touch pwned", "$(touch pwned)", "`touch pwned`", "| touch pwned",
                                     "& touch pwned &", "\n touch pwned\n"])
def test_no_shell_ever_sees_arguments_or_environment(thv, hostile):
    url = thv.serve("shell", "--reveal", hostile, flags=("--env", f"X={hostile}", "--env", f"Y={hostile}"))
    assert answers(url)
    assert not [path for path, _, files in os.walk(thv.home) if "pwned" in files]
    thv.run("rm", "shell")


def test_two_runs_of_one_name_at_the_same_moment(thv):
    command = ("run", "--transport", "stdio", "--name", "race", FIXTURE)
    for _ in range(3):
        children = [thv.spawn(*command) for _ in range(2)]
        results = [child.communicate(timeout=60) for child in children]
        assert sorted(child.returncode for child in children) == [0, 1], results
        assert answers(thv.listed("race")["url"])
        assert len([container for container in thv.engine.containers()]) == 1
        thv.run("rm", "race")
