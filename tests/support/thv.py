# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the thv binary as a person would, each test with folders of its own."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass

from support import processes
from support.waiting import wait_until

PASSED_ON = ("PATH", "LLVM_PROFILE_FILE", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LANG")


@dataclass
class Result:
    command: list
    code: int
    out: str
    err: str

    def __str__(self):
        return f"{' '.join(self.command)}\nexit code {self.code}\n--- stdout\n{self.out}--- stderr\n{self.err}"


class Thv:
    """One user of thv: a HOME, the XDG folders in it, and an engine (or none)."""

    def __init__(self, engine=None, binary=None, home=None):
        self.binary = binary or os.environ["THV_BIN"]
        self.engine = engine
        self.home = home or tempfile.mkdtemp(prefix="thv-home-", dir="/tmp")
        self.config = os.path.join(self.home, ".config/toolhive")
        self.state = os.path.join(self.home, ".local/state/toolhive")
        self.data = os.path.join(self.home, ".local/share/toolhive")
        self.environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self.environment |= {"HOME": self.home, "XDG_CONFIG_HOME": os.path.join(self.home, ".config"),
                             "XDG_STATE_HOME": os.path.join(self.home, ".local/state"),
                             "XDG_DATA_HOME": os.path.join(self.home, ".local/share"),
                             "XDG_CACHE_HOME": os.path.join(self.home, ".cache"),
                             "XDG_RUNTIME_DIR": os.path.join(self.home, "run"),
                             "CI": "true", "TOOLHIVE_SKIP_UPDATE_CHECK": "1", "TOOLHIVE_SKIP_DESKTOP_CHECK": "1"}
        os.makedirs(self.environment["XDG_RUNTIME_DIR"], mode=0o700, exist_ok=True)
        if engine:
            self.environment |= engine.environment()

    # Running commands.

    def spawn(self, *arguments, through=(), **options):
        """A command left running: a subprocess.Popen with its output captured as text. `through` is a program that
        runs it."""
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True,
                   "env": self.environment, "cwd": self.home, **options}
        return subprocess.Popen([*through, self.binary, *arguments], **options)

    def attempt(self, *arguments, timeout=90, input=None, **options):
        """Runs a command that may fail, with `input` as its stdin."""
        if input is not None:
            options = {"stdin": subprocess.PIPE, **options}
        child = self.spawn(*arguments, **options)
        try:
            out, err = child.communicate(input, timeout=timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            out, err = child.communicate()
            raise AssertionError(f"thv {' '.join(arguments)} did not end in {timeout} s\n{out}\n{err}") from None
        result = Result(["thv", *arguments], child.returncode, out or "", err or "")
        assert "AddressSanitizer" not in result.err and "runtime error:" not in result.err, result
        return result

    def run(self, *arguments, **options):
        """Runs a command that must succeed, and returns what it printed."""
        result = self.attempt(*arguments, **options)
        assert result.code == 0, result
        return result.out

    def fail(self, code, *arguments, **options):
        """Runs a command that must fail with this exit code, and returns what it complained about."""
        result = self.attempt(*arguments, **options)
        assert result.code == code, result
        assert result.err.strip(), f"a failure without a word\n{result}"
        return result.err

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--format", "json"))

    # What tests ask most.

    def serve(self, name, *arguments, image="localhost/thv-fixture:1", flags=()):
        """Runs a stdio workload of the fixture and returns its URL."""
        command = ["run", "--transport", "stdio", "--name", name, *flags, image]
        self.run(*command, *(["--", *arguments] if arguments else []))
        return self.listed(name)["url"]

    def list(self):
        """name → what `thv ls --all` says of it."""
        return {workload["name"]: workload for workload in self.json("ls", "--all")}

    def listed(self, name):
        workloads = self.list()
        assert name in workloads, f"{name} is not listed: {workloads}"
        return workloads[name]

    def status(self, name):
        """The word that `thv ls --all` has for a workload's state, or None when it is not listed."""
        return self.list().get(name, {}).get("status")

    # What is on the machine.

    def run_config_path(self, name):
        return os.path.join(self.state, "runconfigs", f"{name}.json")

    def status_path(self, name):
        return os.path.join(self.data, "statuses", f"{name}.json")

    def run_configs(self):
        folder = os.path.join(self.state, "runconfigs")
        return sorted(name[:-5] for name in os.listdir(folder) if name.endswith(".json")) \
            if os.path.isdir(folder) else []

    def processes(self):
        """PIDs of everything that runs with this user's HOME."""
        return processes.with_environment("HOME", self.home)

    def left_running(self):
        """What of it still runs when what ends has had the time to: a supervisor has let go of its workload, and a
        command has returned, a moment before its process is gone."""
        try:
            wait_until(lambda: self.processes() == [], "they have ended", seconds=10)
        except AssertionError:
            pass  # which ones the caller is told
        return self.processes()

    def supervisor(self, name):
        """The PID of a workload's supervisor, or None. Told by its command line, as a person would."""
        wanted = ["start", name, "--foreground"]
        for pid in self.processes():
            found = processes.arguments(pid)[1:]
            if found[:3] == wanted or (found[:1] == ["run"] and "--foreground" in found and name in found):
                return pid
        return None

    def files_of(self, name):
        """Paths of every file that is a workload's own; locks are nobody's and outlive it."""
        found = []
        for folder, _, files in os.walk(self.home):
            own = os.path.basename(folder) == name
            found += [os.path.join(folder, file) for file in files if not file.endswith((".lock", "lock"))
                      and (own or file.removeprefix(".").startswith(name + "."))]
        return sorted(found)

    def close(self):
        """Ends what is left of this user: processes, containers, files."""
        processes.kill_all(self.processes)
        if self.engine and self.engine.process.poll() is None:
            self.engine.remove_all_containers()
        shutil.rmtree(self.home, ignore_errors=True)


def interrupt(child, seconds=30):
    """Ctrl-C: SIGINT, and the result."""
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=seconds)
    return Result(child.args, child.returncode, out or "", err or "")
