// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// What the tools, prompts and resources of the conformance suite hold, for either SDK and either era of the protocol.

export const text = (value) => ({ type: "text", text: value });
export const said = (value) => ({ content: [text(value)] });

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

/** A WAV file of eight silent samples, base64. */
function silence() {
  const samples = Buffer.alloc(8, 128);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(8000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]).toString("base64");
}

export const image = { type: "image", data: PIXEL, mimeType: "image/png" };
export const audio = { type: "audio", data: silence(), mimeType: "audio/wav" };
export const embedded = (uri, mimeType, value) => ({ type: "resource", resource: { uri, mimeType, text: value } });

const user = (content) => ({ role: "user", content });

/** name → {description, arguments, messages(arguments)}; a prompt with `asks` wants input first (steps.mjs). */
export const prompts = {
  test_simple_prompt: {
    description: "A prompt without arguments",
    arguments: [],
    messages: () => [user(text("This is a simple prompt for testing."))],
  },
  test_prompt_with_arguments: {
    description: "A prompt that repeats its two arguments",
    arguments: [
      { name: "arg1", description: "The first argument", required: true },
      { name: "arg2", description: "The second argument", required: true },
    ],
    messages: ({ arg1, arg2 }) => [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
  },
  test_prompt_with_embedded_resource: {
    description: "A prompt that embeds a resource",
    arguments: [{ name: "resourceUri", description: "The resource's URI", required: true }],
    messages: ({ resourceUri }) => [
      user(embedded(resourceUri, "text/plain", "Embedded resource content for testing.")),
      user(text("Please process the embedded resource above.")),
    ],
  },
  test_prompt_with_image: {
    description: "A prompt that holds an image",
    arguments: [],
    messages: () => [user(image), user(text("Please analyze the image above."))],
  },
  test_input_required_result_prompt: {
    description: "A prompt that asks what it is about",
    arguments: [],
    asks: "prompt_context",
    messages: ({ context }) => [user(text(`Context: ${context}`))],
  },
};

/** What `completion/complete` offers for the arguments of test_prompt_with_arguments. */
export function completions(value) {
  const values = ["test", "testValue1", "testValue2", "paris", "park"].filter((word) => word.startsWith(value));
  return { completion: { values, total: values.length, hasMore: false } };
}

/** uri → {name, description, mimeType, and text or blob}. */
export const resources = {
  "test://static-text": {
    name: "static-text",
    description: "A text that does not change",
    mimeType: "text/plain",
    text: "This is the content of the static text resource.",
  },
  "test://static-binary": {
    name: "static-binary",
    description: "A picture of one pixel",
    mimeType: "image/png",
    blob: PIXEL,
  },
  "test://watched-resource": {
    name: "watched-resource",
    description: "A text to subscribe to",
    mimeType: "text/plain",
    text: "This is the content of the watched resource.",
  },
};

export const template = {
  uriTemplate: "test://template/{id}/data",
  name: "template",
  description: "Data for any id",
  mimeType: "application/json",
};

/** The one item of a resource's contents, or undefined when there is no such resource. */
export function contents(uri) {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined) {
    const data = { id, templateTest: true, data: `Data for ID: ${id}` };
    return { uri, mimeType: template.mimeType, text: JSON.stringify(data) };
  }
  const found = Object.hasOwn(resources, uri) ? resources[uri] : undefined;
  return found && { uri, mimeType: found.mimeType, ...(found.text ? { text: found.text } : { blob: found.blob }) };
}
