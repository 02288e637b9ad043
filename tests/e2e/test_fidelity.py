# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""What a server gets is what its client wrote, byte for byte, and the other way round; or the client is told why not.
The cases are random: hypothesis prints the one that fails, in its smallest form, and the line that repeats it."""

import contextlib
import json
import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from support.json_texts import Speller, keys, numbers, strings, texts, values
from support.raw_mcp import EventStream, Streamable
from support.thv import Thv

# One server for all cases of a test is what is wanted, and a busy machine is no failure.
settings.register_profile("thv", deadline=None, database=None, print_blob=True,
                          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
settings.load_profile("thv")

seeds = st.integers(0, 2**32)
identifiers = st.one_of(numbers.map(lambda text: ("as it is", text)), strings)
DEEPEST = 64  # of a message; what is echoed is inside of three objects, and of three and a list when it comes back


@pytest.fixture(scope="module")
def urls(engine):
    """A server behind the engine's attach stream, and one that is connected directly."""
    thv = Thv(engine)
    with contextlib.closing(thv):
        yield {path: thv.serve(path, flags=("--stdio", path)) for path in ("attach", "direct")}


@pytest.fixture(scope="module")
def ways(urls):
    """Every way that a message can take to a server, as a client that takes it."""
    with contextlib.ExitStack() as open_ones:
        yield {f"{kind.__name__}, {path}": open_ones.enter_context(contextlib.closing(kind(url)))
               for kind in (Streamable, EventStream) for path, url in urls.items()}


def call(speller, identifier, payload, more=(), in_order=False):
    """A call of `echo`, its members in any order unless it matters."""
    arguments = speller.members([("message", payload)])
    params = speller.members(speller.shuffled([("name", '"echo"'), ("arguments", arguments)]))
    members = [("jsonrpc", '"2.0"'), ("id", identifier), ("method", '"tools/call"'), ("params", params), *more]
    text = speller.members(members if in_order else speller.shuffled(members))
    return (speller.space() + text + speller.space()).encode()


def on_one_line(text):
    """Line breaks between tokens become spaces, for a message to a server on stdio is one line."""
    return text.replace("\n", " ").replace("\r", " ").encode()


def echoed(identifier, payload):
    return b'{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":%s}]}}' % (
        identifier.encode(), on_one_line(payload))


def check_echo(ways, text, wanted):
    for way, client in ways.items():
        status, answer = client.exchange(text)
        assert (status, answer) == (202 if way.startswith("EventStream") else 200, wanted), way


def check_refusal(ways, text, code):
    for way, client in ways.items():
        status, answer = client.post(text)
        assert status == 400, (way, status, answer)
        refusal = json.loads(answer)
        assert refusal["jsonrpc"] == "2.0" and "id" not in refusal, way
        assert refusal["error"]["code"] == code and refusal["error"]["message"], (way, refusal)


@settings(max_examples=600)
@given(seeds, identifiers, values, st.lists(st.tuples(keys, values), max_size=2))
def test_what_is_echoed_is_what_was_sent(ways, seed, identifier, value, others):
    speller = Speller(seed)
    payload, name = speller.value(value), speller.value(identifier)
    envelope = {"jsonrpc", "id", "method", "params", "result", "error"}
    more = [(key, speller.value(other)) for key, other in others if key.lower() not in envelope]
    check_echo(ways, call(speller, name, payload, more), echoed(name, payload))


@settings(max_examples=60)
@given(seeds, st.integers(1, 200), st.sampled_from(["[]", '{"a":}']))
@example(1, DEEPEST - 4, "[]")
@example(1, DEEPEST - 3, "[]")
@example(1, DEEPEST - 2, "[]")
def test_deep_values_pass_or_are_refused(ways, seed, depth, level):
    payload = level[:-1] * (depth - 1) + ("[]" if level == "[]" else "{}") + level[-1] * (depth - 1)
    text = call(Speller(seed), "1", payload)
    if depth + 4 <= DEEPEST:
        check_echo(ways, text, echoed("1", payload))
    elif depth + 3 > DEEPEST:
        check_refusal(ways, text, -32600)
    else:  # the answer has one level more than the call
        error = (b'{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"the server\'s answer cannot be passed on: '
                 b'nested more than 64 deep"}}')
        check_echo(ways, text, error)


