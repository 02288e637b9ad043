# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What a server sees of this machine, and what it may use: volumes, files that are hidden in them, limits."""

import os
import subprocess

import pytest

from support import processes
from support.mcp import answers
from support.waiting import wait_until


def spill(folder, files):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)


def inside(engine, name, path):
    """A path as the server's own process sees it."""
    return f"/proc/{engine.pid(name)}/root{path}"


def read(path):
    with open(path) as file:
        return file.read()


@pytest.fixture
def data(thv):
    folder = os.path.join(thv.home, "data")
    spill(folder, {"open.txt": "open", ".env": "TOKEN=1", "deep/down/.env": "TOKEN=2", "keys/a.pem": "key",
                   "keys/b.pem": "key", ".thvignore": "# what nobody needs to know\n.env\n/keys/\n"})
    return folder


@pytest.mark.parametrize("mode", ["", ":ro"])
def test_what_an_ignore_file_names_is_not_there_for_the_server(thv, engine, data, mode):
    thv.serve("files", flags=("-v", f"{data}:/data{mode}"))
    assert read(inside(engine, "files", "/data/open.txt")) == "open"
    for hidden in (".env", "deep/down/.env", ".thvignore"):
        assert read(inside(engine, "files", f"/data/{hidden}")) == ""
    assert os.listdir(inside(engine, "files", "/data/keys")) == []
    for cover in (".env", "keys/new"):
        with pytest.raises(OSError):
            open(inside(engine, "files", f"/data/{cover}"), "w")
    assert read(os.path.join(data, ".env")) == "TOKEN=1", "the file itself is as it was"
    thv.run("rm", "files")
    assert thv.files_of("files") == []


def test_the_users_own_rules_count_for_every_volume_unless_they_are_turned_off(thv, engine, data):
    spill(os.path.join(thv.home, ".config", "toolhive"), {"thvignore": "*.txt\n"})
    thv.serve("all", flags=("-v", f"{data}:/data"))
    thv.serve("own", flags=("-v", f"{data}:/data", "--ignore-globally=false"))
    assert read(inside(engine, "all", "/data/open.txt")) == ""
    assert read(inside(engine, "own", "/data/open.txt")) == "open"
    assert read(inside(engine, "own", "/data/.env")) == ""


def test_what_came_later_is_hidden_after_a_restart(thv, engine, data):
    thv.serve("later", flags=("-v", f"{data}:/data"))
    spill(data, {"more/.env": "TOKEN=3"})
    thv.run("restart", "later")
    assert read(inside(engine, "later", "/data/more/.env")) == ""


def test_a_supervisor_that_was_killed_is_followed_by_one_that_keeps_the_server_and_what_is_hidden(thv, engine, data):
    url = thv.serve("kept", flags=("-v", f"{data}:/data"))
    server = engine.pid("kept")
    spill(data, {"more/.env": "TOKEN=3"})
    supervisor = thv.supervisor("kept")
    processes.kill(supervisor)
    wait_until(lambda: thv.supervisor("kept") is None, "it is gone")
    thv.run("start", "kept")
    assert answers(url) and engine.pid("kept") == server
    assert read(inside(engine, "kept", "/data/.env")) == ""


def test_rules_that_cannot_be_read_keep_the_server_from_starting(thv, engine, data):
    os.unlink(os.path.join(data, ".thvignore"))
    os.makedirs(os.path.join(data, ".thvignore"))
    result = thv.attempt("run", "--transport", "stdio", "--name", "blind", "-v", f"{data}:/data",
                         "localhost/thv-fixture:1")
    assert result.code != 0 and ".thvignore" in result.err, result
    assert thv.list() == {} and engine.containers() == {}


