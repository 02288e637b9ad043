# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Servers known by name: the catalogue, files, URLs and APIs as registries, and running what they know."""

import glob
import json
import os
import socket
import stat
import subprocess
import time

import pytest

from support import remote_server
from support.images import FIXTURE
from support.mcp import Mcp, answers
from support.ports import free_port, listens
from support.server_registry import ServerRegistry, server
from support.thv import Thv
from support.waiting import wait_until

FILE = {"version": "1.0.0", "last_updated": "2026-01-02T03:04:05Z", "servers": {
    "echo": {"description": "Says it again", "image": FIXTURE, "transport": "stdio", "tools": ["echo"], "tags": ["talk"],
             "env_vars": [{"name": "GREETING", "description": "a word", "required": False, "default": "hello"}]},
    "picky": {"description": "Wants to know", "image": FIXTURE, "transport": "stdio", "env_vars": [
        {"name": "CITY", "description": "a city", "required": True},
        {"name": "KEY", "description": "a key", "required": True, "secret": True}]}}}


@pytest.fixture
def anybody():
    """A user of a machine without any container engine."""
    user = Thv()
    user.environment |= {"DOCKER_HOST": "unix:///nowhere/docker.sock", "PATH": "/nowhere",
                         "TOOLHIVE_DOCKER_SOCKET": "/nowhere/docker.sock"}
    yield user
    user.close()


@pytest.fixture
def registry():
    with ServerRegistry() as registry:
        yield registry


def write(user, document, name="registry.json"):
    path = os.path.join(user.home, name)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)
    return path


def use_file(user, document):
    user.run("config", "set-registry", write(user, document))


def names(user, *flags):
    return [entry["name"] for entry in json.loads(user.run("registry", "list", "--format", "json", *flags))]


def caches(user):
    return glob.glob(os.path.join(user.home, ".cache/toolhive/cache/registry-*.json"))


def make_older(user, hours):
    for path in caches(user):
        then = time.time() - hours * 3600
        os.utime(path, (then, then))


# The catalogue that comes with thv.

def test_the_catalogue_needs_no_file_and_no_network(anybody):
    assert "fetch" in names(anybody)
    assert anybody.run("search", "fetch").splitlines()[1].startswith("fetch ")
    shown = anybody.run("registry", "info", "github")
    assert "GITHUB_PERSONAL_ACCESS_TOKEN (required, secret)" in shown and "ghcr.io/github/github-mcp-server:v" in shown
    assert "No server" in anybody.attempt("search", "nothing-has-this-word").err
    assert "there is no server 'gone'" in anybody.fail(5, "registry", "info", "gone")
    assert "comes with thv" in anybody.run("config", "get-registry")
    assert not os.path.exists(anybody.config) and caches(anybody) == []


# A file, and running what it knows.

def test_a_server_of_a_file_runs_by_its_name(thv):
    use_file(thv, FILE)
    url = thv.run("run", "echo").strip()
    assert answers(url)
    config = json.loads(thv.run("export", "echo"))
    assert config["image"] == FIXTURE and config["transport"] == "stdio" and config["name"] == "echo"
    assert config["registry_server_name"] == "echo" and config["env_vars"]["GREETING"] == "hello"
    thv.run("run", "--name", "other", "--env", "GREETING=bye", "echo", "--", "--slow-start", "1")
    config = json.loads(thv.run("export", "other"))
    assert config["env_vars"]["GREETING"] == "bye" and config["cmd_args"] == ["--slow-start", "1"]
    assert thv.listed("other")["status"] == "running"


def test_a_server_that_speaks_http_runs_at_the_port_of_its_entry(thv):
    use_file(thv, {"servers": {"web": {"description": "Serves", "image": FIXTURE, "transport": "streamable-http",
                                       "target_port": 8123, "permissions": {"network": {"outbound": {}}}}}})
    result = thv.attempt("run", "web")
    assert result.code == 0 and "gets one" in result.err, result
    assert answers(result.out.strip())
    config = json.loads(thv.run("export", "web"))
    assert config["target_port"] == 8123 and config["env_vars"]["MCP_PORT"] == "8123"


def test_what_a_server_needs_is_asked_for_or_named(thv):
    use_file(thv, FILE)
    message = thv.fail(2, "run", "picky")
    assert "CITY (a city)" in message and "--env CITY=" in message and "--secret" in message
    message = thv.fail(2, "run", "--env", "CITY=Rome", "picky")
    assert "CITY (" not in message and "KEY (a key)" in message
    assert thv.run_configs() == []
    thv.environment["KEY"] = "s3cret"
    assert answers(thv.run("run", "--env", "CITY=Rome", "--env", "KEY", "picky").strip())


def test_an_image_is_looked_up_in_no_registry(thv, registry):
    registry.servers = [server("io.acme/x", FIXTURE)]
    thv.run("config", "set-registry", registry.url)
    before = len(registry.asked)
    with open(os.path.join(thv.config, "config.yaml"), "w", encoding="utf-8") as file:
        file.write("{")  # who reads this, fails
    thv.run("run", "--transport", "stdio", "--name", "image", FIXTURE)
    assert len(registry.asked) == before and answers(thv.listed("image")["url"])


