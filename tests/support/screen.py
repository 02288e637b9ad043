# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A person at a terminal: keys are typed into one of tmux, and its screen is read."""

import shutil
import subprocess
import tempfile

from support.waiting import wait_until


class Screen:
    """A program in a terminal of its own. `folder`: where the program starts."""

    def __init__(self, command, environment, columns, rows, folder="/"):
        self.own = tempfile.mkdtemp(prefix="thv-terminal-", dir="/tmp")
        self.environment = {**environment, "TERM": "screen", "LANG": "C.UTF-8", "TMUX_TMPDIR": self.own}
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", folder, *command)
        self.tmux("set-option", "-g", "remain-on-exit", "on")

    def tmux(self, *words):
        child = subprocess.run(["tmux", *words], env=self.environment, capture_output=True, text=True, timeout=30,
                               check=False)
        assert child.returncode == 0, f"tmux {words}: {child.stderr}"
        return child.stdout

    def text(self):
        return self.tmux("capture-pane", "-p", "-t", ":0")

    def type(self, text):
        self.tmux("send-keys", "-t", ":0", "-l", text)

    def press(self, *keys):
        self.tmux("send-keys", "-t", ":0", *keys)

    def wait(self, condition, what, seconds=20):
        """Waits for what the screen is to show; the failure shows the screen."""
        try:
            wait_until(condition, what, seconds=seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text().rstrip()}") from None

    def close(self):
        subprocess.run(["tmux", "kill-server"], env=self.environment, capture_output=True, check=False)
        shutil.rmtree(self.own, ignore_errors=True)
