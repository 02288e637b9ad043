# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets that are missing, locked, or odd: what is told, and that nothing is changed by it."""

import os

import pytest

from support import secret_store, traces
from support.images import FIXTURE
from support.mcp import Mcp, answers
from support.secret_store import PASSWORD, put

VALUE = "s3cr3t-4711-value"
MIB = 1 << 20
# A user of its own to the kernel, whose keyring is empty.
WITHOUT_KEYRING = ("unshare", "--user", "--map-root-user")
LOCKED = ("Error: the secrets are locked, and there is no terminal to ask for their password\n"
          "set TOOLHIVE_SECRETS_PASSWORD to the password, or THV_SECRETS_PASSWORD_FILE to the path of a file that holds it\n")
WRONG = ("Error: the password in TOOLHIVE_SECRETS_PASSWORD does not open the secrets\n"
         "nothing was changed; give the right one\n")


@pytest.fixture
def thv(thv):
    """A user with an encrypted store of one secret, whose password a file holds."""
    secret_store.set_up(thv, "TOKEN", VALUE)
    yield thv
    for name in thv.run_configs():
        thv.run("rm", "--force", name)
    assert traces.secret_folders(thv) == []


def given(thv, *arguments, value):
    """Runs a command with these bytes as its stdin: exit code, stdout and stderr, as bytes."""
    child = thv.spawn(*arguments, stdin=-1, text=False)
    out, err = child.communicate(value, timeout=60)
    return child.returncode, out, err.decode()


def store(thv):
    with open(os.path.join(thv.data, "secrets_encrypted"), "rb") as file:
        return file.read()


def config(thv, name):
    with open(thv.run_config_path(name), "rb") as file:
        return file.read()


def seen(url, variable="KEY"):
    with Mcp(url) as session:
        return session.call("env", name=variable)


def run(thv, *secrets, name="wx"):
    flags = [word for secret in secrets for word in ("--secret", secret)]
    return thv.serve(name, "--reveal", "KEY", flags=flags)


RUN = ("run", "--transport", "stdio", "--name", "new", "--secret", "TOKEN,target=KEY", FIXTURE)
COMMANDS = {"run": RUN, "start": ("start", "wx"), "get": ("secret", "get", "TOKEN"), "set": ("secret", "set", "TOKEN"),
            "list": ("secret", "list"), "delete": ("secret", "delete", "--yes", "TOKEN"), "setup": ("secret", "setup"),
            "apply": ("apply", "-f", "-")}
WORKLOADS = f"version: 1\nworkloads:\n  new: {{image: {FIXTURE}, transport: stdio, secrets: ['TOKEN,target=KEY']}}\n"


@pytest.mark.parametrize("how", ["locked", "wrong"])
def test_without_the_password_every_command_says_why_and_changes_nothing(thv, engine, how):
    run(thv, "TOKEN,target=KEY")
    thv.run("stop", "wx")
    before = store(thv), config(thv, "wx")
    del thv.environment["THV_SECRETS_PASSWORD_FILE"]
    if how == "wrong":
        thv.environment["TOOLHIVE_SECRETS_PASSWORD"] = "wrong horse"
    complaint = LOCKED if how == "locked" else WRONG
    for name, command in COMMANDS.items():
        error = thv.fail(4, *command, input=WORKLOADS if name == "apply" else "a-new-value", through=WITHOUT_KEYRING)
        expected = {"apply": complaint.replace("Error: ", "Error: workload 'new': ") + "Nothing was changed because of it\n",
                    "delete": f"Warning: the secret 'TOKEN' is used by the workload wx\n{complaint}"}
        assert error == expected.get(name, complaint), name
        assert "a-new-value" not in error and "wrong horse" not in error
    assert (store(thv), config(thv, "wx")) == before
    assert thv.run_configs() == ["wx"] and thv.status("wx") == "stopped" and list(engine.containers(all=False)) == []
    thv.environment |= {"TOOLHIVE_SECRETS_PASSWORD": PASSWORD}
    thv.run("start", "wx")
    assert seen(thv.listed("wx")["url"]) == VALUE


@pytest.mark.parametrize("content, code, reason", [
    (None, 2, "THV_SECRETS_PASSWORD_FILE: there is no file '{path}'"), ("", 2, "THV_SECRETS_PASSWORD_FILE: '{path}' is empty"),
    ("\n", 2, "THV_SECRETS_PASSWORD_FILE: '{path}' is empty"),
    (8192 * "x", 2, "THV_SECRETS_PASSWORD_FILE: '{path}' is larger than 4096 bytes"),
    ("wrong\n", 4, "the password in '{path}' does not open the secrets")],
    ids=["missing", "empty", "newline", "large", "wrong"])
def test_a_file_that_holds_no_password_is_named(thv, content, code, reason):
    path = os.path.join(thv.home, "other")
    if content is not None:
        with open(path, "w") as file:
            file.write(content)
    thv.environment["THV_SECRETS_PASSWORD_FILE"] = path
    error = thv.fail(code, "secret", "get", "TOKEN", through=WITHOUT_KEYRING)
    assert error.splitlines()[0] == "Error: " + reason.format(path=path)


def test_a_secret_that_is_deleted_stops_no_server_and_keeps_it_from_starting_until_it_is_back(thv, engine):
    url = run(thv, "TOKEN,target=KEY")
    before = config(thv, "wx")
    warning = thv.attempt("secret", "delete", "--yes", "TOKEN")
    assert warning.code == 0 and "the secret 'TOKEN' is used by the workload wx" in warning.err
    complaint = "there is no secret 'TOKEN'\nstore it with 'thv secret set TOKEN'\n"
    assert thv.fail(5, "restart", "wx").endswith(complaint)
    assert thv.fail(5, "update", "wx", "-e", "A=1").splitlines()[0].endswith("there is no secret 'TOKEN'")
    assert seen(url) == VALUE
    thv.run("stop", "wx")
    for command in ("start", "restart"):
        assert thv.fail(5, command, "wx").endswith(complaint)
    assert thv.status("wx") == "stopped" and list(engine.containers(all=False)) == []
    assert config(thv, "wx") == before
    put(thv, "TOKEN", "back again")
    thv.run("start", "wx")
    assert seen(url) == "back again"


