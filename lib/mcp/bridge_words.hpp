// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to the bridge.

#include "mcp/modern.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace thv::mcp {

/// Whether `uri` is the subscribed one or a part of it, of which the protocol lets servers tell too.
inline bool covers(std::string_view subscribed, std::string_view uri) {
    if (!uri.starts_with(subscribed)) return false;
    return uri.size() == subscribed.size() || subscribed.ends_with('/') || uri[subscribed.size()] == '/';
}

/// The first bytes of untrusted text, fit for a terminal.
std::string printable(std::string_view text, std::size_t limit);

/// A message on one line. CR and LF are only ever spaces between tokens there: inside strings they are not JSON.
std::string on_one_line(std::string_view text);

/// The member of `params` with which requests of our own begin at a modern server.
inline std::string our_meta() {
    return fmt::format(R"("_meta":{{"io.modelcontextprotocol/protocolVersion":"{}",)"
                       R"("io.modelcontextprotocol/clientInfo":{{"name":"thv","version":"{}"}},)"
                       R"("io.modelcontextprotocol/clientCapabilities":{{}}}})",
                       modern_version, THV_VERSION);
}

/// The bit of a list_changed notification in Client::missed and Modern::list_kinds.
inline std::uint8_t list_bit(Method changed) {
    return static_cast<std::uint8_t>(
        1U << (static_cast<unsigned>(changed) - static_cast<unsigned>(Method::tools_changed)));
}

} // namespace thv::mcp
