# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The clients of a soak: each kind comes, calls for a while, and goes in a way of its own."""

import contextlib
import http.client
import json
import random
import threading
import time

from support.raw_mcp import EventStream, Streamable, connect
from support.mcp import answers
from support.waiting import wait_until

PATIENCE = 30.0
#: What callers are told whose server goes away, or is away, or has been replaced.
DOWN = (-32000, -32001, -32603)
KINDS = ("orderly", "vanishing", "event stream", "impatient", "modern", "burst")


class Gone(Exception):
    """The server went away under a client, which is no failure while it was made to crash."""


class Crowd:
    """The clients of one workload, one thread for each kind."""

    def __init__(self, name, url):
        self.name, self.url, self.wrong = name, url, []
        self._counts = dict.fromkeys((*KINDS, "answers", "failed while down", "told to come back"), 0)
        self._lock, self._busy, self._threads = threading.Lock(), threading.Event(), []
        self._down_since, self._up_since = None, 0.0

    def start(self):
        self._busy.set()
        self._threads = [threading.Thread(target=self._come_and_go, args=(kind,), daemon=True) for kind in KINDS]
        for thread in self._threads:
            thread.start()

    def pause(self):
        """Returns when all clients have gone."""
        self._busy.clear()
        for thread in self._threads:
            thread.join(2 * PATIENCE)
            if thread.is_alive():
                self._complain("a client hangs")

    def counts(self):
        with self._lock:
            return dict(self._counts)

    def crash(self):
        """Ends the server, and returns when the next one answers."""
        self._down_since = time.monotonic()
        with contextlib.suppress(AssertionError, OSError, http.client.HTTPException):
            client = Streamable(self.url)
            client.post(call_of("crash", 1, code=3))
            client.close()
        self.wait_for_server()
        self._up_since, self._down_since = time.monotonic(), None

    def wait_for_server(self):
        wait_until(lambda: answers(self.url, PATIENCE), f"{self.name} answers", seconds=90, pause=0.1)

    # One client after the other.

    def _come_and_go(self, kind):
        chance = random.Random()
        while self._busy.is_set():
            began = time.monotonic()
            try:
                getattr(self, "_" + kind.replace(" ", "_"))(chance)
                self._count(kind)
            except Gone as gone:
                self._gone(began, gone)
            except (OSError, http.client.HTTPException, AssertionError, ValueError) as error:
                self._gone(began, f"{kind}: {error!r}"[:300])

    def _gone(self, began, error):
        """Only while the server was down may a client see anything but its answer, or a word to come back later."""
        if "too many processes of the server are in use" in str(error):
            self._count("told to come back")
            return time.sleep(0.3)
        if isinstance(error, str) and "timed out" in error:
            return self._complain(error)
        if self._down_since is None and self._up_since < began:
            return self._complain(str(error))
        self._count("failed while down")
        time.sleep(0.1)

    def _complain(self, text):
        with self._lock:
            if len(self.wrong) < 20:
                self.wrong.append(f"{self.name}: {text}")

    def _count(self, what):
        with self._lock:
            self._counts[what] += 1

    def _ask(self, chance, exchange):
        """One call whose answer is known, and a pause as long as it took."""
        began = time.monotonic()
        number = chance.randrange(1 << 53)
        text = f"{self.name} {number} " + "x" * int(10 ** chance.uniform(0, 4.8))
        status, body = exchange(call_of("echo", number, message=text))
        self._check(status, body, number, text)
        if self._busy.is_set():
            time.sleep(min(1.0, time.monotonic() - began))

    def _check(self, status, body, number, text):
        answer = json.loads(body) if body.startswith(b"{") else {}
        if "error" in answer and answer["error"]["code"] in DOWN and answer.get("id") in (number, None):
            raise Gone(f"{status} {answer['error']}")
        if status not in (200, 202) or answer.get("id") != number:
            raise Gone(f"{status} {body[:200]!r} for {number}")
        if answer["result"]["content"][0]["text"] != text:
            self._complain(f"a wrong answer: {body[:200]!r} for {text[:100]!r}")
        self._count("answers")

    def _orderly(self, chance):
        """Ends its session."""
        with contextlib.closing(Streamable(self.url, timeout=PATIENCE)) as client:
            for _ in range(chance.randint(1, 60)):
                self._ask(chance, client.exchange)
            client.delete()

    def _vanishing(self, chance):
        """Leaves its session to its fate, with a stream open to the last."""
        with contextlib.closing(Streamable(self.url, timeout=PATIENCE)) as client:
            with contextlib.closing(client.listen(PATIENCE)):
                for _ in range(chance.randint(1, 10)):
                    self._ask(chance, client.exchange)

    def _event_stream(self, chance):
        with contextlib.closing(EventStream(self.url, timeout=PATIENCE)) as client:
            for _ in range(chance.randint(1, 30)):
                self._ask(chance, client.exchange)

    def _impatient(self, chance):
        """Breaks its connection off in the middle of a call, and now and then in the middle of a message."""
        with contextlib.closing(Streamable(self.url, timeout=PATIENCE)) as client:
            self._ask(chance, client.exchange)
            text = call_of("sleep", 1, ms=chance.randint(50, 400))
            client.abandon(text if chance.random() < 0.7 else text[:-5], len(text))
        time.sleep(0.05)

    def _modern(self, chance):
        """Requests of 2026-07-28, which need no session."""
        with contextlib.closing(connect(self.url, PATIENCE)) as connection:
            for _ in range(chance.randint(1, 20)):
                self._ask(chance, lambda text: modern(connection, text))

    def _burst(self, chance):
        """Calls that overtake each other in one session, by way of several connections."""
        with contextlib.closing(Streamable(self.url, timeout=PATIENCE)) as client:
            others = [client.another(PATIENCE) for _ in range(4)]
            failures = []

            def run(other):
                try:
                    for _ in range(10):
                        self._ask(random.Random(), other.exchange)
                except (Gone, OSError, http.client.HTTPException, AssertionError, ValueError) as error:
                    failures.append(error)

            threads = [threading.Thread(target=run, args=(other,)) for other in others]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for other in others:
                other.close()
            if failures:
                raise Gone(f"in a burst: {failures[0]!r}")
            client.delete()


def call_of(tool, identifier, **arguments):
    return json.dumps({"jsonrpc": "2.0", "id": identifier, "method": "tools/call",
                       "params": {"name": tool, "arguments": arguments}}).encode()


def modern(connection, text):
    message = json.loads(text)
    message["params"]["_meta"] = {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                                  "io.modelcontextprotocol/clientCapabilities": {}}
    connection.request("POST", "/mcp", json.dumps(message).encode(), {
        "Accept": "application/json, text/event-stream", "Content-Type": "application/json",
        "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": message["method"], "Mcp-Name": message["params"]["name"]})
    answer = connection.getresponse()
    return answer.status, answer.read()
