// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/files.hpp"
#include "mcp/bridge.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace thv::proxy {

struct SessionRecord {
    mcp::SessionFacts facts = {};
    bool primes = false;        ///< its revision knows events without data
    std::string principal = {}; ///< whose it is; empty when nobody has to say who they are
    /// Streams of requests that have no answer yet, by number; those that come have numbers from `next_stream` on.
    std::map<std::uint32_t, mcp::OpenCall> streams = {};
    std::uint32_t next_stream = 1;

    void begin_stream(std::uint32_t number, const mcp::OpenCall& call) {
        streams.insert_or_assign(number, call);
        next_stream = std::max(next_stream, number + 1);
    }
    bool operator==(const SessionRecord&) const = default;
};
using SessionRecords = std::map<std::string, SessionRecord, std::less<>>; ///< by session id

/// The open sessions of a proxy in a file (mode 0600, for ids are as good as passwords), so that they outlive the
/// process, whenever it is killed: each change is a line of JSON that is appended before the client learns of it. The
/// file is written anew when most of it is history. When it cannot be written, it is removed, with a warning in the
/// log: the sessions end with the process then, as they would without it.
class SessionJournal {
public:
    /// Goes on with what a predecessor has left there. Of what it was writing when it was killed the last line may be
    /// missing; lines that cannot be read are passed over. At most `limit` sessions are kept.
    SessionJournal(std::filesystem::path path, std::size_t limit);

    const SessionRecords& sessions() const { return sessions_; }
    /// The session was opened as `record` says; of one that is known only the facts change.
    void put(std::string_view id, const SessionRecord& record);
    /// The stream of a call of a known session has begun. Its number is above those before.
    void begin_stream(std::string_view id, std::uint32_t number, const mcp::OpenCall& call);
    /// There is no more to come on it.
    void end_stream(std::string_view id, std::uint32_t number);
    void erase(std::string_view id);

    /// All sessions have ended for good.
    void discard();

private:
    void read(std::size_t limit);
    void apply(std::string_view line, std::size_t limit);
    void append(const std::string& lines);
    void rewrite();
    void give_up(std::string_view why);

    std::filesystem::path path_;
    SessionRecords sessions_;
    Fd file_;
    std::size_t written_ = 0; ///< bytes in the file
    std::size_t live_ = 0;    ///< of these, when it was last written anew
};

} // namespace thv::proxy
