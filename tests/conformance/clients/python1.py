# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Talks to one of the suite's servers with version 1 of the official Python SDK, and prints what it got as JSON.

usage: python1.py URL
"""

import asyncio
import json
import sys

from mcp import ClientSession, McpError, types
from mcp.client.streamable_http import streamable_http_client
from pydantic import AnyUrl

logs, steps = [], []


async def sample(_, params):
    text = f"{params.messages[0].content.text} Paris."
    return types.CreateMessageResult(role="assistant", model="tests", content=types.TextContent(type="text", text=text))


async def elicit(_, params):
    return types.ElicitResult(action="accept",
                              content={name: f"my {name}" for name in params.requestedSchema["properties"]})


async def log(params):
    logs.append(params.data)


async def step(progress, *_):
    steps.append(progress)


def texts(result):
    return [item.text for item in result.content]


async def talk(session):
    begun = await session.initialize()
    many = await asyncio.gather(*(session.call_tool("test_simple_text") for _ in range(20)))
    failed = await session.call_tool("test_error_handling")
    await session.call_tool("test_tool_with_progress", progress_callback=step)
    found = {
        "version": begun.protocolVersion,
        "tools": [tool.name for tool in (await session.list_tools()).tools],
        "simple": texts(await session.call_tool("test_simple_text")),
        "many": [text for result in many for text in texts(result)],
        "failed": [failed.isError, *texts(failed)],
        "steps": steps,
        "sampled": texts(await session.call_tool("test_sampling", {"prompt": "What is the capital of France?"})),
        "elicited": texts(await session.call_tool("test_elicitation", {"message": "Who are you?"})),
        "rounds": texts(await session.call_tool("test_input_required_result_multi_round")),
        "logs": logs,
        "resource": (await session.read_resource(AnyUrl("test://template/7/data"))).contents[0].text,
        "prompt": (await session.get_prompt("test_simple_prompt")).messages[0].content.text,
        "refusal": "",
    }
    await session.set_logging_level("debug")
    await session.call_tool("test_tool_with_logging")
    try:
        await session.read_resource(AnyUrl("no-such://resource"))
    except McpError as error:
        found["refusal"] = str(error)
    return found


async def main(url):
    async with streamable_http_client(url) as (receive, send, _), \
            ClientSession(receive, send, sampling_callback=sample, elicitation_callback=elicit,
                          logging_callback=log) as session:
        print(json.dumps(await talk(session)))


asyncio.run(main(sys.argv[1]))
