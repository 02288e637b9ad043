# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of the comparison: each takes a Bench, the names of proxies and a Scale, and returns name → figures. A
figure is a number, or a text that says why there is none."""

import contextlib
import http.client
import json
import statistics
import subprocess
import sys
import time
import urllib.parse
from dataclasses import dataclass

from bench.proxies import subjects
from support.mcp import Mcp, McpError

MIB = 1 << 20
LONG = 10  # seconds, of which one measurement is enough
ENVELOPE = 1024  # of a result's line, more than what is around its text


@dataclass
class Scale:
    """How much of everything."""

    connections: tuple = (1, 16, 64)
    seconds: float = 3
    rounds: int = 3
    burst: int = 10_000
    sizes: tuple = (4, 8, 32, 64)  # MiB
    sessions: int = 10_000
    patience: int = 60  # seconds

    # A process for each session: so many say what it costs.
    few_sessions = 200


def _say(*words):
    print("measuring", *words, "…", file=sys.stderr, flush=True)


def calls(bench, names, scale):
    """Calls a second and their times. All of them are up at once and take turns, so that what else the machine does
    meets all of them alike; of the rounds the median counts."""
    found = {}
    with contextlib.ExitStack() as stack:
        takers = {}
        for name in names:
            running = stack.enter_context(subjects.PROXIES[name](bench))
            takers[name] = lambda count, seconds, url=running.url: bench.measure("steady", url, count, seconds)
        for name, floor in subjects.FLOORS.items():
            takers[name] = lambda count, seconds, floor=floor: floor(bench, count, seconds)
        for take in takers.values():
            take(16, min(scale.seconds, 1))  # what compiles itself while it runs has done so
        for count in scale.connections:
            _say(f"calls at {count}")
            rounds = [{name: json.loads(take(count, scale.seconds)) for name, take in takers.items()}
                      for _ in range(scale.rounds)]
            for name in takers:
                found.setdefault(name, {}).update(_medians(count, [one[name] for one in rounds]))
    return found


def _medians(count, rounds):
    figures = {f"{key} at {count}": statistics.median(one[key] for one in rounds)
               for key in ("rate", "p50", "p99", "client_busy")}
    figures[f"bad at {count}"] = sum(one[key] for one in rounds for key in ("wrong", "refused", "failed", "lost"))
    return figures


def burst(bench, names, scale):
    """Many calls at once on one session."""
    found = {}
    for name in names:
        _say("the burst of", name)
        with subjects.PROXIES[name](bench) as running:
            try:
                found[name] = json.loads(bench.measure("burst", running.url, scale.burst, scale.patience))
            except AssertionError as failure:
                found[name] = {"failure": str(failure)}
    return found


def resident(pid):
    """(bytes that a process holds, the most that it held since the count was begun anew)."""
    with open(f"/proc/{pid}/status") as file:
        values = dict(line.split(":", 1) for line in file)
    return int(values["VmRSS"].split()[0]) * 1024, int(values["VmHWM"].split()[0]) * 1024


def share(pids):
    """Bytes of processes, what they share with others divided among them."""
    total = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/smaps_rollup") as file:
            total += sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    return total


def _fetch(url, session, size, patience):
    """(seconds, text) of one large result."""
    parts = urllib.parse.urlsplit(url)
    body = json.dumps({"jsonrpc": "2.0", "id": 9, "method": "tools/call",
                       "params": {"name": "big", "arguments": {"bytes": size}}})
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json",
               "MCP-Protocol-Version": "2025-06-18", **({"Mcp-Session-Id": session} if session else {})}
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=patience)
    with contextlib.closing(connection):
        begun = time.perf_counter()
        connection.request("POST", parts.path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        took = time.perf_counter() - begun
    if answer.status != 200:
        raise McpError(answer.status, text[:200])
    if answer.headers.get_content_type() == "text/event-stream":
        text = next(line[5:] for line in text.splitlines() if line.startswith(b"data:") and len(line) > size)
    return took, json.loads(text)["result"]["content"][0]["text"]


def _large_result(running, mib, patience):
    """(seconds, the most bytes that were held meanwhile)."""
    size = mib * MIB - ENVELOPE
    with Mcp(running.url) as session:
        with open(f"/proc/{running.pid}/clear_refs", "w") as file:
            file.write("5")  # the peak is counted anew from here
        took, text = _fetch(running.url, session.session, size, patience)
        peak = resident(running.pid)[1]
    assert text == "x" * size, f"{len(text)} bytes, not {size}, or others"
    return took, peak


def _large_results(running, mib, scale):
    """As many as there are rounds, or fewer when they take long."""
    begun, taken = time.monotonic(), []
    while len(taken) < scale.rounds and time.monotonic() - begun < LONG:
        taken.append(_large_result(running, mib, scale.patience))
    return taken


def large(bench, names, scale):
    """Results of several sizes: seconds (the best of the rounds), and the proxy's peak memory."""
    found = {}
    for name in names:
        _say("large results of", name)
        figures = found[name] = {}
        with subjects.PROXIES[name](bench) as running:
            idle = resident(running.pid)[0]
            for mib in scale.sizes:
                try:
                    taken = _large_results(running, mib, scale)
                except (OSError, http.client.HTTPException, McpError, AssertionError, StopIteration) as failure:
                    why = "an answer without the result" if isinstance(failure, StopIteration) else failure
                    figures["failure"] = f"{mib} MiB: {why}"
                    break
                figures[f"ms at {mib}"] = min(one[0] for one in taken) * 1000
                figures[f"peak at {mib}"] = (max(one[1] for one in taken) - idle) / MIB
            figures["kept"] = (resident(running.pid)[0] - idle) / MIB
    found["the server's pipes"] = {f"ms at {mib}": _piped(bench, mib) for mib in scale.sizes}
    return found


def _piped(bench, mib):
    child = subprocess.Popen([bench.fixture], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    call = {"jsonrpc": "2.0", "id": 9, "method": "tools/call",
            "params": {"name": "big", "arguments": {"bytes": mib * MIB - ENVELOPE}}}
    begun = time.perf_counter()
    child.stdin.write(json.dumps(call).encode() + b"\n")
    child.stdin.flush()
    line = child.stdout.readline()
    took = time.perf_counter() - begun
    child.kill()
    child.communicate()
    assert len(line) > mib * MIB - ENVELOPE, f"the server's line has {len(line)} bytes"
    return took * 1000


def memory(bench, names, scale):
    """Bytes of an idle proxy, of each session, and of each open stream."""
    found = {}
    for name in names:
        _say("memory of", name)
        wanted = scale.sessions if name != "supergateway" else min(scale.sessions, scale.few_sessions)
        with subjects.PROXIES[name](bench) as running:
            found[name] = _held(bench, running, wanted, scale.patience)
    return found


def _held(bench, running, wanted, patience):
    figures = {"idle": resident(running.pid)[0] / MIB, "idle share": share([running.pid]) / MIB}
    client = subprocess.Popen([bench.client, "hold", running.url, str(wanted), str(patience)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        empty = share(running.pids())
        for kind in ("sessions", "streams"):
            told = json.loads(client.stdout.readline())
            full = share(running.pids())
            figures |= {kind: told[kind], f"{kind} refusal": told["refusal"], f"{kind} seconds": told["seconds"]}
            if told[kind]:
                figures[f"bytes of {kind}"] = (full - empty) / told[kind]
            empty = full
            client.stdin.write("\n")
            client.stdin.flush()
    finally:
        client.kill()
        client.communicate()
    return figures


PARTS = {"calls": calls, "burst": burst, "large": large, "memory": memory}