def test_a_registry_may_not_give_a_server_this_machine(thv):
    entry = {"description": "x", "image": "example.com/x:1", "transport": "stdio"}
    wants = {"reader": {"read": ["/etc:/etc"]}, "writer": {"write": ["/home:/home"]}, "king": {"privileged": True},
             "host": {"network": {"mode": "host"}}}
    use_file(thv, {"servers": {name: {**entry, "permissions": wish} for name, wish in wants.items()}})
    for name in wants:
        assert "by its registry" in thv.fail(4, "run", "--dry-run", name)
    shown = json.loads(thv.run("run", "--dry-run", "--permission-profile", "none", "king"))
    assert "privileged" not in shown["permission_profile"]


def test_a_remote_server_of_a_registry_runs_by_its_name(anybody):
    port = free_port()
    child = subprocess.Popen([os.environ["THV_FIXTURE_BIN"], "--http", str(port)])
    try:
        wait_until(lambda: listens(port), "the remote server listens")
        use_file(anybody, {"servers": {}, "remote_servers": {
            "away": {"description": "Elsewhere", "url": f"http://127.0.0.1:{port}/mcp",
                     "transport": "streamable-http"},
            "locked": {"description": "Wants a key", "url": f"http://127.0.0.1:{port}/mcp",
                       "transport": "streamable-http",
                       "headers": [{"name": "X-Api-Key", "description": "a key", "required": True, "secret": True}]}}})
        url = anybody.run("run", "away").strip()
        with Mcp(url) as session:
            assert "echo" in session.tools()
        assert json.loads(anybody.run("export", "away"))["registry_server_name"] == "away"
        assert "--remote-header X-Api-Key=" in anybody.fail(2, "run", "locked")
        anybody.run("rm", "away")
    finally:
        child.kill()
        child.wait()


@pytest.mark.parametrize("content, message", [
    ("{", "not valid JSON"), ("[]", "must be a JSON object"), ("{}", "no registry"), (None, "no registry file")])
def test_a_file_that_is_no_registry_is_not_chosen(anybody, content, message):
    path = os.path.join(anybody.home, "bad.json")
    if content is not None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
    result = anybody.attempt("config", "set-registry", path)
    assert result.code in (2, 5) and message in result.err
    assert "comes with thv" in anybody.run("config", "get-registry")


def test_a_broken_registry_stops_no_command_that_needs_none(thv):
    path = write(thv, FILE)
    thv.run("config", "set-registry", path)
    os.remove(path)
    thv.serve("image")
    assert thv.status("image") == "running"
    assert "no registry file" in thv.fail(5, "run", "echo")
    assert "no registry file" in thv.fail(5, "search", "echo")
    thv.run("config", "unset-registry")
    assert "fetch" in names(thv)


# URLs and APIs.

def test_a_url_is_asked_once_an_hour(anybody, registry):
    registry.files["/r.json"] = json.dumps(FILE)
    anybody.run("config", "set-registry", registry.url + "/r.json")
    assert len(registry.asked) == 1
    assert names(anybody) == ["echo", "picky"] and len(registry.asked) == 1
    assert stat.S_IMODE(os.stat(caches(anybody)[0]).st_mode) == 0o600
    registry.files["/r.json"] = json.dumps({"servers": {}})
    assert names(anybody) == ["echo", "picky"]
    assert names(anybody, "--refresh") == [] and len(registry.asked) == 2
    make_older(anybody, 2)
    registry.files["/r.json"] = json.dumps(FILE)
    assert names(anybody) == ["echo", "picky"] and len(registry.asked) == 3


def test_without_the_network_the_last_answer_serves_with_a_warning(anybody, registry):
    registry.files["/r.json"] = json.dumps(FILE)
    anybody.run("config", "set-registry", registry.url + "/r.json")
    registry.stop()
    make_older(anybody, 3)
    result = anybody.attempt("registry", "list")
    assert result.code == 0 and "echo" in result.out
    assert "cannot be asked" in result.err and "3 hours ago" in result.err
    assert "cannot connect" in anybody.fail(6, "registry", "list", "--refresh")
    make_older(anybody, 24 * 8)
    assert "cannot connect" in anybody.fail(6, "registry", "list")


def test_an_api_is_read_page_by_page(thv, registry):
    registry.servers = [server(f"io.acme/s{number}", f"example.com/s{number}:1") for number in range(5)]
    assert "API" in thv.attempt("config", "set-registry", registry.url + "/").err
    assert json.loads(thv.run("config", "get-registry", "--format", "json")) == {
        "type": "api", "location": registry.url, "allow_private_ip": False}
    assert names(thv) == [f"io.acme/s{number}" for number in range(5)]
    assert "example.com/s3:1" in thv.run("registry", "info", "s3")
    assert "search=s3" in registry.asked[-1]
    found = json.loads(thv.run("search", "s2", "--format", "json"))
    assert [entry["name"] for entry in found] == ["io.acme/s2"]
    shown = json.loads(thv.run("run", "--dry-run", "s4"))
    assert shown["image"] == "example.com/s4:1" and shown["name"] == "io-acme-s4"
    assert shown["registry_api_url"] == registry.url and shown["registry_server_name"] == "io.acme/s4"


