// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes one call that takes its time, with the official TypeScript SDK, and comes back to its stream when that breaks
// off. Prints "step N" for each report of progress, and at last the text of the answer.
// usage: node patient_client.mjs SDK_FOLDER URL SECONDS
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, url, seconds] = process.argv.slice(2);
const { resolve } = createRequire(join(folder, "package.json"));
const load = (name) => import(pathToFileURL(resolve(`@modelcontextprotocol/sdk/client/${name}.js`)).href);

const { Client } = await load("index");
const { StreamableHTTPClientTransport } = await load("streamableHttp");
const reconnectionOptions =
  { initialReconnectionDelay: 500, maxReconnectionDelay: 2000, reconnectionDelayGrowFactor: 1.5, maxRetries: 20 };
const client = new Client({ name: "tests", version: "1" });
await client.connect(new StreamableHTTPClientTransport(new URL(url), { reconnectionOptions }));
const answer = await client.callTool(
  { name: "trigger-long-running-operation", arguments: { duration: Number(seconds), steps: Number(seconds) * 2 } },
  undefined,
  { onprogress: (progress) => console.log(`step ${progress.progress}`) });
console.log(answer.content[0].text);
process.exit(0);
