# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the official conformance suite against a URL and reads what it found."""

import collections
import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass

from conformance import subjects

SCENARIO_MS = 15000
LONGEST_S = 300

# name → (which release, its arguments). The two revisions are the suite's frozen lists of requirements.
SELECTIONS = {
    "2025-11-25": ("0.2", ("--requirements", "2025-11-25")),
    "2026-07-28": ("0.2", ("--requirements", "2026-07-28")),
    "0.1": ("0.1", ("--suite", "all")),
}


@dataclass(frozen=True)
class Check:
    scenario: str
    id: str
    ordinal: int  # a scenario may do one check several times
    name: str
    status: str  # SUCCESS, FAILURE, WARNING, SKIPPED, INFO
    message: str

    @property
    def key(self):
        return self.scenario, self.id, self.name, self.ordinal

    @property
    def label(self):
        again = f" ({self.ordinal})" if self.ordinal > 1 else ""
        return f"{self.id}{again}"


class Report:
    """What one run of the suite found."""

    def __init__(self, checks):
        self.checks = checks

    def count(self, status):
        return sum(check.status == status for check in self.checks)

    @property
    def passed(self):
        return self.count("SUCCESS")

    @property
    def run(self):
        return self.passed + self.count("FAILURE")

    def scenarios(self):
        """scenario → its checks, in the suite's order."""
        found = collections.OrderedDict()
        for check in self.checks:
            found.setdefault(check.scenario, []).append(check)
        return found

    def verdict(self, scenario):
        """P, F3 (three failed), w (warnings), or s: nothing was tried."""
        statuses = [check.status for check in self.scenarios().get(scenario, [])]
        if failed := statuses.count("FAILURE"):
            return f"F{failed}"
        if "WARNING" in statuses:
            return "w"
        return "P" if "SUCCESS" in statuses else "s"

    def clean(self):
        """Scenarios in which nothing failed."""
        return [scenario for scenario in self.scenarios() if not self.verdict(scenario).startswith("F")]

    def complaints(self):
        return [check for check in self.checks if check.status in ("FAILURE", "WARNING")]


def _checks(folder):
    finished = []
    for entry in os.scandir(folder):
        match = re.fullmatch(r"server-(.+)-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d+Z)", entry.name)
        if match:
            finished.append((match[2], match[1], os.path.join(entry.path, "checks.json")))
    found = []
    for _, scenario, path in sorted(finished):
        if not os.path.exists(path):  # it threw; the suite itself counts that as one failure
            found.append(Check(scenario, scenario, 1, scenario, "FAILURE", "the scenario could not be run to its end"))
            continue
        with open(path) as file:
            content = json.load(file)
        seen = collections.Counter()
        for check in content:
            seen[check["id"], check["name"]] += 1
            found.append(Check(scenario, check["id"], seen[check["id"], check["name"]], check["name"], check["status"],
                               check.get("errorMessage") or ""))
    return found


def run(url, selection, scenario=None):
    """The Report of a selection's scenarios, or of one of them, against a server."""
    release, arguments = SELECTIONS.get(selection, ("0.2", ("--suite", selection)))
    if scenario:
        version = ("--spec-version", selection) if re.fullmatch(r"\d{4}-\d\d-\d\d", selection) else ()
        arguments = ("--scenario", scenario, *version)
    program = os.path.join(subjects.tools(), f"node_modules/conformance-{release}/dist/index.js")
    patience = ("--timeout", str(SCENARIO_MS)) if release == "0.2" else ()
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run([subjects.node(), program, "server", "--url", url, *arguments, *patience, "-o", folder],
                                capture_output=True, text=True, timeout=LONGEST_S, stdin=subprocess.DEVNULL, cwd=folder)
        checks = _checks(folder)
    if not checks or result.returncode not in (0, 1):
        raise AssertionError(f"the suite ended with {result.returncode}\n{result.stdout[-2000:]}\n{result.stderr}")
    return Report(checks)


def losses(ceiling, report):
    """Checks that pass at the ceiling and not in the report, and failures that the ceiling does not have."""
    there = {check.key: check for check in report.checks}
    lost = []
    for check in ceiling.checks:
        other = there.pop(check.key, None)
        if check.status == "SUCCESS" and (other is None or other.status != "SUCCESS"):
            lost.append(other or Check(*check.key[:2], check.ordinal, check.name, "ABSENT", "not run"))
        elif check.status != "FAILURE" and other is not None and other.status == "FAILURE":
            lost.append(other)
    lost += [check for check in there.values() if check.status == "FAILURE"]
    return lost
