// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proxy/call_log.hpp"

#include <map>
#include <string>
#include <string_view>

namespace thv::proxy {

/// Calls through a pass-through whose answers come on another stream than their own: those of HTTP with SSE, and those
/// of a server that ends a call's stream and goes on on another one. A channel is what has both: a session, or the URL
/// that messages are posted to.
class LateAnswers {
public:
    explicit LateAnswers(CallLog& calls)
        : calls_(calls) {}

    void expect(std::string_view channel, const std::string& id, mcp::Watch call);
    /// An answer of its own has come for it.
    void forget(std::string_view channel, const std::string& id);
    void answered(std::string_view channel, const std::string& id, const mcp::Ending& ending);
    /// No more answers come on the channel.
    void closed(std::string_view channel, const mcp::Ending& ending);

private:
    CallLog& calls_;
    std::map<std::string, std::map<std::string, mcp::Watch, std::less<>>, std::less<>> channels_;
    std::size_t count_ = 0;
};

} // namespace thv::proxy
