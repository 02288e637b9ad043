# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""A user's encrypted store of secrets."""

import os

PASSWORD = "correct horse battery"


def put(thv, name, value):
    thv.run("secret", "set", name, input=value)


def set_up(thv, name, value):
    """A store that holds one secret, and whose password is in a file."""
    password = os.path.join(thv.home, "password")
    with open(password, "w") as file:
        file.write(PASSWORD + "\n")
    thv.environment["THV_SECRETS_PASSWORD_FILE"] = password
    thv.run("secret", "setup")
    put(thv, name, value)
