// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// The tools of the conformance suite: name → {description, inputSchema, run}. `run` takes one round (steps.mjs) and
// `io`, what the server can do beside answering: log(text), progress(value, total), changed(kind), closeStream().
import { setTimeout as pause } from "node:timers/promises";

import { audio, embedded, image, said, text } from "./content.mjs";
import { steps } from "./steps.mjs";

const BETWEEN_MS = 50;
const nothing = { type: "object", properties: {} };
const strings = (...names) => ({
  type: "object",
  properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
  required: names,
});
const answers = (...content) => () => ({ content });

async function log(_, io) {
  await io.log("Tool execution started");
  await pause(BETWEEN_MS);
  await io.log("Tool processing data");
  await pause(BETWEEN_MS);
  await io.log("Tool execution completed");
  return said("Tool with logging executed.");
}

async function progress(_, io) {
  for (const value of [0, 50, 100]) {
    if (value > 0) await pause(BETWEEN_MS);
    await io.progress(value, 100);
  }
  return said("Tool with progress executed.");
}

/** Goes on working after its stream is closed: the client has to come back for the answer. */
async function reconnection(_, io) {
  io.closeStream();
  await pause(2 * BETWEEN_MS);
  return said("Reconnection test completed.");
}

const change = (kind) => async (_, io) => {
  await io.changed(kind);
  return said(`The list of ${kind} has changed.`);
};

const strict = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

const mirrored = {
  type: "object",
  properties: {
    region: { type: "string", description: "Mirrored in Mcp-Param-Region", "x-mcp-header": "Region" },
    limit: { type: "integer", description: "Mirrored in Mcp-Param-Limit", "x-mcp-header": "Limit" },
  },
  required: ["region"],
};

const inputs = { test_sampling: strings("prompt"), test_elicitation: strings("message") };
const asking = Object.entries(steps).filter(([name]) => name.startsWith("test_"));

const list = [
  ["test_simple_text", "Returns a text", nothing, answers(text("This is a simple text response for testing."))],
  ["test_image_content", "Returns an image", nothing, answers(image)],
  ["test_audio_content", "Returns a sound", nothing, answers(audio)],
  ["test_embedded_resource", "Returns a resource", nothing,
    answers(embedded("test://embedded-resource", "text/plain", "This is an embedded resource content."))],
  ["test_multiple_content_types", "Returns a text, an image and a resource", nothing,
    answers(text("Multiple content types test:"), image,
      embedded("test://mixed-content-resource", "application/json", JSON.stringify({ test: "data", value: 123 })))],
  ["test_tool_with_logging", "Logs while it works", nothing, log],
  ["test_logging_tool", "Logs while it works", nothing, log],
  ["test_tool_with_progress", "Reports its progress", nothing, progress],
  ["test_error_handling", "Always fails", nothing,
    () => ({ isError: true, content: [text("This tool intentionally returns an error for testing")] })],
  ["test_reconnection", "Closes its stream before it answers", nothing, reconnection],
  ["test_trigger_tool_change", "Says that the tools have changed", nothing, change("tools")],
  ["test_trigger_prompt_change", "Says that the prompts have changed", nothing, change("prompts")],
  ["greet", "Says hello", strings("name"), ({ args }) => said(`Hello, ${args.name}!`)],
  ["json_schema_2020_12_tool", "Has a schema of many keywords", strict, ({ args }) => said(JSON.stringify(args))],
  ["test_header_parameters", "Has parameters that are mirrored in headers", mirrored,
    ({ args }) => said(JSON.stringify(args))],
  ...asking.map(([name, run]) => [name, "Asks the client before it answers", inputs[name] ?? nothing, run]),
];

export const tools = Object.fromEntries(
  list.map(([name, description, inputSchema, run]) => [name, { description, inputSchema, run }]),
);
