# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL to anything at any moment: no run config is lost, and `rm` leaves nothing.

The moments are random; THV_TEST_SEED repeats a run (the seed is printed), THV_TEST_KILLS says how many."""

import json
import os
import random
import time

from support import processes
from support.images import FIXTURE
from support.mcp import answers
from support.waiting import wait_until

KILLS = int(os.environ.get("THV_TEST_KILLS", "110"))
VICTIMS = ["supervisor"] * 4 + ["command"] * 4 + ["container"] * 3 + ["engine"]
COMMANDS = ["run", "stop", "start", "restart", "rm"]
ENGINE_WAIT = 120


class Round:
    """One command, killed into at one moment."""

    def __init__(self, thv, engine, dice, number):
        self.thv, self.engine, self.dice = thv, engine, dice
        self.name = f"w{number % 3}"
        self.command = dice.choice(COMMANDS)
        self.victim = dice.choice(VICTIMS)
        self.delay = dice.uniform(0, 0.6) ** 2 * 2

    def __str__(self):
        return f"{self.command} {self.name}, {self.victim} killed after {self.delay:.3f} s"

    def prepare(self):
        """Makes the world in which the command has something to do; says whether the workload existed before."""
        exists = self.name in self.thv.run_configs()
        if not exists and self.name in self.thv.list():
            # A run that was killed with its supervisor can leave a container behind; it is listed and can be removed.
            self.thv.run("rm", "--timeout", "2s", self.name, timeout=ENGINE_WAIT)
        if self.command == "run" and exists:
            self.thv.run("rm", "--timeout", "2s", self.name, timeout=ENGINE_WAIT)
            return False
        if self.command != "run" and not exists:
            self.thv.run("run", "--transport", "stdio", "--name", self.name, FIXTURE, timeout=ENGINE_WAIT)
            return True
        if self.command == "start" and exists:
            self.thv.run("stop", "--timeout", "2s", self.name, timeout=ENGINE_WAIT)
        return exists

    def strike(self):
        child = self._spawn()
        time.sleep(self.delay)  # the moment is the point: no condition could choose it
        if self.victim == "command":
            processes.kill(child.pid)
        elif self.victim == "supervisor":
            if pid := self.thv.supervisor(self.name):
                processes.kill(pid)
        elif self.victim == "container":
            self._kill_container()
        else:
            self.engine.kill()
            self.engine.start()
        out, err = child.communicate(timeout=ENGINE_WAIT)
        return child.returncode, out + err

    def _spawn(self):
        if self.command == "run":
            return self.thv.spawn("run", "--transport", "stdio", "--name", self.name, "--timeout", "20s", FIXTURE)
        flags = ("--timeout", "2s" if self.command in ("stop", "rm") else "20s")
        return self.thv.spawn(self.command, *flags, self.name)

    def _kill_container(self):
        try:
            if pid := self.engine.pid(self.name):
                processes.kill(pid)
        except AssertionError:
            pass  # there is none at this moment

    def check(self, existed, code, said):
        configs = self.thv.run_configs()
        if self.command == "rm":
            assert code != 0 or self.name not in configs, f"rm said it had worked: {said}"
        elif existed:
            assert self.name in configs, f"the run config is lost: {said}"
        elif code == 0:
            assert self.name in configs, f"run said it had worked: {said}"
        if self.name in configs:
            with open(self.thv.run_config_path(self.name)) as file:
                assert json.load(file)["image"] == FIXTURE
        listed = self.thv.list()
        assert set(configs) <= set(listed), "a workload with a run config is not listed"


def remains(thv, engine, name):
    """Everything that is left of a workload."""
    containers = [found for found in engine.containers() if found == name or found.startswith(name + "-")]
    supervisor = thv.supervisor(name)
    return containers, supervisor, thv.files_of(name)


def remove_for_good(thv, engine, name):
    result = thv.attempt("rm", "--ignore-not-found", "--timeout", "2s", name, timeout=ENGINE_WAIT)
    assert result.code == 0, result
    try:
        wait_until(lambda: remains(thv, engine, name) == ([], None, []), f"nothing is left of {name}", seconds=15)
    except AssertionError as error:
        error.add_note(f"left of {name}: {remains(thv, engine, name)}")
        raise


def test_killing_anything_at_any_moment(thv_on_own_engine, own_engine, capsys):
    thv = thv_on_own_engine
    seed = int(os.environ.get("THV_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
    dice = random.Random(seed)
    history = []
    with capsys.disabled():
        print(f"\nseed {seed}, {KILLS} kills")
    for number in range(KILLS):
        moment = Round(thv, own_engine, dice, number)
        story = f"seed {seed}, kill {number}: {moment}"
        try:
            existed = moment.prepare()
            code, said = moment.strike()
            history.append(f"{moment}: exit code {code}, then {thv.list().get(moment.name)}")
            moment.check(existed, code, said)
            if dice.random() < 0.5:
                remove_for_good(thv, own_engine, moment.name)
        except BaseException as error:
            error.add_note("\n".join([*history[-8:], story]))
            raise
    for name in ("w0", "w1", "w2"):
        remove_for_good(thv, own_engine, name)
    assert thv.left_running() == [] and own_engine.containers() == {}
    url = thv.serve("afterwards")
    assert answers(url)
