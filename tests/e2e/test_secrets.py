# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets: kept encrypted, and seen by the server that they are for and by nobody else."""

import os
import stat

import pytest

from support import images, processes, secret_store, traces
from support.images import FIXTURE
from support.mcp import Mcp
from support.secret_store import PASSWORD, put
from support.waiting import wait_until

VALUE = "s3cr3t-4711-value"
NOBODY = "localhost/thv-nobody:1"


@pytest.fixture
def thv(thv):
    """A user with an encrypted store, whose password a file holds."""
    secret_store.set_up(thv, "TOKEN", VALUE)
    yield thv
    assert_no_folder_is_left(thv)


@pytest.fixture(scope="session")
def nobody(engine, tmp_path_factory):
    """The fixture's image with a user that is not root."""
    path = str(tmp_path_factory.mktemp("nobody") / "image.tar")
    images.fixture_archive(os.environ["THV_FIXTURE_BIN"], path, NOBODY, User="65534:65534")
    engine.load(path)
    return NOBODY


def assert_no_folder_is_left(thv):
    for name in thv.run_configs():
        thv.run("rm", "--force", name)
    assert traces.secret_folders(thv) == []


def store(thv):
    return os.path.join(thv.data, "secrets_encrypted")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def run(thv, name, *flags, image=FIXTURE):
    return thv.serve(name, "--reveal", "API_TOKEN", image=image, flags=flags)


def seen(url, variable="API_TOKEN"):
    """What the server finds in its variable."""
    with Mcp(url) as session:
        return session.call("env", name=variable)


def kill_supervisor(thv, name):
    pid = thv.supervisor(name)
    processes.kill(pid)
    wait_until(lambda: not processes.alive(pid), "the supervisor is gone")


def test_secrets_are_set_got_listed_and_deleted(thv):
    put(thv, "key", "-----BEGIN-----\nüñ\n-----END-----\n\n")
    assert thv.run("secret", "get", "key") == "-----BEGIN-----\nüñ\n-----END-----\n\n"
    put(thv, "large", "x" * (1 << 20))
    assert thv.run("secret", "get", "large") == "x" * (1 << 20) + "\n"
    assert [line.split()[0] for line in thv.run("secret", "list").splitlines()] == ["NAME", "TOKEN", "key", "large"]
    assert [secret["key"] for secret in thv.json("secret", "list")] == ["TOKEN", "key", "large"]
    assert thv.run("secret", "delete", "--yes", "large") == "large\n"
    thv.fail(5, "secret", "get", "large")
    assert stat.S_IMODE(os.stat(store(thv)).st_mode) == 0o600
    assert traces.in_files(VALUE, thv.home) == []


def test_the_server_gets_it_as_a_variable_and_nobody_else_does(thv):
    url = run(thv, "wx", "--secret", "TOKEN,target=API_TOKEN")
    assert seen(url) == VALUE
    traces.assert_none(thv, VALUE, "wx")
    assert traces.in_processes(PASSWORD, thv.processes()) == []


def test_a_password_and_secrets_of_the_environment_do_not_reach_the_supervisors_environment(thv):
    del thv.environment["THV_SECRETS_PASSWORD_FILE"]
    thv.environment |= {"TOOLHIVE_SECRETS_PASSWORD": PASSWORD, "TOOLHIVE_SECRET_OTHER": "hush-0815"}
    url = run(thv, "wx", "--secret", "TOKEN,target=API_TOKEN", "--secret", "OTHER,target=OTHER")
    assert seen(url) == VALUE
    assert traces.in_processes(PASSWORD, thv.processes()) == []
    assert traces.in_processes("hush-0815", thv.processes()) == []
    assert "OTHER=hush-0815" in thv.engine.inspect("wx")["Config"]["Env"]
    # Its container is made again with what it was handed.
    thv.engine.kill_container("wx")
    wait_until(lambda: thv.status("wx") == "running" and thv.json("status", "wx"), "the server is back", seconds=30)
    assert wait_until(lambda: seen_or_none(url), "the server answers again", seconds=30) == VALUE


def seen_or_none(url):
    try:
        return seen(url)
    except (AssertionError, OSError):
        return None


@pytest.mark.parametrize("flags", [(), ("--stdio", "attach")])
def test_as_a_file_the_engine_does_not_show_it_either(thv, nobody, flags):
    url = thv.serve("wx", "--reveal", "API_TOKEN_FILE", image=nobody,
                    flags=("--secret", "TOKEN,target=API_TOKEN,as=file", *flags))
    path = seen(url, "API_TOKEN_FILE")
    assert path == "/run/secrets/TOKEN"
    with Mcp(url) as session:
        assert session.call("read", path=path) == VALUE
    traces.assert_none(thv, VALUE, "wx", inspect_too=True)
    [folder] = traces.secret_folders(thv)
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    mounts = [mount for mount in thv.engine.inspect("wx")["Mounts"] if mount["Destination"] == path]
    assert [mount["RW"] for mount in mounts] == [False]
    thv.run("stop", "wx")
    assert traces.secret_folders(thv) == []
    thv.run("start", "wx")
    with Mcp(url) as session:
        assert session.call("read", path=path) == VALUE
    thv.run("rm", "wx")
    assert traces.secret_folders(thv) == []