@pytest.mark.parametrize("command", ["start", "restart"])
def test_a_workload_whose_volume_has_vanished_stays_as_it_is_until_the_folder_is_back(thv, engine, data, command):
    url = thv.serve("lost", flags=("-v", f"{data}:/data", "-v", "/etc:/etc-too:ro"))
    thv.run("stop", "lost")
    before = read(thv.run_config_path("lost"))
    os.rename(data, data + "-elsewhere")
    for _ in range(2):
        error = thv.fail(125, command, "lost", timeout=60)
        assert error.endswith(f"cannot mount '{data}': there is no such file or folder\n"), error
        assert thv.status("lost") == "error" and f"cannot mount '{data}'" in thv.run("status", "lost")
        assert read(thv.run_config_path("lost")) == before
        assert not any(container["State"] == "running" for container in engine.containers().values())
        assert not os.path.exists(data), "it was not made, either"
    os.rename(data + "-elsewhere", data)
    thv.run(command, "lost")
    assert answers(url) and read(inside(engine, "lost", "/data/open.txt")) == "open"


def test_relative_volumes_are_fixed_when_the_workload_is_made(thv, engine, data):
    thv.serve("fixed", flags=("-v", "./data:/data:ro"))
    thv.run("restart", "fixed", cwd="/")
    assert read(inside(engine, "fixed", "/data/open.txt")) == "open"


def test_limits_and_options_reach_the_container(thv, engine):
    thv.serve("closed", flags=("--pids-limit", "64", "--read-only", "--tmpfs", "/scratch:size=1m", "--user", "1000:1000",
                               "--memory", "64m", "--cpus", "0.5"))
    assert answers(thv.listed("closed")["url"])
    pid = engine.pid("closed")
    status = read(f"/proc/{pid}/status")
    assert "Uid:\t1000\t1000" in status and "Gid:\t1000\t1000" in status
    assert engine.inspect("closed")["HostConfig"]["PidsLimit"] == 64
    mounts = {line.split()[1]: line.split() for line in read(f"/proc/{pid}/mounts").splitlines()}
    assert mounts["/"][3].split(",")[0] == "ro"
    assert mounts["/scratch"][2] == "tmpfs" and "size=1024k" in mounts["/scratch"][3]
    thv.run("export", "closed", "saved.json")
    thv.run("rm", "closed")
    thv.run("run", "--from-config", "saved.json")
    assert engine.inspect("closed")["HostConfig"]["ReadonlyRootfs"] is True


@pytest.mark.parametrize("flags", [("--pids-limit", "0"), ("--tmpfs", "scratch"), ("--tmpfs", "/x:suid"),
                                   ("--user", "a b"), ("-v", "/etc"), ("-v", "/nowhere/at/all:/data"),
                                   ("-v", "/etc:data"), ("-v", "/etc:/a", "-v", "/usr:/a")], ids=" ".join)
def test_what_is_wrong_is_told_before_anything_is_made(thv, flags):
    error = thv.fail(2, "run", "--transport", "stdio", "--name", "bad", *flags, "localhost/thv-fixture:1")
    assert flags[0].lstrip("-")[:2] in error
    assert thv.run_configs() == []


def test_git_agrees_on_what_the_rules_mean(thv, engine):
    folder = os.path.join(thv.home, "tree")
    rules = "*.pem\n!public.pem\n/top\nmid/dle\n**/deep/*.k\nlogs/\nx/**\n[ab]?.t\n"
    spill(folder, {name: "x" for name in (
        "a.pem", "public.pem", "s/a.pem", "s/public.pem", "top", "s/top", "mid/dle", "s/mid/dle", "deep/a.k", "s/deep/b.k",
        "s/deep/t/c.k", "logs/a", "s/logs/b", "log", "x/y/z", "ab.t", "s/bc.t", "cc.t", "plain")})
    spill(folder, {".thvignore": rules, ".gitignore": rules})
    subprocess.run(["git", "init", "-q", folder], check=True)
    shown = subprocess.run(["git", "-C", folder, "ls-files", "--others", "--exclude-standard"], check=True,
                           capture_output=True, text=True).stdout.split()
    thv.serve("tree", flags=("-v", f"{folder}:/data"))
    root = inside(engine, "tree", "/data")
    seen = {os.path.relpath(os.path.join(place, name), root) for place, _, names in os.walk(root) for name in names
            if os.path.getsize(os.path.join(place, name)) > 0 and "/.git/" not in os.path.join(place, name)}
    assert seen == set(shown) - {".thvignore"}