def test_secrets_and_groups_that_do_not_exist_are_in_the_report_of_an_apply_and_nothing_is_done(thv, engine):
    def entry(name, more=""):
        return f"  {name}: {{image: {FIXTURE}, transport: stdio{more}}}\n"

    text = ("version: 1\ngroups: [fresh]\nworkloads:\n" + entry("good", ", secrets: ['TOKEN,target=KEY']") +
            entry("a", ", secrets: ['NONE,target=X', 'TOKEN,target=Y']") + entry("b", ", group: nowhere") +
            entry("c", ", group: fresh, secrets: ['ALSO-NONE,target=X']"))
    missing = ["Error: workload 'b': no group named 'nowhere'", "add it to the file's 'groups'"]
    for secret, workload in (("NONE", "a"), ("ALSO-NONE", "c")):
        missing += [f"Error: workload '{workload}': there is no secret '{secret}'", f"store it with 'thv secret set {secret}'"]
    error = thv.fail(5, "apply", "-f", "-", input=text)
    assert error.splitlines() == [*missing, "Nothing was changed because of these 3 mistakes"]
    error = thv.fail(2, "apply", "-f", "-", input=text + entry("d", ", imagee: x"))
    assert error.splitlines() == ["Error: stdin: workloads.d: there is no field 'imagee'", *missing,
                                  "Nothing was changed because of these 4 mistakes"]
    assert thv.list() == {} and engine.containers() == {} and "fresh" not in thv.run("group", "list")


VALUES = {"newlines": b"-----BEGIN-----\n\xc3\xbc\n\n-----END-----\n\n", "carriage return": b"a\r\nb\r", "NUL": b"a\0b",
          "only NUL": b"\0", "1 MiB": MIB * b"x", "1 MiB and a byte": (MIB + 1) * b"x", "spaces": b"  ", "quotes": b"'\"$(x)`",
          "two newlines": b"\n\n"}


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_is_given_back_exactly(thv, kind):
    code, out, err = given(thv, "secret", "set", "odd", value=VALUES[kind] + b"\n")
    assert (code, out, err) == (0, b"odd\n", "")
    assert given(thv, "secret", "get", "odd", value=b"") == (0, VALUES[kind] + b"\n", "")


@pytest.mark.parametrize("value, complaint", [
    (b"", "standard input is empty\nwrite the value to it\n"), (b"\n", "standard input is empty\nwrite the value to it\n"),
    (b"a\xff\xfeb", "the secret 'odd' is not UTF-8 text, and cannot be kept as it is\n"
                    "store it encoded, for example by 'base64 --wrap=0'\n"),
    ((16 * MIB + 1) * b"x", f"'stdin' is larger than {16 * MIB} bytes\n")],
    ids=["nothing", "newline", "not UTF-8", "more than 16 MiB"])
def test_a_value_that_cannot_be_kept_is_refused_with_the_reason(thv, value, complaint):
    before = store(thv)
    assert given(thv, "secret", "set", "odd", value=value) == (2, b"", f"Error: {complaint}")
    assert store(thv) == before


@pytest.mark.parametrize("name, code, reason", [
    ("", 2, "a secret's name has 1 to 255 bytes"), (256 * "x", 2, "a secret's name has 1 to 255 bytes"),
    ("a,b", 2, "holds no comma"), ("a=b", 2, "holds no comma, no '='"), ("a\nb", 2, "no control character"),
    ("__thv_x", 4, "choose a name that does not begin with '__thv_'")], ids=ascii)
def test_a_name_that_is_none_of_a_secret_is_refused(thv, name, code, reason):
    before = store(thv)
    for command in ("set", "get", "delete"):
        assert reason in thv.fail(code, "secret", command, name, input="x")
    assert store(thv) == before


@pytest.mark.parametrize("kind", ["newlines", "carriage return", "spaces", "quotes"])
def test_a_server_gets_an_odd_value_exactly_as_a_variable_and_as_a_file(thv, kind):
    given(thv, "secret", "set", "odd", value=VALUES[kind] + b"\n")
    url = run(thv, "odd,target=KEY", "odd,target=OTHER,as=file")
    assert seen(url) == VALUES[kind].decode()
    with Mcp(url) as session:
        assert session.call("read", path="/run/secrets/odd") == VALUES[kind].decode()


@pytest.mark.parametrize("kind, complaint", [
    ("NUL", "the secret 'odd' holds a NUL, which no variable can\ngive it as a file, with as=file"),
    ("1 MiB", "the secret 'odd' is longer than a variable can be")])
def test_what_no_variable_can_hold_is_told_before_anything_runs_and_can_be_a_file(thv, engine, kind, complaint):
    given(thv, "secret", "set", "odd", value=VALUES[kind] + b"\n")
    result = thv.attempt("run", "--transport", "stdio", "--name", "wx", "--secret", "odd,target=KEY", FIXTURE)
    assert result.code == 2 and complaint in result.err, result
    assert thv.run_configs() == [] and engine.containers() == {}
    assert answers(run(thv, "odd,target=KEY,as=file"))
    with open(f"/proc/{engine.pid('wx')}/root/run/secrets/odd", "rb") as file:
        assert file.read() == VALUES[kind]
