# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A person at a shell."""

import os
import tempfile

from support.screen import Screen
from support.waiting import wait_until

PROMPT = "ready> "
MARK = "#mark"


class Terminal(Screen):
    """An interactive shell in a terminal of 120 by 40 characters. `start` is the shell's start-up file."""

    SHELLS = {"bash": (["bash", "--noprofile", "--rcfile"], f"PS1='{PROMPT}'\nbind 'set bell-style none'\n"),
              "zsh": (["zsh", "-d"], f"PS1='{PROMPT}'\nautoload -Uz compinit && compinit -u -D\nunsetopt beep\n"),
              "fish": (["fish"], f"function fish_prompt; echo -n '{PROMPT}'; end\nset -g fish_greeting\n"
                                 "set -g fish_autosuggestion_enabled 0\n")}

    @classmethod
    def completing(cls, shell, environment, folder):
        """One that completes the command lines of thv."""
        script = f"thv completion {shell}"
        return cls(shell, environment, folder, f"{script} | source" if shell == "fish" else f"source <({script})")

    def __init__(self, shell, environment, folder, start):
        self.shell = shell
        self.start_up = tempfile.TemporaryDirectory(prefix="thv-shell-", dir="/tmp")
        command, rc = self.SHELLS[shell]
        environment = {**environment, "SHELL": "/bin/sh", "HISTFILE": "", "fish_history": ""}
        if shell == "fish":
            path = os.path.join(environment["XDG_CONFIG_HOME"], "fish/config.fish")
        else:
            path = os.path.join(self.start_up.name, {"bash": "rc", "zsh": ".zshrc"}[shell])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(rc + start + "\n")
        if shell == "bash":
            command = [*command, path, "-i"]
        if shell == "zsh":
            environment["ZDOTDIR"] = self.start_up.name
        super().__init__(command, environment, columns=120, rows=40, folder=folder)
        self.wait(lambda: PROMPT.strip() in self.text(), f"{shell} is ready", seconds=60)

    def line(self):
        """The command line as it stands, without the prompt."""
        # Keys that were typed before the prompt came stand in front of it too, where the terminal echoed them.
        lines = [line for line in self.text().splitlines() if PROMPT.strip() in line]
        return lines[-1].rpartition(PROMPT.strip())[2].strip() if lines else ""

    def press_tab_behind(self, text):
        """TAB behind a command line that is nothing but this."""
        self.clear()
        self.type(text)
        self.press("Tab")

    def clear(self):
        """An empty command line on an empty screen."""
        # Ctrl-C overtakes keys, so it is known to have been heard only by what it takes away.
        self.type(MARK)
        self.wait(lambda: self.line().endswith(MARK), "what was typed stands there")
        for _ in range(5):  # the first one may end a completion only
            self.press("C-c")
            try:
                wait_until(lambda: self.line() == "", "an empty command line", seconds=2)
                break
            except AssertionError:
                continue
        self.press("C-l")
        self.wait(lambda: self.text().strip() == PROMPT.strip(), "an empty screen")

    def close(self):
        super().close()
        self.start_up.cleanup()
