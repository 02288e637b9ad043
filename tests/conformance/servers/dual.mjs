// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// The suite's server on version 2 of the official SDK: revision 2026-07-28 and, for clients that begin with
// `initialize`, the earlier ones.
import { randomUUID } from "node:crypto";

import { toNodeHandler } from "@modelcontextprotocol/node";
import * as sdk from "@modelcontextprotocol/server";
import * as stdio from "@modelcontextprotocol/server/stdio";

import { completions, contents, prompts, resources, template } from "./content.mjs";
import { Events, listen } from "./http.mjs";
import { steps } from "./steps.mjs";
import { EXTENSION, serveTasks, taskTools } from "./tasks.mjs";
import { tools } from "./tools.mjs";

const RETRY_MS = 500;
// No secret: the server has none to protect, and every process of it has to know the states of the others.
const states = sdk.createRequestStateCodec({ key: "the key of the conformance server's states".padEnd(64, ".") });

const invalid = (message) => new sdk.ProtocolError(sdk.ProtocolErrorCode.InvalidParams, message);

function io(mcp, request, notifier) {
  const token = request._meta?.progressToken;
  return {
    log: (data) => request.log("info", data, "conformance"),
    progress: async (progress, total) => {
      if (token === undefined) return;
      await request.notify({ method: "notifications/progress", params: { progressToken: token, progress, total } });
    },
    changed: (kind) => (kind === "tools" ? notifier(mcp).toolsChanged() : notifier(mcp).promptsChanged()),
  };
}

/** One round of a step; what it asks becomes the result, which the SDK turns into requests for clients of before. */
async function advance(step, args, context, services) {
  const { mcpReq: request } = context;
  const capabilities = request.envelope?.[sdk.CLIENT_CAPABILITIES_META_KEY] ?? services.mcp.server.getClientCapabilities();
  const round = {
    args,
    responses: request.inputResponses ?? {},
    state: request.requestState(),
    capabilities: capabilities ?? {},
  };
  const closeStream = () => context.http?.closeSSE?.();
  const result = await step(round, { ...io(services.mcp, request, services.notifier), closeStream });
  if (!result.ask) return result;
  return sdk.inputRequired({
    inputRequests: result.ask,
    ...(result.state && { requestState: await states.mint(result.state) }),
  });
}

function addPrompt(mcp, name, prompt, services) {
  const properties = Object.fromEntries(prompt.arguments.map(({ name, description }) => [name, { type: "string", description }]));
  const required = prompt.arguments.filter((argument) => argument.required).map((argument) => argument.name);
  const argsSchema = sdk.fromJsonSchema({ type: "object", properties, required });
  mcp.registerPrompt(name, { description: prompt.description, argsSchema }, async (args, context) => {
    const answers = prompt.asks ? await advance(steps[prompt.asks], args, context, services) : {};
    return sdk.isInputRequiredResult(answers) ? answers : { messages: prompt.messages({ ...args, ...answers }) };
  });
}

function addTools(mcp, offered, services) {
  const added = {};
  for (const [name, { description, inputSchema, run }] of Object.entries(offered)) {
    added[name] = mcp.registerTool(name, { description, inputSchema: sdk.fromJsonSchema(inputSchema) }, (args, context) =>
      advance(run, args, context, services),
    );
  }
  // The SDK's own handler makes a result of whatever a tool throws; errors of the protocol have to stay what they are.
  mcp.server.setRequestHandler("tools/call", async ({ params }, context) => {
    if (!Object.hasOwn(added, params.name)) throw invalid(`Unknown tool: ${params.name}`);
    const tool = added[params.name];
    const checked = await tool.inputSchema["~standard"].validate(params.arguments ?? {});
    if (checked.issues) throw invalid(`Invalid arguments for ${params.name}: ${checked.issues[0].message}`);
    try {
      return await tool.executor(checked.value, context);
    } catch (error) {
      if (error instanceof sdk.ProtocolError) throw error;
      return { isError: true, content: [{ type: "text", text: error.message }] };
    }
  });
}

function build(notifier, era) {
  const modern = era === "modern";
  const mcp = new sdk.McpServer(
    { name: "conformance-dual", version: "1.0.0" },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        completions: {},
        logging: {},
        ...(modern && { extensions: { [EXTENSION]: {} } }),
      },
      requestState: { verify: states.verify },
    },
  );
  const services = { mcp, notifier };
  addTools(mcp, modern ? { ...tools, ...taskTools } : tools, services);
  if (modern) serveTasks(mcp.server);
  for (const [name, prompt] of Object.entries(prompts)) addPrompt(mcp, name, prompt, services);
  for (const [uri, { name, description, mimeType }] of Object.entries(resources)) {
    mcp.registerResource(name, uri, { description, mimeType }, () => ({ contents: [contents(uri)] }));
  }
  const { name, uriTemplate, ...about } = template;
  mcp.registerResource(name, new sdk.ResourceTemplate(uriTemplate, { list: undefined }), about, (uri) => ({
    contents: [contents(uri.href)],
  }));
  mcp.server.setRequestHandler("completion/complete", ({ params }) => completions(params.argument.value));
  mcp.server.setRequestHandler("resources/subscribe", () => ({}));
  mcp.server.setRequestHandler("resources/unsubscribe", () => ({}));
  return mcp;
}

/** Tells the one client of a connection. */
const byConnection = (mcp) => ({
  toolsChanged: () => mcp.sendToolListChanged(),
  promptsChanged: () => mcp.sendPromptListChanged(),
});

export function serveStdio() {
  stdio.serveStdio(({ era }) => build(byConnection, era), { onerror: (error) => console.error(error) });
}

export function serveHttp(port) {
  const modern = sdk.createMcpHandler(() => build(() => modern.notify, "modern"), { legacy: "reject" });
  const sessions = new Map();
  const begin = async () => {
    const transport = new sdk.WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new Events(),
      retryInterval: RETRY_MS,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await build(byConnection, "legacy").connect(transport);
    return transport;
  };
  const legacy = async (request) => {
    const id = request.headers.get("mcp-session-id");
    if (id !== null && !sessions.has(id)) {
      return Response.json({ jsonrpc: "2.0", error: { code: -32001, message: "Session not found" } }, { status: 404 });
    }
    return (sessions.get(id) ?? (await begin())).handleRequest(request);
  };
  const fetch = async (request) => ((await sdk.isLegacyRequest(request)) ? legacy(request) : modern.fetch(request));
  listen(port, toNodeHandler({ fetch }));
}
