# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The npm reference server behind the proxy, used by the official TypeScript client."""

import pytest

from support import sdk


def run_everything(thv, image, *flags, arguments=()):
    thv.run("run", "--name", "everything", *flags, image, *(["--", *arguments] if arguments else []))
    return thv.listed("everything")["url"]


def check(found):
    assert found["server"] == "mcp-servers/everything"
    assert "echo" in found["tools"] and len(found["tools"]) >= 8
    assert found["echo"] == "Echo: grüß dich \U0001f600"
    assert found["many"] == [f"Echo: number {number}" for number in range(50)]
    # Over SSE the SDK drops the report that arrives together with the result, also without a proxy.
    assert found["steps"] in ([1, 2, 3], [1, 2, 3, 4])
    assert "completed" in found["long"]
    assert found["resources"] > 0 and found["prompts"] > 0 and found["refusal"]


def test_a_stdio_server_for_a_streamable_http_client(thv, everything):
    url = run_everything(thv, everything, "--transport", "stdio")
    check(sdk.talk(url, "streamable-http"))
    check(sdk.talk(url, "streamable-http"))


def test_a_stdio_server_for_an_sse_client(thv, everything):
    url = run_everything(thv, everything, "--transport", "stdio", "--proxy-mode", "sse")
    check(sdk.talk(url, "sse"))


@pytest.mark.parametrize("transport, argument", [("streamable-http", "streamableHttp"), ("sse", "sse")])
def test_a_server_that_speaks_http_itself(thv, everything, transport, argument):
    url = run_everything(thv, everything, "--transport", transport, "--target-port", "3001", "--env", "PORT=3001",
                         arguments=(argument,))
    check(sdk.talk(url, transport))
