// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Talks to one of the suite's servers with version 2 of the official TypeScript SDK, and prints what it got as JSON.
// usage: node typescript2.mjs URL legacy|auto|REVISION     the revision that is spoken; auto asks the server
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const [url, era] = process.argv.slice(2);
const mode = ["legacy", "auto"].includes(era) ? era : { pin: era };
const client = new Client(
  { name: "tests", version: "1" },
  { capabilities: { sampling: {}, elicitation: { form: {} }, roots: {} }, versionNegotiation: { mode } },
);
const logs = [];
const steps = [];
client.setRequestHandler("sampling/createMessage", ({ params }) => ({
  role: "assistant",
  model: "tests",
  content: { type: "text", text: `${params.messages[0].content.text} Paris.` },
}));
client.setRequestHandler("elicitation/create", ({ params }) => ({
  action: "accept",
  content: Object.fromEntries(Object.keys(params.requestedSchema.properties).map((name) => [name, `my ${name}`])),
}));
client.setNotificationHandler("notifications/message", ({ params }) => void logs.push(params.data));

await client.connect(new StreamableHTTPClientTransport(new URL(url)));
const call = (name, args = {}, options = undefined) => client.callTool({ name, arguments: args }, options);
const failure = (promise) => promise.then(() => "", (error) => error.message);
const version = client.getNegotiatedProtocolVersion();
const texts = (result) => result.content.map((item) => item.text);

const { tools } = await client.listTools();
const simple = await call("test_simple_text");
const many = await Promise.all(Array.from({ length: 20 }, () => call("test_simple_text")));
const failed = await call("test_error_handling");
await call("test_tool_with_progress", {}, { onprogress: ({ progress }) => steps.push(progress) });
const sampled = await call("test_sampling", { prompt: "What is the capital of France?" });
const elicited = await call("test_elicitation", { message: "Who are you?" });
const rounds = await call("test_input_required_result_multi_round");
if (version < "2026-07-28") {
  await client.setLoggingLevel("debug");
  await call("test_tool_with_logging");
}
const { contents } = await client.readResource({ uri: "test://template/7/data" });
const { messages } = await client.getPrompt({ name: "test_simple_prompt" });
const refusal = await failure(client.readResource({ uri: "no-such://resource" }));
await client.close();

console.log(JSON.stringify({
  version,
  tools: tools.map((tool) => tool.name),
  simple: texts(simple),
  many: many.flatMap(texts),
  failed: [failed.isError, ...texts(failed)],
  steps,
  sampled: texts(sampled),
  elicited: texts(elicited),
  rounds: texts(rounds),
  logs,
  resource: contents[0].text,
  prompt: messages[0].content.text,
  refusal,
}));
