// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Talks to an MCP server with the official TypeScript SDK and prints what it got as one JSON object.
// usage: node client.mjs SDK_FOLDER URL streamable-http|sse
//        node client.mjs SDK_FOLDER COMMAND stdio ARGUMENT...
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, url, kind, ...args] = process.argv.slice(2);
const { resolve } = createRequire(join(folder, "package.json"));
const load = (name) => import(pathToFileURL(resolve(`@modelcontextprotocol/sdk/client/${name}.js`)).href);

const { Client } = await load("index");
const transports = {
  "streamable-http": async () => new (await load("streamableHttp")).StreamableHTTPClientTransport(new URL(url)),
  stdio: async () => new (await load("stdio")).StdioClientTransport({ command: url, args, env: process.env }),
  sse: async () => new (await load("sse")).SSEClientTransport(new URL(url)),
};
const client = new Client({ name: "tests", version: "1" });
await client.connect(await transports[kind]());

const steps = [];
const call = (name, args, options) => client.callTool({ name, arguments: args }, undefined, options);
const { tools } = await client.listTools();
const echo = await call("echo", { message: "grüß dich \u{1f600}" });
const many = await Promise.all(Array.from({ length: 50 }, (_, i) => call("echo", { message: `number ${i}` })));
const onprogress = (progress) => steps.push(progress.progress);
const long = await call("trigger-long-running-operation", { duration: 1, steps: 4 }, { onprogress });
const { resources } = await client.listResources();
const { prompts } = await client.listPrompts();
let refusal = "";
try {
  await client.readResource({ uri: "no-such://resource" });
} catch (error) {
  refusal = error.message;
}
await client.close();

console.log(JSON.stringify({
  server: client.getServerVersion()?.name,
  tools: tools.map((tool) => tool.name),
  echo: echo.content[0].text,
  many: many.map((result) => result.content[0].text),
  steps,
  long: long.content[0].text,
  resources: resources.length,
  prompts: prompts.length,
  refusal,
}));
