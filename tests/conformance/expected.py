# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What is run, and the only places where a server behind thv may do worse than alone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    server: str
    selection: str  # of suite.SELECTIONS
    way: str  # of subjects.WAYS

    def __str__(self):
        return f"{self.server}, {self.selection}, {self.way}"


# Every one of these must pass what the server alone passes. A way or a revision is switched on by a line.
RUNS = (
    Run("legacy", "2025-11-25", "thv-stdio"),
    Run("legacy", "2025-11-25", "thv-http"),
    Run("legacy", "0.1", "thv-stdio"),
    Run("legacy", "0.1", "thv-http"),
    Run("dual", "2025-11-25", "thv-stdio"),
    Run("dual", "2025-11-25", "thv-http"),
    Run("dual", "0.1", "thv-stdio"),
    Run("dual", "2026-07-28", "thv-stdio"),
    Run("dual", "2026-07-28", "thv-http"),
    Run("legacy", "2025-11-25", "thv-stdio-attach"),
    Run("legacy", "2025-11-25", "thv-stdio-per-session"),
    Run("dual", "2025-11-25", "thv-stdio-per-session"),
    Run("dual", "2026-07-28", "thv-stdio-per-session"),
    Run("legacy", "2025-11-25", "thv-remote"),
    Run("dual", "2025-11-25", "thv-remote"),
    Run("dual", "2026-07-28", "thv-remote"),
)

# The columns of docs/conformance.md before those of the other proxies.
TABLED = ("own-http", "thv-stdio", "thv-stdio-per-session", "thv-http")


ANY = "any"


@dataclass(frozen=True)
class Exemption:
    scenario: str
    check: str  # or ANY of the scenario's
    reason: str
    ways: tuple = ("thv-stdio", "thv-stdio-attach", "thv-stdio-per-session")
    selections: tuple = ("2025-11-25",)

    def covers(self, run, check):
        return (run.way in self.ways and run.selection in self.selections
                and check.scenario == self.scenario and self.check in (check.id, ANY))


NO_STREAM = "over stdio a server cannot close the stream of one request, so the answer comes as plain JSON"

EXEMPTIONS = (
    Exemption("server-sse-multiple-streams", "server-sse-streams-functional",
              "three lists are answered as plain JSON, which the suite calls as good as a stream",
              selections=("2025-11-25", "0.1")),
    Exemption("server-sse-polling", "server-sse-priming-event", NO_STREAM),
    Exemption("server-sse-polling", "server-sse-retry-field", NO_STREAM),
    Exemption("server-sse-polling", "server-sse-disconnect-resume", NO_STREAM),
)

# The suite of 2026-07-28 against a server that knows only the revisions before, by way: so many checks pass at least.
# Raise what has become better.
TRANSLATED = (("thv-stdio", 140), ("thv-stdio-per-session", 155))


def judge(run, lost):
    """(losses that nothing exempts, exemptions of this run that nothing needs any more)."""
    own = [exemption for exemption in EXEMPTIONS if run.way in exemption.ways and run.selection in exemption.selections]
    unexcused = [check for check in lost if not any(exemption.covers(run, check) for exemption in own)]
    unneeded = [exemption for exemption in own if not any(exemption.covers(run, check) for check in lost)]
    return unexcused, unneeded
