# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Many commands at once over a few workloads: every outcome is accounted for, and no file is lost or torn.

The commands are random; THV_TEST_SEED repeats a run, THV_TEST_COMMANDS says how many there are."""

import json
import os
import random
import threading

from support.images import FIXTURE
from support.mcp import answers
from support.waiting import wait_until

COMMANDS = int(os.environ.get("THV_TEST_COMMANDS", "100"))
AT_ONCE = 12
NAMES = [f"w{number}" for number in range(20)]
GROUPS = ["default", "left", "right"]
PATIENCE = 300


def words_of(dice, number):
    """One command, as a list of words; the number is what it leaves behind when it works."""
    name = dice.choice(NAMES)
    kind = dice.choice(["mv", "run", "update", "rm", "mv", "update"])
    if kind == "mv":
        return ["group", "mv", name, "--to", dice.choice(GROUPS)]
    if kind == "run":
        return ["run", "--transport", "stdio", "--name", name, "-e", f"MARK={number}", FIXTURE]
    if kind == "update":
        return ["update", name, "-e", f"MARK={number}"]
    return ["rm", "--timeout", "2s", name]


# Exit codes of each command, besides success: of what another one did meanwhile.
EXPECTED = {"group": {5}, "run": {1}, "update": {1, 5}, "rm": {5}}


class Crowd:
    """Threads that take commands from a list until there is none left."""

    def __init__(self, thv, commands):
        self.thv, self.commands, self.results, self.lock = thv, list(commands), [], threading.Lock()

    def _work(self):
        while True:
            with self.lock:
                if not self.commands:
                    return
                words = self.commands.pop()
            result = self.thv.attempt(*words, timeout=PATIENCE)
            with self.lock:
                self.results.append((words, result))

    def run(self):
        threads = [threading.Thread(target=self._work) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.results


def config(thv, name):
    with open(thv.run_config_path(name)) as file:
        return json.load(file)


def marks_that_worked(results, name):
    """What a workload's variable may be: left by any run or update that said it had worked."""
    return {words[words.index("-e") + 1].removeprefix("MARK=") for words, result in results
            if result.code == 0 and words[0] in ("run", "update") and name in words}


def story(results, name):
    """What the commands about a workload said, in the order in which they ended."""
    return "\n".join(f"{' '.join(words)}: {result.code} {result.err.strip()}" for words, result in results if name in words)


def test_every_outcome_of_a_crowd_of_commands_is_accounted_for(thv, engine, capsys):
    seed = int(os.environ.get("THV_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
    with capsys.disabled():
        print(f"\nseed {seed}, {COMMANDS} commands")
    dice = random.Random(seed)
    thv.run("group", "create", "left", "right")
    entries = "".join(f"  {name}: {{image: {FIXTURE}, transport: stdio, env: {{MARK: first}}}}\n" for name in NAMES)
    thv.run("apply", "-f", "-", input=f"version: 1\nworkloads:\n{entries}", timeout=PATIENCE)
    results = Crowd(thv, (words_of(dice, number) for number in range(COMMANDS))).run()
    assert len(results) == COMMANDS
    for words, result in results:
        assert result.code == 0 or result.code in EXPECTED[words[0]], result
        assert result.code == 0 or result.err.strip(), f"a failure without a word\n{result}"
    listed = thv.list()
    assert sorted(listed) == thv.run_configs(), "what is listed is what is stored"
    for name in NAMES:
        started = sum(words[0] == "run" and name in words and result.code == 0 for words, result in results)
        removed = sum(words[0] == "rm" and name in words and result.code == 0 for words, result in results)
        assert (name in listed) == (1 + started - removed == 1), \
            f"{name}: started {1 + started}, removed {removed}\n{story(results, name)}"
        if name in listed:
            assert config(thv, name)["env_vars"]["MARK"] in marks_that_worked(results, name) | {"first"}
            assert listed[name]["group"] in GROUPS
            try:
                wait_until(lambda: thv.status(name) == "running", f"{name} runs", seconds=30)
            except AssertionError as error:
                error.add_note(f"{thv.listed(name)}\n{story(results, name)}")
                raise
    wait_until(lambda: all(answers(workload["url"]) for workload in listed.values()), "all serve", seconds=60)
    assert sorted(engine.containers()) == sorted(listed), "there is one container for each"
    folder = os.path.join(thv.state, "runconfigs")
    unfinished = [name for name in os.listdir(folder) if not name.endswith(".json") and name != ".locks"]
    assert unfinished == [], "no unfinished file is left"
