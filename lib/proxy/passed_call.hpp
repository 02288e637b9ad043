// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/server.hpp"
#include "proxy/answer_reader.hpp"
#include "proxy/late_answers.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace thv::proxy {

/// Sees to it that a call through a pass-through is counted and written down, by looking at what is sent and answered.
/// Of requests that are no calls it only reads what may answer some.
class PassedCall {
public:
    struct Rules {
        CallLog& calls;
        LateAnswers& late;
        bool sse = false;             ///< the server speaks HTTP with SSE
        std::string_view prefix = {}; ///< before the paths that HTTP+SSE clients are told
    };
    PassedCall(const http::Visit& visit, const Rules& rules);
    PassedCall(const PassedCall&) = delete;
    PassedCall& operator=(const PassedCall&) = delete;

    /// The answer begins.
    void begins(int status, std::string_view content_type, bool encoded);
    void carries(http::Parts bytes);
    /// It is complete.
    void ends();
    /// It will never be.
    void broke_off();
    /// The client has gone.
    void left();

private:
    void begin_call(const http::Visit& visit);
    void found(const std::string& id, const mcp::Ending& ending);
    void endpoint(std::string_view url);
    void conclude(const mcp::Ending& ending);
    mcp::Ending ending_by_status() const;

    Rules rules_;
    mcp::Watch watch_ = mcp::Watch::none;
    std::string stream_; ///< what was asked for by GET
    std::string channel_;
    std::string id_;
    bool reads_ = false; ///< there may be something to find in the answer
    bool get_ = false;
    bool closes_ = false; ///< a session
    bool encoded_ = false;
    int status_ = 0;
    std::optional<AnswerReader> reader_;
    std::optional<mcp::Ending> ending_;
};

} // namespace thv::proxy
