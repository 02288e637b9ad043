# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Where the password of the secrets is kept: the kernel's keyring and a real Secret Service (GNOME Keyring), each of
a user that only the test has; and what upstream's program and ours read of each other's stores."""

import os
import pty
import shlex
import subprocess
import time

import pytest

from support import processes, upstream
from support.compatibility import READS_OURS, READS_THEIRS
from support.thv import Thv
from support.waiting import wait_until

PASSWORD = "correct horse battery"
# A user namespace has keyrings of its own.
OWN_KERNEL_KEYRING = ["unshare", "--user", "--map-root-user"]


@pytest.fixture
def thv():
    user = Thv()
    yield user
    user.close()


@pytest.fixture(scope="module")
def upstream_binary():
    return upstream.binary()


class Session:
    """A login: one shell, in which commands are typed at a terminal."""

    def __init__(self, thv, command):
        self.thv = thv
        self.terminal, theirs = pty.openpty()
        self.shell = subprocess.Popen([*command, "/bin/sh"], stdin=theirs, stdout=theirs, stderr=theirs,
                                      env=thv.environment | {"PS1": "", "ENV": ""}, cwd=thv.home, start_new_session=True,
                                      close_fds=True)
        os.close(theirs)
        os.set_blocking(self.terminal, False)
        self.output = ""
        self.marks = 0
        self.run("stty -echo")

    def read(self):
        try:
            self.output += os.read(self.terminal, 65536).decode(errors="replace").replace("\r\n", "\n")
        except BlockingIOError:
            pass
        return self.output

    def type(self, text):
        os.write(self.terminal, text.encode())

    def run(self, command, answers=(), code=0):
        """Types a command and, when it asks, the answers: pairs of what it says and what is typed then. Returns what it
        has printed."""
        self.marks += 1
        mark = f"-end-{self.marks}-"
        self.output = ""
        self.type(f"{command}; echo {mark}$?.\n")
        for question, answer in answers:
            wait_until(lambda: question in self.read(), f"'{question}' from {command}", seconds=60)
            time.sleep(0.1)  # until it waits for the answer with the terminal's echo off
            self.output = self.output.split(question, 1)[1]
            self.type(answer + "\n")
        wait_until(lambda: f"{mark}{code}." in self.read(), f"{command} ends with {code}", seconds=60)
        return self.output.split(mark)[0]

    def close(self):
        self.type("exit\n")
        self.shell.wait(10)
        os.close(self.terminal)


@pytest.fixture
def kernel(thv):
    session = Session(thv, OWN_KERNEL_KEYRING)
    yield session
    session.close()


@pytest.fixture
def desktop(thv):
    """A session with a D-Bus of its own and an unlocked GNOME Keyring on it."""
    session = Session(thv, [*OWN_KERNEL_KEYRING, "dbus-run-session", "--"])
    session.run("printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1")
    yield session
    session.close()
    processes.kill_all(thv.processes)  # the daemon


def command(program, *words):
    return shlex.join([program, *words])


def set_up(session, *flags):
    output = session.run(command(session.thv.binary, "secret", "setup", *flags),
                         [("New password", PASSWORD), ("The same again", PASSWORD)])
    assert PASSWORD not in output


def keep_and_find(session):
    """What is typed once is found by every later command, and by nobody with another keyring."""
    thv = session.thv
    set_up(session)
    output = session.run(command(thv.binary, "secret", "set", "A"), [("Value of A", "value-1")])
    assert "value-1" not in output
    assert "value-1" in session.run(command(thv.binary, "secret", "get", "A") + " </dev/null")
    assert "TOOLHIVE_SECRETS_PASSWORD" in thv.fail(4, "secret", "get", "A", through=OWN_KERNEL_KEYRING)


def test_a_typed_password_is_kept_in_the_kernels_keyring(kernel):
    keep_and_find(kernel)


def test_a_typed_password_is_kept_by_the_secret_service(desktop):
    keep_and_find(desktop)
    stored = os.path.join(desktop.thv.home, ".local/share/keyrings")
    assert os.listdir(stored)


@pytest.mark.parametrize("login", ["kernel", "desktop"])
def test_a_wrong_password_is_not_kept(login, request):
    session = request.getfixturevalue(login)
    thv = session.thv
    thv.run("secret", "setup", **with_password(thv))
    session.run(command(thv.binary, "secret", "list"), [("Password of the secrets", "wrong")], code=4)
    session.run(command(thv.binary, "secret", "list") + " </dev/null", code=4)
    session.run(command(thv.binary, "secret", "list"), [("Password of the secrets", PASSWORD)])
    session.run(command(thv.binary, "secret", "list") + " </dev/null")


@pytest.mark.parametrize("login", ["kernel", "desktop"])
def test_a_password_that_is_taken_out_of_the_keyring_is_asked_for_again(login, request):
    session = request.getfixturevalue(login)
    thv = session.thv
    set_up(session)
    session.run(command(thv.binary, "secret", "list") + " </dev/null")
    assert "was taken out" in session.run(command(thv.binary, "secret", "reset-keyring"))
    session.run(command(thv.binary, "secret", "list") + " </dev/null", code=4)
    assert "no password in the keyring" in session.run(command(thv.binary, "secret", "reset-keyring"))
    session.run(command(thv.binary, "secret", "list"), [("Password of the secrets", PASSWORD)])
    session.run(command(thv.binary, "secret", "list") + " </dev/null")


def with_password(thv):
    return {"env": thv.environment | {"TOOLHIVE_SECRETS_PASSWORD": PASSWORD}}


def test_a_locked_secret_service_is_told_of(desktop):
    thv = desktop.thv
    set_up(desktop)
    desktop.run("dbus-send --session --dest=org.freedesktop.secrets --print-reply --type=method_call "
                "/org/freedesktop/secrets org.freedesktop.Secret.Service.Lock "
                "array:objpath:/org/freedesktop/secrets/collection/login")
    output = desktop.run(command(thv.binary, "secret", "list") + " </dev/null", code=4)
    assert "locked" in output and "TOOLHIVE_SECRETS_PASSWORD" in output


def test_ctrl_c_at_the_question_ends_the_command_and_shows_what_is_typed_again(kernel):
    kernel.type(command(kernel.thv.binary, "secret", "setup") + "; echo ended-$?\n")
    wait_until(lambda: "New password" in kernel.read(), "it asks")
    time.sleep(0.2)
    kernel.type("\x03")
    wait_until(lambda: "ended-130" in kernel.read(), "it has ended")
    kernel.run("stty echo")
    assert "typed-again" in kernel.run("echo typed-again")


@pytest.mark.compatibility("encrypted secrets", READS_OURS)
@pytest.mark.compatibility("password in the keyring", READS_OURS)
@pytest.mark.parametrize("login", ["kernel", "desktop"])
def test_upstream_reads_the_store_that_ours_has_made(login, request, upstream_binary):
    session = request.getfixturevalue(login)
    thv = session.thv
    set_up(session, "--format", "toolhive")
    session.run(command(thv.binary, "secret", "set", "FIRST"), [("Value of FIRST", "value-1")])
    session.run("printf value-2 | " + command(thv.binary, "secret", "set", "SECOND"))
    assert "value-1" in session.run(command(upstream_binary, "secret", "get", "FIRST"))
    assert "value-2" in session.run(command(upstream_binary, "secret", "get", "SECOND"))
    session.run(command(thv.binary, "secret", "delete", "--yes", "FIRST"))
    listed = session.run(command(upstream_binary, "secret", "list"))
    assert "SECOND" in listed and "FIRST" not in listed


@pytest.mark.compatibility("encrypted secrets", READS_THEIRS)
@pytest.mark.parametrize("login", ["kernel", "desktop"])
def test_what_upstream_puts_into_the_store_that_ours_has_made_is_read(login, request, upstream_binary):
    session = request.getfixturevalue(login)
    thv = session.thv
    set_up(session, "--format", "toolhive")
    session.run("printf value-1 | " + command(thv.binary, "secret", "set", "OURS"))
    session.run("printf value-2 | " + command(upstream_binary, "secret", "set", "THEIRS"))
    assert "value-2" in session.run(command(thv.binary, "secret", "get", "THEIRS"))
    assert "value-1" in session.run(command(thv.binary, "secret", "get", "OURS"))
    assert "encrypted" in session.run(command(thv.binary, "secret", "provider"))


def set_up_by_upstream(session, upstream_binary):
    session.run(command(upstream_binary, "secret", "provider", "encrypted"), [("password", PASSWORD)])
    session.run("printf value-1 | " + command(upstream_binary, "secret", "set", "THEIRS"))


@pytest.mark.compatibility("encrypted secrets", READS_THEIRS)
@pytest.mark.compatibility("password in the keyring", READS_THEIRS)
@pytest.mark.compatibility("config.yaml", READS_THEIRS)
@pytest.mark.parametrize("login", ["kernel", "desktop"])
def test_what_upstream_has_set_up_is_used_as_it_is(login, request, upstream_binary):
    session = request.getfixturevalue(login)
    set_up_by_upstream(session, upstream_binary)
    assert "value-1" in session.run(command(session.thv.binary, "secret", "get", "THEIRS"))
    assert "THEIRS" in session.run(command(session.thv.binary, "secret", "list"))


@pytest.mark.compatibility("encrypted secrets", READS_OURS)
@pytest.mark.parametrize("login", ["kernel", "desktop"])
def test_upstream_reads_what_ours_has_put_into_its_store(login, request, upstream_binary):
    session = request.getfixturevalue(login)
    set_up_by_upstream(session, upstream_binary)
    session.run("printf value-2 | " + command(session.thv.binary, "secret", "set", "OURS"))
    assert "value-2" in session.run(command(upstream_binary, "secret", "get", "OURS"))
    assert "value-1" in session.run(command(upstream_binary, "secret", "get", "THEIRS"))