@settings(max_examples=40)
@given(seeds, st.integers(10_000, 400_000), texts.filter(len))
def test_long_strings_pass(ways, seed, length, part):
    payload = Speller(seed).string(part * (length // len(part) // 6 + 1))
    check_echo(ways, call(Speller(seed), '"long"', payload), echoed('"long"', payload))


def test_a_string_that_fills_a_request_passes_and_a_longer_one_is_refused(ways):
    limit = 8 << 20
    text = call(Speller(1), "1", '""')
    payload = '"' + "x" * (limit - len(text)) + '"'
    check_echo(ways, text.replace(b'""', payload.encode()), echoed("1", payload))


def test_a_request_that_is_longer_than_allowed_is_refused(urls):
    for url in urls.values():
        client = Streamable(url)
        status, _ = client.post(call(Speller(1), "1", '"' + "x" * (8 << 20) + '"'))
        assert status == 413
        client.close()


@settings(max_examples=100)
@given(seeds, values, st.integers(1, 3), st.sampled_from(["2025-03-26", "2025-06-18", "2025-11-25"]))
def test_batches_are_refused_as_a_whole(urls, seed, value, count, protocol):
    speller = Speller(seed)
    batch = b"[" + b",".join(call(speller, str(number), speller.value(value)) for number in range(count)) + b"]"
    for url in urls.values():
        with contextlib.closing(Streamable(url, protocol)) as client:
            check_refusal({protocol: client}, batch, -32600)
            check_echo({protocol: client}, call(speller, "1", "1"), echoed("1", "1"))


def put_in(extra):
    return lambda text: text.replace(b'"2.0"', b'"2.0",' + extra, 1)


def name_it(identifier):
    return lambda text: text.replace(b"4711", identifier, 1)


REFUSED = {
    "a member that is there twice": (-32600, put_in(b'"id":2')),
    "a member in another spelling": (-32600, put_in(b'"Id":2')),
    "an escaped member that is there twice": (-32600, put_in(b'"\\u0069d":2')),
    "a key with NUL": (-32600, put_in(b'"a\\u0000":2')),
    "a key with NUL further inside": (-32600, put_in(b'"x":[{"a":{"\\u0000":2}}]')),
    "an id that is null": (-32600, name_it(b"null")),
    "an id that is a list": (-32600, name_it(b"[4711]")),
    "an id that is too long": (-32600, name_it(b"1" * 1025)),
    "another version": (-32600, lambda text: text.replace(b'"2.0"', b'"2.1"', 1)),
    "bytes that are not UTF-8": (-32700, put_in(b'"x":"\xff"')),
    "a surrogate in UTF-8": (-32700, put_in(b'"x":"\xed\xa0\x80"')),
    "NUL in an overlong form": (-32700, put_in(b'"x":"\xc0\x80"')),
    "a raw line break in a string": (-32700, put_in(b'"x":"\n"')),
    "a number that is none": (-32700, name_it(b"0x1")),
    "a leading zero": (-32700, name_it(b"04711")),
    "NaN": (-32700, put_in(b'"x":NaN')),
    "a trailing comma": (-32700, put_in(b'"x":[1,]')),
    "a second message": (-32700, lambda text: text + text),
    "a byte order mark": (-32700, lambda text: b"\xef\xbb\xbf" + text),
    "another encoding": (-32700, lambda text: text.decode().encode("utf-16")),
}


@pytest.mark.parametrize("what", REFUSED)
@settings(max_examples=10)
@given(seed=seeds, value=values)
def test_what_parsers_disagree_about_is_refused(ways, what, seed, value):
    code, spoil = REFUSED[what]
    speller = Speller(seed)
    check_refusal(ways, spoil(call(speller, "4711", speller.value(value), in_order=True)), code)


@settings(max_examples=300)
@given(seeds, values)
def test_damaged_messages_are_refused_or_understood(ways, seed, value):
    chance, speller = random.Random(seed), Speller(seed)
    text = bytearray(call(speller, "1", speller.value(value)))
    for _ in range(chance.randint(1, 4)):
        text[chance.randrange(len(text))] = chance.choice(b'"\\{}[],:0e-.tu\n\x00\x01\x7f\x80\xc3\xff')
    for way in ("Streamable, attach", "Streamable, direct"):
        status, answer = ways[way].post(bytes(text))
        if status == 400:
            assert json.loads(answer)["error"]["code"] in (-32700, -32600), way
        else:
            assert status in (200, 202), (way, status, answer)
            json.loads(bytes(text))


@settings(max_examples=30)
@given(seeds, identifiers, identifiers)
def test_progress_comes_under_the_name_that_was_asked_for(ways, seed, identifier, token):
    speller = Speller(seed)
    name, called = speller.value(identifier), speller.value(token)
    params = speller.members([("_meta", speller.members([("progressToken", called)])), ("name", '"progress"'),
                              ("arguments", '{"steps":1}')])
    text = speller.members([("jsonrpc", '"2.0"'), ("id", name), ("method", '"tools/call"'), ("params", params)])
    wanted = [b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":%s,"progress":1,'
              b'"total":1}}' % called.encode(), echoed(name, '"done in 1 steps"')]
    for way in ("Streamable, attach", "Streamable, direct"):
        status, answer = ways[way].exchange(text.encode())
        assert (status, answer.split(b"\n")) == (200, wanted), way
