# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Pages of docs/ with tables that programs make."""

import sys


def put(text, path, title):
    """Replaces what is between <!-- TITLE --> and <!-- end --> in a page."""
    with open(path) as file:
        before, mark, rest = file.read().partition(f"<!-- {title} -->\n")
    _, end, after = rest.partition("<!-- end -->")
    if not mark or not end:
        sys.exit(f"{path} has no place for the table '{title}'")
    with open(path, "w") as file:
        file.write(f"{before}{mark}\n{text}\n\n{end}{after}")
