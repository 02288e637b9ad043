// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// What both servers need to speak HTTP themselves.
import { createServer } from "node:http";

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);
const KEPT_EVENTS = 1000;

const hostname = (authority) => authority?.replace(/:\d+$/, "");

/** Whether a request can come from a page of another site that has its name point here (DNS rebinding). */
function foreign({ headers }) {
  if (!LOCAL.has(hostname(headers.host))) return true;
  return headers.origin !== undefined && !LOCAL.has(hostname(headers.origin.replace(/^https?:\/\//, "")));
}

export function refuse(response, status, code, message) {
  const body = JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id: null });
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

/** Serves `handle(request, response)` on /mcp. */
export function listen(port, handle) {
  const server = createServer((request, response) => {
    if (foreign(request)) {
      refuse(response, 403, -32000, "Host or Origin is not allowed");
    } else if (new URL(request.url, "http://localhost").pathname !== "/mcp") {
      response.writeHead(404).end();
    } else {
      handle(request, response).catch((error) => {
        console.error(error);
        if (!response.headersSent) refuse(response, 500, -32603, "Internal error");
        else response.destroy();
      });
    }
  });
  server.listen(port, () => console.error(`listening on port ${server.address().port}`));
}

/** The events of one session, for clients that come back with Last-Event-ID. */
export class Events {
  #events = [];
  #next = 0;

  async storeEvent(streamId, message) {
    const id = `${streamId}/${++this.#next}`;
    this.#events.push({ id, streamId, message });
    if (this.#events.length > KEPT_EVENTS) this.#events.shift();
    return id;
  }

  async getStreamIdForEventId(id) {
    return this.#events.find((event) => event.id === id)?.streamId;
  }

  async replayEventsAfter(lastId, { send }) {
    const last = this.#events.findIndex((event) => event.id === lastId);
    if (last < 0) throw new Error("no such event");
    const { streamId } = this.#events[last];
    for (const { id, message, streamId: stream } of this.#events.slice(last + 1)) {
      if (stream === streamId && Object.keys(message).length > 0) await send(id, message);
    }
    return streamId;
  }
}
