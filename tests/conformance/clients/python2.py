# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Talks to one of the suite's servers with version 2 of the official Python SDK, and prints what it got as JSON.

usage: python2.py URL legacy|auto|REVISION     the revision that is spoken; auto asks the server
"""

import asyncio
import json
import sys
import warnings

from mcp import Client, MCPDeprecationWarning, MCPError, types

logs, steps = [], []


async def sample(_, params):
    text = f"{params.messages[0].content.text} Paris."
    return types.CreateMessageResult(role="assistant", model="tests", content=types.TextContent(type="text", text=text))


async def elicit(_, params):
    return types.ElicitResult(action="accept",
                              content={name: f"my {name}" for name in params.requested_schema["properties"]})


async def log(params):
    logs.append(params.data)


async def step(progress, *_):
    steps.append(progress)


def texts(result):
    return [item.text for item in result.content]


async def talk(client):
    many = await asyncio.gather(*(client.call_tool("test_simple_text") for _ in range(20)))
    failed = await client.call_tool("test_error_handling")
    await client.call_tool("test_tool_with_progress", progress_callback=step)
    found = {
        "version": client.protocol_version,
        "tools": [tool.name for tool in (await client.list_tools()).tools],
        "simple": texts(await client.call_tool("test_simple_text")),
        "many": [text for result in many for text in texts(result)],
        "failed": [failed.is_error, *texts(failed)],
        "steps": steps,
        "sampled": texts(await client.call_tool("test_sampling", {"prompt": "What is the capital of France?"})),
        "elicited": texts(await client.call_tool("test_elicitation", {"message": "Who are you?"})),
        "rounds": texts(await client.call_tool("test_input_required_result_multi_round")),
        "logs": logs,
        "resource": (await client.read_resource("test://template/7/data")).contents[0].text,
        "prompt": (await client.get_prompt("test_simple_prompt")).messages[0].content.text,
        "refusal": "",
    }
    if client.protocol_version < "2026-07-28":
        await client.set_logging_level("debug")
        await client.call_tool("test_tool_with_logging")
    try:
        await client.read_resource("no-such://resource")
    except MCPError as error:
        found["refusal"] = str(error)
    return found


async def main(url, mode):
    async with Client(url, mode=mode, sampling_callback=sample, elicitation_callback=elicit,
                      logging_callback=log) as client:
        print(json.dumps(await talk(client)))


warnings.simplefilter("ignore", MCPDeprecationWarning)
asyncio.run(main(*sys.argv[1:]))
