# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A workload that one program started is listed, stopped, started and removed by the other."""

import glob
import json
import os

import pytest

from support import schemas, upstream
from support.compatibility import READS_OURS, READS_THEIRS
from support.images import FIXTURE
from support.mcp import answers
from support.server_registry import ServerRegistry, server
from support.thv import Thv
from support.waiting import wait_until


@pytest.fixture(scope="module")
def upstream_binary():
    return upstream.binary()


@pytest.fixture
def theirs(thv, engine, upstream_binary):
    """Upstream's program with the same HOME and engine as ours."""
    user = Thv(engine, binary=upstream_binary, home=thv.home)
    return user


def run_theirs(theirs, name, *flags, arguments=()):
    theirs.run("run", "--transport", "stdio", "--isolate-network=false", "--name", name, *flags, FIXTURE,
               *(["--", *arguments] if arguments else []))
    upstream.wait_until_serves(theirs, name)


def same(ours, theirs):
    """What both lists must agree on."""
    keys = ("name", "package", "url", "port", "transport_type", "status", "group")
    return {key: ours.get(key) for key in keys} == {key: theirs.get(key) for key in keys}


@pytest.mark.compatibility("container and its labels", READS_OURS)
@pytest.mark.compatibility("workload status", READS_OURS)
def test_ours_is_listed_stopped_and_removed_by_upstream(thv, theirs, engine):
    url = thv.serve("ours")
    assert same(thv.listed("ours"), theirs.listed("ours")), (thv.listed("ours"), theirs.listed("ours"))
    theirs.run("stop", "ours")
    wait_until(lambda: thv.status("ours") == "stopped", "ours is stopped", seconds=30)
    assert not answers(url)
    assert theirs.status("ours") == "stopped"
    theirs.run("rm", "ours")
    wait_until(lambda: engine.containers() == {}, "the container is gone")
    assert thv.list() == {} and thv.run_configs() == []
    wait_until(lambda: thv.processes() == [], "no supervisor is left", seconds=30)


def test_programs_that_read_the_lists_of_one_can_read_those_of_the_other(thv, theirs):
    thv.serve("ours", flags=("-l", "team=blue"))
    run_theirs(theirs, "theirs", "-l", "team=red")
    for user in (thv, theirs):
        listed = schemas.check("list", user.run("list", "--all", "--format", "json"))
        assert [workload["name"] for workload in listed] == ["ours", "theirs"]
        schemas.check("list-mcpservers", user.run("list", "--format", "mcpservers"))
        for name in ("ours", "theirs"):
            assert schemas.check("status", user.run("status", name, "--format", "json"))["status"] == "running"
    schemas.check("export", thv.run("export", "theirs"))


@pytest.mark.compatibility("stopped workload, started again", READS_OURS)
def test_ours_is_started_again_by_upstream(thv, theirs):
    thv.serve("ours")
    thv.run("stop", "ours")
    theirs.run("start", "ours")
    upstream.wait_until_serves(theirs, "ours")
    assert thv.status("ours") == "running"
    thv.run("rm", "ours")
    assert theirs.list() == {}


@pytest.mark.compatibility("container and its labels", READS_THEIRS)
@pytest.mark.compatibility("workload status", READS_THEIRS)
@pytest.mark.compatibility("stopped workload, started again", READS_THEIRS)
def test_upstreams_is_listed_stopped_and_removed_by_ours(thv, theirs, engine):
    run_theirs(theirs, "theirs")
    assert same(thv.listed("theirs"), theirs.listed("theirs")), (thv.listed("theirs"), theirs.listed("theirs"))
    assert thv.run("stop", "theirs").split() == ["theirs"]
    assert thv.status("theirs") == theirs.status("theirs") == "stopped"
    thv.run("start", "theirs")
    assert answers(thv.listed("theirs")["url"])
    assert thv.run("rm", "theirs").split() == ["theirs"]
    assert theirs.list() == {} and engine.containers() == {}
    assert thv.left_running() == []


@pytest.mark.compatibility("run config", READS_THEIRS)
@pytest.mark.compatibility("group of a workload", READS_OURS)
def test_upstreams_run_config_is_rewritten_byte_for_byte(thv, theirs):
    run_theirs(theirs, "theirs")
    path = thv.run_config_path("theirs")
    before = open(path).read()
    thv.run("group", "create", "elsewhere")
    thv.run("group", "mv", "theirs", "elsewhere")
    assert open(path).read() == before.replace('"group": "default"', '"group": "elsewhere"')
    assert theirs.listed("theirs")["group"] == "elsewhere"
    assert "elsewhere" in theirs.run("group", "list")


@pytest.mark.compatibility("run config", READS_OURS)
@pytest.mark.compatibility("workload status", READS_OURS)
def test_upstream_can_read_our_run_config_and_status(thv, theirs):
    thv.serve("ours", flags=("--env", "A=<&>", "--label", "team=x"))
    exported = os.path.join(thv.home, "exported.json")
    theirs.run("export", "ours", exported)
    with open(exported) as theirs_file, open(thv.run_config_path("ours")) as ours_file:
        theirs_config, ours_config = json.load(theirs_file), json.load(ours_file)
    assert {key: theirs_config.get(key) for key in ours_config} == ours_config
    status = theirs.json("status", "ours")
    assert status["status"] == "running"


