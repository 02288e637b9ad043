# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Figures as Markdown tables. In brackets: how many times better ours is."""

from bench.proxies.subjects import ATTACH_STREAM, OURS

ATTACHED = "thv, attach"
PEER = "ToolHive"


def _number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _times(factor):
    return f"{factor:,.0f}" if factor >= 10 else f"{factor:.1f}" if factor >= 1 else f"{factor:.2f}"


def _cell(found, name, figure, more_is_better):
    value = found[name].get(figure)
    if value is None:
        return "-"
    ours = found.get(OURS, {}).get(figure)
    if not ours or not value or name == OURS:
        return _number(value)
    return f"{_number(value)} ({_times(ours / value if more_is_better else value / ours)})"


def _table(heads, rows):
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figures(found, columns):
    """columns: (heading, figure, whether more is better)."""
    return _table(["", *(heading for heading, _, _ in columns)],
                  [[name, *(_cell(found, name, figure, more) for _, figure, more in columns)] for name in found])


def _notes(found):
    return "".join(f"\n\n{name} stops there: {figures['failure']}." for name, figures in found.items()
                   if "failure" in figures)


def calls(found, scale):
    columns = [column for count in scale.connections for column in (
        (f"calls/s at {count}", f"rate at {count}", True), (f"p50 ms at {count}", f"p50 at {count}", False),
        (f"p99 ms at {count}", f"p99 at {count}", False))]
    busiest = max(figures[f"client_busy at {count}"] for figures in found.values() for count in scale.connections)
    bad = {name: total for name, figures in found.items()
           if (total := sum(figures[f"bad at {count}"] for count in scale.connections))}
    said = ", ".join(f"{name} {count:,}" for name, count in bad.items()) or "none of anybody's"
    return (f"{_figures(found, columns)}\n\nCalls that were not answered, or not rightly: {said}. The client was busy for "
            f"{busiest:.0%} of the time at most.")


def burst(found, scale):
    kinds = ("right", "refused", "failed", "unconnected", "lost", "wrong")
    rows = [[name, *(f"{figures[kind]:,}" if kind in figures else "-" for kind in kinds),
             _cell(found, name, "seconds", False)] for name, figures in found.items()]
    return _table([f"{scale.burst:,} calls at once", "answered", "refused", "failed", "not connected", "lost", "wrong answers",
                   "seconds"], rows) + _notes(found)


def large(found, scale):
    columns = [(f"ms for {mib} MiB", f"ms at {mib}", False) for mib in scale.sizes]
    columns += [(f"peak MiB for {mib} MiB", f"peak at {mib}", False) for mib in scale.sizes]
    columns.append(("MiB kept afterwards", "kept", False))
    return _figures(found, columns) + _notes(found)


def _held(figures, kind):
    count, refusal = figures[kind], figures[f"{kind} refusal"]
    why = f", then {f'status {refusal}' if refusal > 0 else 'the connection ended'}" if refusal else ""
    return f"{count:,} in {figures[f'{kind} seconds']:.1f} s{why}"


def memory(found, scale):
    for figures in found.values():
        for kind in ("sessions", "streams"):
            if f"bytes of {kind}" in figures:
                figures[f"KiB of {kind}"] = figures[f"bytes of {kind}"] / 1024
    columns = (("idle, MiB", "idle", False), ("of it its own, MiB", "idle share", False),
               ("KiB of a session", "KiB of sessions", False), ("KiB of an open stream", "KiB of streams", False))
    rows = [[name, *(_cell(found, name, figure, more) for _, figure, more in columns), _held(figures, "sessions"),
             _held(figures, "streams")] for name, figures in found.items()]
    return _table(["", *(heading for heading, _, _ in columns), "sessions", "open streams"], rows)


TABLES = {"calls": calls, "burst": burst, "large": large, "memory": memory}


def aims(results, scale):
    """[(what, figure, whether it is reached)] of the aims that the results have figures for."""
    found = []

    def aim(what, value, reached):
        found.append((what, value, reached))

    def ratio(what, mine, other, least):
        if mine and other:
            aim(f"{what}: {least:g} at least", _times(mine / other), mine / other >= least)

    rates = results.get("calls", {})
    ours, attached, peer, floor = (rates.get(name, {}) for name in (OURS, ATTACHED, PEER, ATTACH_STREAM))
    for count in (16, 64):
        ratio(f"times {PEER}'s calls/s at {count}", ours.get(f"rate at {count}"), peer.get(f"rate at {count}"), 5)
        ratio(f"times less p99 than {PEER} at {count}", peer.get(f"p99 at {count}"), ours.get(f"p99 at {count}"), 5)
    ratio("of the attach stream's calls/s at 16, through it", attached.get("rate at 16"), floor.get("rate at 16"), 0.5)
    ratio("of the attach stream's calls/s at 16, direct", ours.get("rate at 16"), floor.get("rate at 16"), 1)
    if (mine := results.get("burst", {}).get(OURS, {})):
        aim("calls of the burst that are not answered: none", f"{scale.burst - mine.get('right', 0):,}",
            mine.get("right") == scale.burst)
    if (mine := results.get("large", {}).get(OURS, {})):
        _large_aims(aim, mine, scale)
    if (mine := results.get("memory", {}).get(OURS, {})):
        aim("MiB of an idle proxy: 8 at most", _number(mine["idle"]), mine["idle"] <= 8)
        for kind, most in (("sessions", 2), ("streams", 12)):
            kib = mine.get(f"bytes of {kind}", 0) / 1024
            aim(f"KiB of each of {mine[kind]:,} {kind}: {most} at most", _number(kib),
                0 < kib <= most and mine[kind] == scale.sessions)
    return found


def _large_aims(aim, mine, scale):
    least, most = min(scale.sizes), max(scale.sizes)
    for mib in scale.sizes:
        peak = mine.get(f"peak at {mib}", 0) / mib
        aim(f"times its size in memory for {mib} MiB: 2 at most", _times(peak), 0 < peak <= 2)
    slope = mine.get(f"ms at {most}", 0) / mine[f"ms at {least}"] / (most / least)
    aim(f"times the time of {least} MiB for each {least} of {most} MiB: 1.5 at most", _times(slope), 0 < slope <= 1.5)


def aims_table(results, scale):
    return _table(["aim", "measured", ""],
                  [[what, value, "reached" if reached else "**missed**"] for what, value, reached in aims(results, scale)])
