// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// The suite's server on version 1 of the official SDK: revisions up to 2025-11-25.
import { randomUUID } from "node:crypto";

import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import * as types from "@modelcontextprotocol/sdk/types.js";

import { completions, contents, prompts, resources, template } from "./content.mjs";
import { Events, listen, refuse } from "./http.mjs";
import { steps } from "./steps.mjs";
import { tools } from "./tools.mjs";

const ROUNDS = 8;
const RETRY_MS = 500;
const RESULTS = {
  "elicitation/create": types.ElicitResultSchema,
  "sampling/createMessage": types.CreateMessageResultSchema,
  "roots/list": types.ListRootsResultSchema,
};
const NEEDED = { "elicitation/create": "elicitation", "sampling/createMessage": "sampling", "roots/list": "roots" };

const invalid = (message, data) => new types.McpError(types.ErrorCode.InvalidParams, message, data);

function io(server, extra) {
  const token = extra._meta?.progressToken;
  const notify = (method, params) => extra.sendNotification({ method, params });
  return {
    log: (data) => notify("notifications/message", { level: "info", logger: "conformance", data }),
    progress: async (progress, total) => {
      if (token !== undefined) await notify("notifications/progress", { progressToken: token, progress, total });
    },
    changed: (kind) => (kind === "tools" ? server.sendToolListChanged() : server.sendPromptListChanged()),
    closeStream: () => extra.closeSSEStream?.(),
  };
}

/** Asks the client what a step wants to know until it has its result. */
async function complete(step, args, server, extra) {
  const capabilities = server.getClientCapabilities() ?? {};
  let round = { args, responses: {}, state: undefined, capabilities };
  for (let count = 0; count < ROUNDS; ++count) {
    const result = await step(round, io(server, extra));
    if (!result.ask) return result;
    const responses = {};
    for (const [key, request] of Object.entries(result.ask)) {
      const capability = NEEDED[request.method];
      if (!capabilities[capability]) throw new Error(`the client does not offer ${capability}`);
      responses[key] = await extra.sendRequest(request, RESULTS[request.method]);
    }
    round = { ...round, responses, state: result.state };
  }
  throw new Error(`no answer after ${ROUNDS} rounds`);
}

async function call({ params }, server, extra) {
  const tool = Object.hasOwn(tools, params.name) ? tools[params.name] : undefined;
  if (!tool) throw invalid(`Unknown tool: ${params.name}`);
  try {
    return await complete(tool.run, params.arguments ?? {}, server, extra);
  } catch (error) {
    return { isError: true, content: [{ type: "text", text: error.message }] };
  }
}

async function prompt({ params }, server, extra) {
  const found = Object.hasOwn(prompts, params.name) ? prompts[params.name] : undefined;
  if (!found) throw invalid(`Unknown prompt: ${params.name}`);
  const args = params.arguments ?? {};
  const missing = found.arguments.find(({ name, required }) => required && !(name in args));
  if (missing) throw invalid(`Missing argument: ${missing.name}`);
  const answers = found.asks ? await complete(steps[found.asks], args, server, extra) : {};
  return { description: found.description, messages: found.messages({ ...args, ...answers }) };
}

function read({ params }) {
  const found = contents(params.uri);
  if (!found) throw new types.McpError(-32002, "Resource not found", { uri: params.uri });
  return { contents: [found] };
}

function build() {
  const server = new Server(
    { name: "conformance-legacy", version: "1.0.0" },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        completions: {},
        logging: {},
      },
    },
  );
  const on = (schema, handle) => server.setRequestHandler(schema, handle);
  const listed = Object.entries(tools).map(([name, tool]) => ({
    name,
    description: tool.description,
    inputSchema: tool.inputSchema,
  }));
  on(types.ListToolsRequestSchema, () => ({ tools: listed }));
  on(types.CallToolRequestSchema, (request, extra) => call(request, server, extra));
  on(types.ListPromptsRequestSchema, () => ({
    prompts: Object.entries(prompts).map(([name, { description, arguments: args }]) => ({ name, description, arguments: args })),
  }));
  on(types.GetPromptRequestSchema, (request, extra) => prompt(request, server, extra));
  on(types.ListResourcesRequestSchema, () => ({
    resources: Object.entries(resources).map(([uri, { name, description, mimeType }]) => ({ uri, name, description, mimeType })),
  }));
  on(types.ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: [template] }));
  on(types.ReadResourceRequestSchema, read);
  on(types.SubscribeRequestSchema, () => ({}));
  on(types.UnsubscribeRequestSchema, () => ({}));
  on(types.CompleteRequestSchema, ({ params }) => completions(params.argument.value));
  return server;
}

export async function serveStdio() {
  await build().connect(new StdioServerTransport());
}

export function serveHttp(port) {
  const sessions = new Map();
  const begin = async () => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new Events(),
      retryInterval: RETRY_MS,
      onsessioninitialized: (id) => sessions.set(id, transport),
      onsessionclosed: (id) => sessions.delete(id),
    });
    await build().connect(transport);
    return transport;
  };
  listen(port, async (request, response) => {
    const id = request.headers["mcp-session-id"];
    if (id !== undefined && !sessions.has(id)) {
      refuse(response, 404, -32001, "Session not found");
      return;
    }
    await (sessions.get(id) ?? (await begin())).handleRequest(request, response);
  });
}
