// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench.hpp"

namespace thv::test {

inline constexpr std::string_view info = R"("io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"})";

inline std::string meta(std::string_view capabilities = "{}", std::string_view more = "") {
    return fmt::format(
        R"("_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}{}}})",
        capabilities, more);
}

struct ModernBench : Bench {
    using Bench::Bench;

    bool modern(int exchange, std::string_view id, std::string_view method, std::string_view params,
                std::vector<Mirrored::Parameter> headers = {}) {
        const auto text =
            fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{{{}}}}})", id, method, params);
        return bridge.modern(from(Session::none, exchange, true), *scan(text), text, std::move(headers));
    }
    /// A call of a tool for which the server has answered what tools it has.
    void call_tool(int exchange, std::string_view id, std::string_view params) {
        modern(exchange, id, "tools/call", params);
        if (!to_server.empty() && scan(to_server.back())->method == Method::list_tools)
            result(last_id(), R"({"tools":[]})");
    }
    void connect_modern(std::string_view capabilities = R"({"tools":{}})") {
        bridge.child_connected(Era::modern);
        CHECK(scan(to_server.back())->method == Method::discover);
        result(last_id(),
               fmt::format(R"({{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{}}})",
                           capabilities));
        REQUIRE(bridge.state() == Bridge::State::ready);
        REQUIRE(bridge.era() == Era::modern);
        to_server.clear();
    }
};

} // namespace thv::test
