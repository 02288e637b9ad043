// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// A server with everything that the conformance suite asks of one.
// usage: node serve.mjs legacy|dual [--http PORT]     stdio without --http; else streamable HTTP at /mcp
const [kind, flag, port] = process.argv.slice(2);
if (!["legacy", "dual"].includes(kind) || (flag !== undefined && (flag !== "--http" || !/^\d+$/.test(port)))) {
  console.error("usage: node serve.mjs legacy|dual [--http PORT]");
  process.exit(2);
}
const server = await import(`./${kind}.mjs`);
await (flag ? server.serveHttp(Number(port)) : server.serveStdio());
