# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What a short run of the comparison must show, so that it is known to work when it is needed."""

from bench.proxies.measures import Scale

SCALE = Scale(connections=(1, 4, 16), seconds=0.3, rounds=1, burst=300, sizes=(1, 2), sessions=100, patience=30)
PEER = "mcp-proxy (npm)"


def _wanted(part, name, scale):
    """The figures of one proxy, or of what lies under them."""
    if part == "calls":
        return [f"{figure} at {count}" for figure in ("rate", "p50", "p99") for count in scale.connections]
    if part == "burst":
        return ["right", "seconds"]
    if part == "large":
        kinds = ("ms", "peak") if "pipes" not in name else ("ms",)
        return [f"{kind} at {mib}" for kind in kinds for mib in scale.sizes]
    return ["idle", "idle share", "bytes of sessions", "bytes of streams"]


def complaints(results, scale):
    for part, found in results.items():
        for name, figures in found.items():
            for figure in _wanted(part, name, scale):
                value = figures.get(figure)
                if not isinstance(value, (int, float)) or (value <= 0 and not figure.startswith(("bytes", "peak"))):
                    yield f"{part}, {name}: no {figure} in {figures}"
    for name, figures in results["calls"].items():
        for count in scale.connections:
            if figures[f"bad at {count}"]:
                yield f"calls, {name}: {figures[f'bad at {count}']} at {count} not answered rightly"
    for name, figures in results["burst"].items():
        if figures.get("right") != scale.burst:
            yield f"burst, {name}: not all {scale.burst} were answered: {figures}"
    for name, figures in results["memory"].items():
        for kind in ("sessions", "streams"):
            if figures[kind] != scale.sessions:
                yield f"memory, {name}: {figures[kind]} {kind}, not {scale.sessions}"


def check(results, scale):
    found = list(complaints(results, scale))
    assert not found, "\n".join(found)
