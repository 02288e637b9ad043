# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What commands print as JSON is what docs/schemas says, and nothing more."""

import json
import os
import signal

import pytest

from support import schemas, secret_store
from support.images import FIXTURE
from support.thv import Thv, interrupt
from support.waiting import wait_until

PROFILE = {"name": "hub-only", "read": ["/etc/ssl/certs"], "write": ["/srv/cache:/cache"],
           "network": {"mode": "bridge", "outbound": {"allow_host": ["github.com"], "allow_port": [443]},
                       "inbound": {"allow_host": ["localhost"]}},
           "limits": {"memory": "256m", "cpus": 0.5, "pids": 64}}
SERVER = {"title": "Elsewhere", "description": "About it", "transport": "streamable-http", "tier": "Community",
          "status": "Active", "tools": ["echo"], "url": "https://mcp.example.com/mcp", "tags": ["far"],
          "headers": [{"name": "X-Key", "description": "a key", "required": True, "secret": True}],
          "oauth_config": {"issuer": "https://example.com"}, "repository_url": "https://example.com/source",
          "metadata": {"stars": 3, "pulls": 4, "last_updated": "2026-01-01T00:00:00Z"}}
IMAGE = {"description": "", "transport": "sse", "tier": "", "status": "", "tools": [], "image": FIXTURE,
         "args": ["--verbose"], "target_port": 8000, "proxy_port": 9000, "permissions": PROFILE,
         "env_vars": [{"name": "REGION", "description": "", "required": False, "default": "eu"}]}


@pytest.fixture(scope="module")
def user(engine):
    """Somebody with workloads in many states, groups, a secret and a registry."""
    thv = Thv(engine)
    secret_store.set_up(thv, "hub", "s3cret")
    thv.run("group", "create", "tools")
    thv.serve("server", flags=("--group", "tools", "--secret", "hub,target=HUB", "-l", "team=blue"))
    thv.serve("asleep")
    thv.run("stop", "asleep")
    thv.serve("orphan")
    os.kill(thv.supervisor("orphan"), signal.SIGKILL)
    thv.run("run", "--name", "far", "--remote-bearer-secret", "hub", "--remote-header", "X-Key=hub",
            thv.listed("server")["url"])
    files = {"profile.json": PROFILE, "registry.json": {"servers": {"near": IMAGE}, "remote_servers": {"there": SERVER}}}
    for name, content in files.items():
        with open(os.path.join(thv.home, name), "w") as file:
            json.dump(content, file)
    with open(thv.run_config_path("broken"), "w") as file:
        file.write("{")
    thv.run("config", "set-registry", os.path.join(thv.home, "registry.json"))
    yield thv
    thv.close()


def printed(thv, name, *command):
    """What a command prints as JSON, which is what the schema of that name says."""
    return schemas.check(name, thv.run(*command, "--format", "json"))


def test_lists_and_states(user):
    wait_until(lambda: user.status("orphan") == "unhealthy", "the supervisor is gone")
    listed = {workload["name"]: workload for workload in printed(user, "list", "ls", "--all")}
    assert {name: workload["status"] for name, workload in listed.items()} == {
        "asleep": "stopped", "broken": "error", "far": "running", "orphan": "unhealthy", "server": "running"}
    assert listed["server"]["labels"] == {"team": "blue"} and listed["far"]["remote"] is True
    for name, workload in listed.items():
        assert printed(user, "status", "status", name)["status"] == workload["status"]
    assert printed(user, "list", "ls", "--label", "team=red") == []
    clients = schemas.check("list-mcpservers", user.run("ls", "--all", "--format", "mcpservers"))
    assert clients["mcpServers"].keys() == listed.keys()


def test_changes(user):
    watch = user.spawn("ls", "--all", "--watch", "--format", "json")
    appeared = {schemas.check("list-watch", watch.stdout.readline())["workload"]["name"] for _ in range(5)}
    assert appeared == user.list().keys()
    user.run("group", "mv", "server", "default")
    for line in watch.stdout:
        change = schemas.check("list-watch", line)
        if change["workload"]["name"] == "server":
            break
    assert interrupt(watch).code == 130
    assert (change["change"], change["workload"]["group"]) == ("changed", "default")
    user.run("group", "mv", "server", "tools")


def test_groups_secrets_and_what_runs_them(user):
    assert [group["name"] for group in printed(user, "group-list", "group", "ls")] == ["default", "tools"]
    assert printed(user, "secret-list", "secret", "ls") == [{"key": "hub", "workloads": ["far", "server"]}]
    engines = printed(user, "runtime-check", "runtime", "check")
    assert engines[0]["answered"] and engines[0]["engine"] == os.environ["THV_TEST_ENGINE"]
    nowhere = {**user.environment, **{name: "/tmp/nowhere.sock" for name in user.environment if name.endswith("_SOCKET")}}
    result = user.attempt("runtime", "check", "--format", "json", env=nowhere)
    assert result.code == 6 and not schemas.check("runtime-check", result.out)[0]["answered"]
    assert printed(user, "version", "version")["version"]


