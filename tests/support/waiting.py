# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Waiting for a condition with a deadline: the tests' only way to wait."""

import time


def wait_until(condition, what, seconds=20.0, pause=0.02):
    """Returns the first truthy value of `condition()`; fails the test, naming `what`, when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what} (last seen: {value!r})")
        time.sleep(pause)
