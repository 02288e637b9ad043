// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mcp/ending.hpp"
#include "mcp/jsonrpc.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace thv::mcp {

/// One client's session. Never shown to the server, and not the identifier that clients send.
enum class Session : std::uint64_t { none = 0 };
/// One client request that waits for its answer; the number is the caller's.
enum class Exchange : std::uint64_t {};

/// What must be known of a session to go on with it after this process has ended.
struct SessionFacts {
    bool sampling = false;
    bool elicitation = false;
    bool roots = false;
    std::optional<int> level = {};                ///< of log messages, as in mcp/levels.hpp
    std::set<std::string, std::less<>> uris = {}; ///< subscribed resources
    bool operator==(const SessionFacts&) const = default;
};

/// A request that was sent to the server and has no answer yet.
struct OpenCall {
    std::uint64_t number = 0; ///< the server's id of it
    std::string id = {};      ///< the client's, raw
    std::string token = {};   ///< the client's progress token, raw
    bool operator==(const OpenCall&) const = default;
};

/// What a bridge does to the world. Texts are single lines without their end and live until the call returns. The
/// functions must not call the bridge.
struct Sink {
    virtual ~Sink() = default;
    /// One line for the server's stdin; the sink adds the LF.
    virtual void to_child(const Pieces& line) = 0;
    /// A message that belongs to an exchange and comes before its answer. Only for exchanges that stream.
    virtual void event(Exchange exchange, const Pieces& message) = 0;
    /// The answer; the exchange is over.
    virtual void answer(Exchange exchange, const Pieces& message) = 0;
    /// The same for an error that has an HTTP status of its own, for as long as nothing was sent.
    virtual void refused(Exchange exchange, int status, const Pieces& message) = 0;
    /// The answer to `initialize`: there is a session now; the exchange is over.
    virtual void opened(Exchange exchange, Session session, const Pieces& message) = 0;
    /// A message for a session that belongs to none of its exchanges. False when there is no stream to carry it.
    virtual bool push(Session session, const Pieces& message) = 0;
    /// What became of a request that is watched; told once, after its answer if there is one.
    virtual void ended(Watch /*watch*/, const Ending& /*ending*/) {}
    /// A session has other facts than before.
    virtual void changed(Session /*session*/, const SessionFacts& /*facts*/) {}
    /// The server has told that a list of its has changed.
    virtual void list_changed(Method /*list*/) {}
    /// A word that nobody can guess.
    virtual std::string secret() = 0;
};

} // namespace thv::mcp