def known(user):
    """Name and kind of every server in the user's registry, and what it is about."""
    return sorted((entry["name"], entry["description"]) for entry in json.loads(
        user.run("registry", "list", "--format", "json")))


@pytest.mark.compatibility("config.yaml", READS_OURS)
@pytest.mark.compatibility("registry cache", READS_OURS, READS_THEIRS)
def test_a_registry_that_ours_has_chosen_is_upstreams_too_and_so_are_the_copies(thv, theirs):
    with ServerRegistry() as registry:
        registry.servers = [server(f"io.acme/s{number}", f"example.com/s{number}:1") for number in range(3)]
        expected = [(f"io.acme/s{number}", f"About io.acme/s{number}") for number in range(3)]
        thv.run("config", "set-registry", "--allow-private-ip", registry.url)
        assert registry.url in theirs.run("config", "get-registry")
        assert known(thv) == expected
        before = len(registry.asked)
        # It looks whether that is a registry, with pages of one, and takes the list from what ours has kept.
        assert known(theirs) == expected
        assert not [asked for asked in registry.asked[before:] if "limit=100" in asked]
        for path in glob.glob(os.path.join(thv.home, ".cache/toolhive/cache/*")):
            os.remove(path)
        assert known(theirs) == expected and "limit=100" in registry.asked[-1]
        before = len(registry.asked)
        assert known(thv) == expected and len(registry.asked) == before


@pytest.mark.compatibility("config.yaml", READS_THEIRS)
def test_a_registry_file_of_either_is_read_by_the_other(thv, theirs):
    path = os.path.join(thv.home, "registry.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"version": "1.0.0", "meta": {"last_updated": "2026-01-02T03:04:05Z"},
                   "data": {"servers": [server("io.acme/echo", FIXTURE)["server"]]}}, file)
    theirs.run("config", "set-registry", path)
    assert path in thv.run("config", "get-registry")
    assert known(thv) == known(theirs) == [("io.acme/echo", "About io.acme/echo")]
    assert answers(thv.run("run", "echo").strip())
    assert theirs.listed("io-acme-echo")["status"] == "running"
    thv.run("config", "unset-registry")
    assert len(known(theirs)) > 10 and len(known(thv)) >= 30


SECRET = "hush-4711"


@pytest.fixture
def secret(thv, theirs):
    """A secret KEY for both."""
    for user in (thv, theirs):
        user.environment |= {"TOOLHIVE_SECRETS_PROVIDER": "environment", "TOOLHIVE_SECRET_KEY": SECRET}


@pytest.mark.compatibility("secret as a variable", READS_OURS)
def test_ours_with_a_secret_is_run_by_upstream(thv, theirs, engine, secret):
    thv.serve("plain", flags=("--secret", "KEY,target=API_KEY"))
    thv.run("stop", "plain")
    theirs.run("start", "plain")
    upstream.wait_until_serves(theirs, "plain")
    assert f"API_KEY={SECRET}" in engine.inspect("plain")["Config"]["Env"]
    thv.run("rm", "plain")


@pytest.mark.compatibility("secret as a file, which is refused", READS_OURS)
def test_ours_with_a_secret_as_a_file_is_refused_by_upstream(thv, theirs, engine, secret):
    thv.serve("filed", flags=("--secret", "KEY,target=API_KEY,as=file"))
    thv.run("stop", "filed")
    assert theirs.attempt("start", "filed").code != 0
    assert theirs.status("filed") != "running"
    assert SECRET not in json.dumps(engine.inspect("filed"))
    thv.run("rm", "filed")


@pytest.mark.compatibility("secret as a variable", READS_THEIRS)
def test_upstreams_with_a_secret_is_run_by_ours(thv, theirs, engine, secret):
    run_theirs(theirs, "theirs", "--secret", "KEY,target=API_KEY")
    thv.run("stop", "theirs")
    thv.run("start", "theirs")
    assert answers(thv.listed("theirs")["url"])
    assert f"API_KEY={SECRET}" in engine.inspect("theirs")["Config"]["Env"]


FLAGS = ("-e", "A=<&>", "-e", "B=ü", "-l", "team=x")


def as_exported(user, name):
    path = os.path.join(user.home, f"{name}.json")
    user.run("export", name, path)
    with open(path, encoding="utf-8") as file:
        return path, json.load(file)


def assert_as_flagged(engine, name, folder):
    """The container of the workload that was made with FLAGS and a volume."""
    container = engine.inspect(name)
    assert {"A=<&>", "B=ü"} <= set(container["Config"]["Env"])
    assert container["Config"]["Labels"]["team"] == "x"
    assert [(mount["Source"], mount["Destination"], mount["RW"]) for mount in container["Mounts"]
            if mount["Destination"] == "/data"] == [(folder, "/data", False)]
    assert container["Args"][-2:] == ["--reveal", "A"] or container["Config"]["Cmd"][-2:] == ["--reveal", "A"]


