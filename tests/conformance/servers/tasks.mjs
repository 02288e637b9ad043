// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// The extension io.modelcontextprotocol/tasks: calls that go on after their first answer, and the suite's tools for it.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import * as sdk from "@modelcontextprotocol/server";

import { said } from "./content.mjs";

export const EXTENSION = "io.modelcontextprotocol/tasks";
const TTL_MS = 600_000;
const POLL_MS = 200;
const MOST_TASKS = 1000;

const invalid = (message) => new sdk.ProtocolError(sdk.ProtocolErrorCode.InvalidParams, message);
const confirmation = (message) => ({
  method: "elicitation/create",
  params: {
    mode: "form",
    message,
    requestedSchema: { type: "object", properties: { confirm: { type: "boolean" } }, required: ["confirm"] },
  },
});

const known = new Map();

function find(id) {
  const task = known.get(id);
  if (!task) throw invalid(`Unknown task: ${id}`);
  return task;
}

/** One call that goes on: what clients see of it, and the promise that its work waits on. */
class Task {
  #stop = new AbortController();
  #answered;

  constructor() {
    this.shown = {
      taskId: randomUUID(),
      status: "working",
      createdAt: new Date().toISOString(),
      ttlMs: TTL_MS,
      pollIntervalMs: POLL_MS,
    };
    this.#show({});
  }

  get ended() {
    return ["completed", "failed", "cancelled"].includes(this.shown.status);
  }

  #show(news) {
    if (!this.ended) this.shown = { ...this.shown, ...news, lastUpdatedAt: new Date().toISOString() };
  }

  async run(work) {
    try {
      this.#show({ status: "completed", result: await work(this, this.#stop.signal) });
    } catch (error) {
      this.#show({ status: "failed", error: { code: error.code ?? -32603, message: error.message } });
    }
  }

  /** Waits for the client's answers to all requests of `asked` (key → request). */
  async ask(asked) {
    this.#show({ status: "input_required", inputRequests: asked });
    const responses = await new Promise((resolve) => {
      this.#answered = { resolve, responses: {} };
    });
    const { inputRequests: _, ...shown } = this.shown;
    this.shown = shown;
    this.#show({ status: "working" });
    return responses;
  }

  answer(responses) {
    const pending = this.shown.inputRequests ?? {};
    const fitting = Object.entries(responses).filter(([key]) => Object.hasOwn(pending, key));
    if (fitting.length === 0) return;
    Object.assign(this.#answered.responses, Object.fromEntries(fitting));
    const left = Object.fromEntries(Object.entries(pending).filter(([key]) => !Object.hasOwn(responses, key)));
    if (Object.keys(left).length > 0) this.#show({ inputRequests: left });
    else this.#answered.resolve(this.#answered.responses);
  }

  cancel() {
    const { inputRequests: _, ...shown } = this.shown;
    if (!this.ended) this.shown = shown;
    this.#show({ status: "cancelled" });
    this.#stop.abort();
  }
}

function begin(work) {
  if (known.size >= MOST_TASKS) known.delete(known.keys().next().value);
  const task = new Task();
  const first = { resultType: "task", ...task.shown };
  known.set(task.shown.taskId, task);
  task.run(work);
  return first;
}

function demand(capabilities) {
  if (capabilities?.extensions?.[EXTENSION]) return;
  throw new sdk.MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [EXTENSION]: {} } } });
}

async function compute({ seconds, label }, signal) {
  await pause(seconds * 1000, undefined, { signal });
  return said(`${label ?? "It"} took ${seconds} s.`);
}

const nothing = { type: "object", properties: {} };

/** Tools as in tools.mjs. */
export const taskTools = {
  slow_compute: {
    description: "Takes some seconds",
    inputSchema: {
      type: "object",
      properties: { seconds: { type: "number", minimum: 0, maximum: 60 }, label: { type: "string" } },
      required: ["seconds"],
    },
    run: ({ args, capabilities }) =>
      capabilities.extensions?.[EXTENSION] && args.seconds > 0
        ? begin((_, signal) => compute(args, signal))
        : compute(args),
  },
  failing_job: {
    description: "Goes on, and then fails",
    inputSchema: nothing,
    run: ({ capabilities }) => {
      demand(capabilities);
      return begin(async () => {
        await pause(POLL_MS);
        return { isError: true, ...said("This job intentionally fails.") };
      });
    },
  },
  protocol_error_job: {
    description: "Goes on, and then ends with an error of the protocol",
    inputSchema: nothing,
    run: ({ capabilities }) => {
      demand(capabilities);
      return begin(() => Promise.reject(new sdk.ProtocolError(sdk.ProtocolErrorCode.InternalError, "It intentionally broke.")));
    },
  },
  confirm_delete: {
    description: "Asks before it deletes (nothing)",
    inputSchema: { type: "object", properties: { filename: { type: "string" } }, required: ["filename"] },
    run: ({ args, capabilities }) => {
      demand(capabilities);
      return begin(async (task) => {
        const { sure } = await task.ask({ sure: confirmation(`Delete ${args.filename}?`) });
        return said(sure.action === "accept" ? `Deleted ${args.filename}.` : `Kept ${args.filename}.`);
      });
    },
  },
  multi_input: {
    description: "Asks two things at once",
    inputSchema: nothing,
    run: ({ capabilities }) => {
      demand(capabilities);
      return begin(async (task) => {
        const { first, second } = await task.ask({ first: confirmation("First?"), second: confirmation("Second?") });
        return said(`${first.action}, ${second.action}`);
      });
    },
  },
  test_tool_with_task: {
    description: "Asks, and then goes on",
    inputSchema: nothing,
    run: ({ responses, capabilities }) => {
      demand(capabilities);
      const name = responses.user_name?.content?.name;
      if (typeof name === "string") {
        return begin(async (_, signal) => {
          await pause(POLL_MS, undefined, { signal });
          return said(`Hello, ${name}!`);
        });
      }
      const properties = { name: { type: "string" } };
      const requestedSchema = { type: "object", properties, required: ["name"] };
      return {
        ask: { user_name: { method: "elicitation/create", params: { mode: "form", message: "Your name?", requestedSchema } } },
      };
    },
  },
};

/** Serves the extension's own methods. */
export function serveTasks(server) {
  const params = sdk.fromJsonSchema({ type: "object", properties: { taskId: { type: "string" } }, required: ["taskId"] });
  const on = (method, handle) =>
    server.setRequestHandler(method, { params }, ({ taskId }, { mcpReq }) => {
      demand(mcpReq.envelope?.[sdk.CLIENT_CAPABILITIES_META_KEY]);
      return handle(find(taskId), mcpReq) ?? {};
    });
  on("tasks/get", (task) => task.shown);
  on("tasks/update", (task, { inputResponses }) => task.answer(inputResponses ?? {}));
  on("tasks/cancel", (task) => task.cancel());
}