def test_a_killed_supervisor_leaves_the_file_to_its_successor_and_to_rm(thv):
    flags = ("--secret", "TOKEN,target=API_TOKEN,as=file")
    url = thv.serve("wx", flags=flags)
    kill_supervisor(thv, "wx")
    assert len(traces.secret_folders(thv)) == 1
    thv.run("start", "wx")
    with Mcp(url) as session:
        assert session.call("read", path="/run/secrets/TOKEN") == VALUE
    kill_supervisor(thv, "wx")
    thv.run("rm", "wx")
    assert traces.secret_folders(thv) == []


def test_the_file_goes_when_the_supervisor_is_told_to_end(thv):
    thv.serve("wx", flags=("--secret", "TOKEN,target=API_TOKEN,as=file"))
    pid = thv.supervisor("wx")
    processes.kill(pid, 15)
    wait_until(lambda: not processes.alive(pid), "the supervisor has ended", seconds=30)
    assert traces.secret_folders(thv) == []


def test_a_new_value_comes_with_a_restart(thv):
    url = run(thv, "wx", "--secret", "TOKEN,target=API_TOKEN")
    put(thv, "TOKEN", "the-next")
    assert seen(url) == VALUE
    thv.run("restart", "wx")
    assert seen(url) == "the-next"


def test_a_taken_over_server_keeps_its_value_and_a_crash_brings_the_new_one(thv):
    url = run(thv, "wx", "--secret", "TOKEN,target=API_TOKEN")
    put(thv, "TOKEN", "the-next")
    kill_supervisor(thv, "wx")
    container = thv.engine.inspect("wx")["Id"]
    thv.run("start", "wx")
    assert thv.engine.inspect("wx")["Id"] == container and seen(url) == VALUE
    traces.assert_none(thv, VALUE, "wx")
    thv.engine.kill_container("wx")
    assert wait_until(lambda: seen_or_none(url), "the server is back", seconds=30) == "the-next"


def test_what_is_missing_stops_a_run_before_anything_is_made(thv):
    complaint = thv.fail(5, "run", "--transport", "stdio", "--name", "wx", "--secret", "NONE,target=X", FIXTURE)
    assert "'NONE'" in complaint and "thv secret set NONE" in complaint
    assert thv.run_configs() == [] and thv.engine.containers() == {}


def test_what_went_missing_stops_a_start_and_a_restart_stops_nothing(thv):
    url = run(thv, "wx", "--secret", "TOKEN,target=API_TOKEN")
    assert "used by the workload wx" in thv.attempt("secret", "delete", "--yes", "TOKEN").err
    assert "'TOKEN'" in thv.fail(5, "restart", "wx")
    assert seen(url) == VALUE
    thv.run("stop", "wx")
    assert "'TOKEN'" in thv.fail(5, "start", "wx")
    assert "'TOKEN'" in thv.fail(5, "start", "--foreground", "wx")
    thv.environment["TOOLHIVE_SECRET_TOKEN"] = "of-the-environment"
    thv.run("start", "wx")
    assert seen(url) == "of-the-environment"


def test_a_wrong_password_opens_nothing_and_changes_nothing(thv):
    before = read(store(thv))
    thv.environment["TOOLHIVE_SECRETS_PASSWORD"] = "wrong"
    for command in (("secret", "get", "TOKEN"), ("secret", "list"), ("secret", "delete", "--yes", "TOKEN"),
                    ("secret", "setup"), ("run", "--transport", "stdio", "--secret", "TOKEN,target=X", FIXTURE)):
        complaint = thv.fail(4, *command)
        assert "TOOLHIVE_SECRETS_PASSWORD" in complaint and "wrong" not in complaint
    assert read(store(thv)) == before
    assert thv.run_configs() == []


def test_a_locked_store_says_how_it_is_opened(thv):
    del thv.environment["THV_SECRETS_PASSWORD_FILE"]
    # A user of its own to the kernel, whose keyring is empty.
    complaint = thv.fail(4, "secret", "get", "TOKEN", through=("unshare", "--user", "--map-root-user"))
    assert "TOOLHIVE_SECRETS_PASSWORD" in complaint and "THV_SECRETS_PASSWORD_FILE" in complaint


def test_a_file_is_refused_where_the_name_is_none_of_a_file(thv):
    thv.fail(2, "run", "--transport", "stdio", "--secret", "../TOKEN,target=X,as=file", FIXTURE)
    thv.fail(2, "run", "--transport", "stdio", "--secret", "TOKEN,target=X,as=pipe", FIXTURE)


def test_in_the_foreground_it_gets_its_secret_too(thv):
    child = thv.spawn("run", "--foreground", "--transport", "stdio", "--name", "wx", "--secret",
                      "TOKEN,target=API_TOKEN", FIXTURE, "--", "--reveal", "API_TOKEN")
    url = child.stdout.readline().strip()
    assert seen(url) == VALUE
    child.terminate()
    child.communicate(timeout=30)
    assert thv.run_configs() == []