@pytest.fixture
def folder(thv):
    path = os.path.join(thv.home, "data")
    os.makedirs(path)
    return path


@pytest.mark.compatibility("run config", READS_THEIRS)
def test_what_upstreams_run_config_says_is_what_ours_starts(thv, theirs, engine, folder):
    run_theirs(theirs, "theirs", *FLAGS, "-v", f"{folder}:/data:ro", arguments=("--reveal", "A"))
    assert_as_flagged(engine, "theirs", folder)
    url = thv.listed("theirs")["url"]
    assert theirs.listed("theirs")["url"] == url
    thv.run("restart", "theirs")
    assert_as_flagged(engine, "theirs", folder)
    assert thv.listed("theirs")["url"] == url and answers(url)


@pytest.mark.compatibility("run config", READS_OURS)
def test_what_our_run_config_says_is_what_upstream_starts(thv, theirs, engine, folder):
    url = thv.serve("ours", "--reveal", "A", flags=(*FLAGS, "-v", f"{folder}:/data:ro"))
    assert_as_flagged(engine, "ours", folder)
    thv.run("stop", "ours")
    theirs.run("start", "ours")
    upstream.wait_until_serves(theirs, "ours")
    assert_as_flagged(engine, "ours", folder)
    assert theirs.listed("ours")["url"] == url
    thv.run("rm", "ours")


@pytest.mark.compatibility("run config", READS_OURS)
def test_what_only_ours_knows_survives_in_the_run_config_while_upstream_runs_it(thv, theirs, engine):
    url = thv.serve("ours", flags=("--memory", "64m", "--pids-limit", "99", "--read-only", "--tmpfs", "/scratch",
                                   "--user", "1000:1000"))
    thv.run("stop", "ours")
    before = open(thv.run_config_path("ours")).read()
    theirs.run("start", "ours")
    upstream.wait_until_serves(theirs, "ours")
    assert theirs.listed("ours")["url"] == url
    assert engine.inspect("ours")["HostConfig"]["Memory"] == 0
    assert open(thv.run_config_path("ours")).read() == before
    thv.run("restart", "ours")
    limits = engine.inspect("ours")["HostConfig"]
    assert (limits["Memory"], limits["PidsLimit"], limits["ReadonlyRootfs"]) == (64 << 20, 99, True)
    assert engine.inspect("ours")["Config"]["User"] == "1000:1000" and answers(url)


@pytest.mark.compatibility("exported run config", READS_THEIRS)
def test_what_upstream_has_exported_is_run_by_ours(thv, theirs, engine, folder):
    run_theirs(theirs, "moved", *FLAGS, "-v", f"{folder}:/data:ro", arguments=("--reveal", "A"))
    path, exported = as_exported(theirs, "moved")
    theirs.run("rm", "moved")
    wait_until(lambda: engine.containers() == {}, "the container is gone")
    thv.run("run", "--from-config", path)
    assert_as_flagged(engine, "moved", folder)
    _, again = as_exported(thv, "moved")
    differing = {key for key in exported | again if exported.get(key) != again.get(key)}
    assert differing <= {"permission_profile", "target_host"}, differing


@pytest.mark.compatibility("exported run config", READS_OURS)
def test_what_ours_has_exported_is_run_by_upstream(thv, theirs, engine, folder):
    thv.serve("moved", "--reveal", "A", flags=(*FLAGS, "-v", f"{folder}:/data:ro"))
    path, _ = as_exported(thv, "moved")
    thv.run("rm", "moved")
    theirs.run("run", "--from-config", path)
    upstream.wait_until_serves(theirs, "moved")
    assert_as_flagged(engine, "moved", folder)
    thv.run("rm", "moved")


def groups(user):
    return user.run("group", "list").split()


@pytest.mark.compatibility("group", READS_OURS)
@pytest.mark.compatibility("group of a workload", READS_OURS)
def test_our_group_is_upstreams_too(thv, theirs):
    thv.run("group", "create", "shared")
    thv.serve("ours", flags=("--group", "shared"))
    assert "shared" in groups(theirs) and theirs.listed("ours")["group"] == "shared"
    run_theirs(theirs, "theirs", "--group", "shared")
    assert [thv.listed(name)["group"] for name in ("ours", "theirs")] == ["shared", "shared"]
    thv.run("rm", "--group", "shared")
    thv.run("group", "rm", "shared")
    assert "shared" not in groups(theirs) and theirs.list() == {}


@pytest.mark.compatibility("group", READS_THEIRS)
@pytest.mark.compatibility("group of a workload", READS_THEIRS)
def test_upstreams_group_is_ours_too(thv, theirs):
    theirs.run("group", "create", "shared")
    run_theirs(theirs, "theirs", "--group", "shared")
    assert "shared" in groups(thv) and thv.listed("theirs")["group"] == "shared"
    thv.serve("ours", flags=("--group", "shared"))
    thv.run("group", "mv", "ours", "default")
    assert theirs.listed("ours")["group"] == "default"
    theirs.run("group", "rm", "shared", input="y\n")
    assert "shared" not in groups(thv) and thv.listed("theirs")["group"] == "default"