def endless(path, query):
    return 200, json.dumps({"servers": [], "metadata": {"nextCursor": "again"}}), {}


def ever_new(path, query):
    number = int(query.get("cursor", "0")) + 1
    return 200, json.dumps({"servers": [], "metadata": {"nextCursor": str(number)}}), {}


@pytest.mark.parametrize("answer, code, message", [
    (lambda *_: (200, "<html>", {}), 1, "not valid JSON"),
    (lambda *_: (200, "{}", {}), 1, "no list of servers"),
    (lambda *_: (200, '{"servers": 7}', {}), 1, "must be a list"),
    (lambda *_: (200, b" " * (11 << 20), {}), 1, "more than 10485760 bytes"),
    (lambda *_: (500, "{}", {}), 6, "status 500"),
    (lambda *_: (401, "{}", {}), 4, "credentials"),
    (lambda *_: (302, "", {"Location": "/again"}), 6, "redirects more than"),
    (lambda *_: (302, "", {"Location": "http://example.com/"}), 1, "not an https URL"),
    (endless, 1, "repeats its pages"), (ever_new, 1, "more than"),
], ids=["html", "object", "types", "huge", "500", "401", "loop", "clear", "cursor", "endless"])
def test_an_api_that_lies_is_told_so(anybody, registry, answer, code, message):
    registry.servers = [server("io.acme/x", "example.com/x:1")]
    anybody.run("config", "set-registry", registry.url)
    registry.answer = answer
    complaint = anybody.fail(code, "registry", "list")
    assert message in complaint


def test_a_slow_registry_is_given_up(anybody, registry):
    registry.pause = 40
    started = time.monotonic()
    complaint = anybody.fail(124, "config", "set-registry", registry.url + "/r.json", timeout=60)
    assert time.monotonic() - started < 38 and "asking" in complaint


def test_who_is_let_in_no_more_gets_no_copy(anybody, registry):
    registry.files["/r.json"] = json.dumps(FILE)
    anybody.run("config", "set-registry", registry.url + "/r.json")
    make_older(anybody, 2)
    registry.answer = lambda *_: (403, "{}", {})
    assert "credentials" in anybody.fail(4, "registry", "list")


@pytest.mark.parametrize("url, code, message", [
    ("http://example.com/r.json", 2, "not an https URL"), ("https://10.0.0.1/r.json", 4, "not public"),
    ("https://[fd00::1]/", 4, "not public"), ("https://169.254.169.254/r.json", 4, "not public"),
    ("https://user:pw@example.com/r.json", 2, "user name"), ("https://127.0.0.1:1/r.json", 6, "cannot connect")])
def test_urls_that_may_not_be_asked(anybody, url, code, message):
    complaint = anybody.fail(code, "config", "set-registry", url)
    assert message in complaint and "pw" not in complaint
    assert not os.path.exists(os.path.join(anybody.config, "config.yaml"))


def test_a_name_that_leads_to_this_machine_needs_the_flag_and_the_right_certificate(anybody, registry, tmp_path):
    host = socket.gethostname()
    certificate, key = str(tmp_path / "ca.pem"), str(tmp_path / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x", "-addext",
                    f"subjectAltName=DNS:{host}", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    anybody.environment["SSL_CERT_FILE"] = certificate
    registry.files["/r.json"] = json.dumps(FILE)
    with remote_server.TlsFront(registry.port, certificate, key) as front:
        url = f"https://{host}:{front.port}/r.json"
        assert "not public" in anybody.fail(4, "config", "set-registry", url)
        anybody.run("config", "set-registry", "--allow-private-ip", url)
        assert names(anybody) == ["echo", "picky"]
        assert f"Host: {host}:{front.port}\r\n".encode() in front.received
        assert "certificate" in anybody.fail(6, "config", "set-registry", f"https://127.0.0.1:{front.port}/r.json")


def test_one_broken_entry_hides_no_other(anybody):
    use_file(anybody, {"servers": {**FILE["servers"], "bad": {"image": 7}}})
    result = anybody.attempt("registry", "list", "--format", "json")
    assert [entry["name"] for entry in json.loads(result.out)] == ["echo", "picky"]
    assert "1 of the registry's entries" in result.err
    assert "field 'image'" in anybody.fail(2, "registry", "info", "bad")


def test_other_settings_stay(anybody):
    os.makedirs(anybody.config)
    path = os.path.join(anybody.config, "config.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("secrets:\n    provider_type: environment\nregistry_url: https://old.example/r.json\n")
    use_file(anybody, FILE)
    with open(path, encoding="utf-8") as file:
        assert file.read() == ("secrets:\n  provider_type: environment\n"
                               f"local_registry_path: {anybody.home}/registry.json\n")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
