# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The official clients of two languages, old and new, and the MCP Inspector, against the suite's servers behind thv."""

import json

import pytest

from conformance import clients, subjects

LATEST_LEGACY = "2025-11-25"
MODERN = "2026-07-28"
TEXT = "This is a simple text response for testing."
LOGS = ["Tool execution started", "Tool processing data", "Tool execution completed"]

# (client, revision to speak, server, way, revision that is then spoken). A way or a revision is switched on by a line.
PAIRS = (
    (clients.typescript2, "legacy", "legacy", "thv-stdio", LATEST_LEGACY),
    (clients.typescript2, "legacy", "legacy", "thv-http", LATEST_LEGACY),
    (clients.typescript2, "legacy", "dual", "thv-stdio", LATEST_LEGACY),
    (clients.typescript2, "auto", "legacy", "thv-stdio", MODERN),
    (clients.typescript2, MODERN, "legacy", "thv-stdio", MODERN),
    (clients.typescript2, "auto", "dual", "thv-stdio", MODERN),
    (clients.typescript2, "auto", "legacy", "thv-http", LATEST_LEGACY),
    (clients.typescript2, "auto", "dual", "thv-http", MODERN),
    (clients.typescript2, MODERN, "dual", "thv-http", MODERN),
    (clients.python1, "legacy", "legacy", "thv-stdio", LATEST_LEGACY),
    (clients.python1, "legacy", "legacy", "thv-http", LATEST_LEGACY),
    (clients.python1, "legacy", "dual", "thv-stdio", LATEST_LEGACY),
    (clients.python2, "legacy", "legacy", "thv-stdio", LATEST_LEGACY),
    (clients.python2, "legacy", "dual", "thv-http", LATEST_LEGACY),
    (clients.python2, "auto", "legacy", "thv-stdio", MODERN),
    (clients.python2, MODERN, "legacy", "thv-stdio", MODERN),
    (clients.python2, "auto", "dual", "thv-stdio", MODERN),
    (clients.python2, "auto", "dual", "thv-http", MODERN),
    (clients.python2, MODERN, "dual", "thv-http", MODERN),
)


def check(found, version):
    assert found["version"] == version
    assert {"test_simple_text", "test_sampling", "json_schema_2020_12_tool"} <= set(found["tools"])
    assert found["simple"] == [TEXT] and found["many"] == [TEXT] * 20
    assert found["failed"] == [True, "This tool intentionally returns an error for testing"]
    assert found["steps"] == [0, 50, 100]
    assert found["sampled"] == ["LLM response: What is the capital of France? Paris."]
    (answer,) = found["elicited"]
    action, content = answer.removeprefix("User response: ").split(", ", 1)
    assert action == "action=accept"
    assert json.loads(content.removeprefix("content=")) == {"username": "my username", "email": "my email"}
    assert found["rounds"] == ["my name likes my color."]
    assert found["logs"] == (LOGS if version == LATEST_LEGACY else [])
    assert json.loads(found["resource"])["id"] == "7"
    assert found["prompt"] == "This is a simple prompt for testing."
    assert "Resource not found" in found["refusal"]


@pytest.mark.parametrize("client, era, server, way, version", PAIRS,
                         ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_client_gets_everything(thv, client, era, server, way, version):
    with subjects.reached(server, way, thv) as url:
        check(client(url, era), version)


@pytest.mark.parametrize("server, way", (("legacy", "thv-stdio"), ("legacy", "thv-http"), ("dual", "thv-stdio"),
                                         ("dual", "thv-http")))
def test_the_inspector_lists_calls_and_reads(thv, server, way):
    with subjects.reached(server, way, thv) as url:
        tools = clients.inspector(url, "tools/list")["tools"]
        assert "test_simple_text" in [tool["name"] for tool in tools]
        called = clients.inspector(url, "tools/call", "--tool-name", "test_simple_text")
        assert called["content"] == [{"type": "text", "text": TEXT}]
        read = clients.inspector(url, "resources/read", "--uri", "test://template/7/data")
        assert json.loads(read["contents"][0]["text"])["id"] == "7"
        got = clients.inspector(url, "prompts/get", "--prompt-name", "test_simple_prompt")
        assert got["messages"][0]["content"]["text"] == "This is a simple prompt for testing."
        with pytest.raises(clients.ClientFailure, match="tool_is_error") as failure:
            clients.inspector(url, "tools/call", "--tool-name", "test_error_handling")
        assert "This tool intentionally returns an error" in failure.value.said
