-- SPDX-FileCopyrightText: Copyright 2026 The thv authors
-- SPDX-License-Identifier: Apache-2.0
-- One MCP echo call per request, all in the session that THV_BENCH_SESSION names.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json, text/event-stream"
wrk.headers["MCP-Protocol-Version"] = "2025-06-18"
wrk.headers["Mcp-Session-Id"] = os.getenv("THV_BENCH_SESSION")

local id = 0
local head = '{"jsonrpc":"2.0","id":'
local tail = ',"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello"}}}'

function request()
  id = id + 1
  return wrk.format(nil, nil, nil, head .. id .. tail)
end
