# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Reports as text: a row for each scenario, a column for each report."""


def rows(reports):
    """[[scenario, verdict, …], …] with the totals last; `reports`: column → Report."""
    scenarios = list(dict.fromkeys(scenario for report in reports.values() for scenario in report.scenarios()))
    found = [[scenario, *(report.verdict(scenario) if scenario in report.scenarios() else "-"
                          for report in reports.values())] for scenario in scenarios]
    found.append([f"clean scenarios of {len(scenarios)}", *(str(len(report.clean())) for report in reports.values())])
    found.append(["checks passed/run", *(f"{report.passed}/{report.run}" for report in reports.values())])
    return found


def plain(reports):
    lines = [["", *reports], *rows(reports)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(word.ljust(width) for word, width in zip(line, widths)).rstrip() for line in lines)


def markdown(reports):
    lines = [["scenario", *reports], ["---"] * (len(reports) + 1), *rows(reports)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def complaints(checks):
    return "\n".join(f"  {check.status:7} {check.scenario}: {check.label} {check.message}".rstrip() for check in checks)
