// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace thv::mcp {

/// The newest protocol revision with a handshake; what is offered to servers.
inline constexpr std::string_view latest_version = "2025-11-25";

/// Whether a revision is one that we speak: 2024-11-05, 2025-03-26, 2025-06-18 or 2025-11-25.
bool known_version(std::string_view version);

/// The revision for a client that asked for `asked` in front of a server that speaks `server`: the older of the two,
/// or the server's when we do not know what the client asked for.
std::string_view negotiated_version(std::string_view asked, std::string_view server);

} // namespace thv::mcp