def test_backends(user):
    found = printed(user, "vmcp-discover", "vmcp", "discover", "tools")
    assert [backend["name"] for backend in found["backends"]] == ["server"] and found["failed"] == []
    auth = os.path.join(user.home, "vmcp.yaml")
    with open(auth, "w") as file:
        file.write("source: inline\ndefault: {type: unauthenticated}\n")
    result = user.attempt("vmcp", "discover", "default", "--auth-config", auth, "--format", "json")
    found = schemas.check("vmcp-discover", result.out)
    assert {backend["name"]: backend["auth"]["origin"] for backend in found["backends"]}["far"] == "default"


def test_registries(user):
    servers = printed(user, "registry-list", "registry", "ls")
    assert [server["name"] for server in servers] == ["near", "there"]
    assert printed(user, "registry-info", "registry", "info", "near") == servers[0]
    assert printed(user, "search", "search", "far") == [servers[1]]
    assert printed(user, "config-get-registry", "config", "get-registry")["type"] == "file"
    user.run("config", "unset-registry")
    assert printed(user, "registry-list", "registry", "ls")
    assert printed(user, "config-get-registry", "config", "get-registry")["location"] == ""


def test_servers_and_tools(user):
    assert printed(user, "mcp-list", "mcp", "list", "server")["tools"]
    assert printed(user, "mcp-list", "mcp", "list", "tools", "server").keys() == {"tools"}
    assert printed(user, "mcp-call", "mcp", "call", "server", "echo", "message=hi")["content"][0]["text"] == "hi"


def test_run_configs_and_profiles(user):
    for name in ("server", "asleep", "far"):
        schemas.check("export", user.run("export", name))
    user.serve("full", flags=(
        "--memory", "256m", "--cpus", "0.5", "--pids-limit", "64", "--read-only", "--tmpfs", "/tmp:size=1m", "--user",
        "1000", "-v", f"{user.home}:/home:ro", "--publish", "8000", "--session-isolation", "per-session", "--stdio",
        "direct", "--permission-profile", "network", "--tools", "echo", "--limit", "sessions=5", "--enable-audit",
        "--ignore-globally=false", "--session-ttl", "30m", "--allowed-origins", "https://example.com"))
    schemas.check("export", user.run("export", "full"))
    with open(os.path.join(user.home, "tools.json"), "w") as file:
        file.write('{"toolsOverride": {"echo": {"name": "say", "description": "Says it"}}}')
    guarded = user.run("run", "--dry-run", "--transport", "sse", "--target-port", "8000", "--oidc-issuer",
                       "https://example.com", "--oidc-audience", "thv", "--require-scope", "mcp", "--allowed-hosts",
                       "mcp.example.com", "--metrics-port", "9090", "--tools-override", "tools.json", FIXTURE)
    assert {"oidc_config", "gateway", "tools_override"} <= schemas.check("export", guarded).keys()
    assert printed(user, "profile-show", "profile", "show", os.path.join(user.home, "profile.json")) == PROFILE
    for name in ("none", "network"):
        printed(user, "profile-show", "profile", "show", name)


def test_a_key_that_no_schema_describes_is_found(user):
    document = printed(user, "list", "ls")
    document[0]["colour"] = "blue"
    document[1]["port"] = None
    assert schemas.mistakes("list", document) == [
        "list: $[0]: Additional properties are not allowed ('colour' was unexpected)",
        "list: $[1].port: None is not of type 'integer'"]
    assert schemas.mistakes("error", {"level": "error", "code": "lost", "exit_code": 1, "message": ""})
    assert not schemas.mistakes("error", {"level": "warning", "message": "mind the gap"})


LISTS = {"list": ["ls", "--all"], "group-list": ["group", "ls"], "secret-list": ["secret", "ls"],
         "runtime-check": ["runtime", "check"], "registry-list": ["registry", "ls"], "search": ["search", "web"]}


def test_elements_on_lines_are_those_of_the_list(user):
    for name, command in LISTS.items():
        lines = user.run(*command, "-o", "jsonl").splitlines()
        assert schemas.check(name, f"[{','.join(lines)}]") == printed(user, name, *command)
    for name, command in {"status": ["status", "server"], "version": ["version"]}.items():
        line, = user.run(*command, "-o", "jsonl").splitlines()
        schemas.check(name, line)


@pytest.mark.parametrize("command, code, exit_code", [
    ("status nowhere", "not_found", 5), ("ls --colour", "usage", 2), ("status", "usage", 2), ("lst", "usage", 2),
    ("registry info nowhere", "not_found", 5), ("mcp call asleep echo", "conflict", 1)])
def test_errors(user, command, code, exit_code):
    result = user.attempt(*command.split(), "-o", "json")
    error = schemas.check("error", result.err)
    assert (result.code, error["exit_code"], error["code"], error["level"]) == (exit_code, exit_code, code, "error")
    assert result.out == "" and error["message"]


def test_warnings(user):
    path = os.path.join(user.home, "odd.json")
    with open(path, "w") as file:
        json.dump({"servers": {"near": IMAGE, "odd": {**IMAGE, "transport": "pigeon"}}}, file)
    user.run("config", "set-registry", path)
    result = user.attempt("registry", "ls", "-o", "json")
    assert [server["name"] for server in schemas.check("registry-list", result.out)] == ["near"]
    warnings = [schemas.check("error", line) for line in result.err.splitlines()]
    assert [warning["level"] for warning in warnings] == ["warning"] and "odd" in warnings[0]["message"]
