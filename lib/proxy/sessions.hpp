// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/time.hpp"
#include "http/client.hpp"
#include "io/event.hpp"
#include "io/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace thv::proxy {

/// One session that a client has begun at a server which speaks HTTP itself. The client's id stays when the server
/// forgets the session (because it was restarted, say) and another one is begun for it.
struct PassedSession {
    std::string client_id;
    std::string server_id;
    std::string hello;     ///< the client's own `initialize`
    std::string principal; ///< whose it is; empty when nobody has to say who they are
    bool lost = false;     ///< no new one can be had
    std::shared_ptr<Event> reviving = {};
    std::chrono::steady_clock::time_point used = {};
};
using PassedSessionPtr = std::shared_ptr<PassedSession>;

/// The sessions behind one pass-through. Those that were not used for `ttl`, and beyond `most` the ones used longest
/// ago, are no longer known and then end as they would without us.
class PassedSessions {
public:
    PassedSessions(std::size_t most, Duration ttl)
        : most_(most)
        , ttl_(ttl) {}

    /// A server has answered `hello` and given the session an id. One that began with a handshake of more than 64 KiB
    /// cannot be begun anew.
    void begun(std::string id, std::string_view hello, std::string principal = {});
    /// Null when it is not known. Counts as use.
    PassedSessionPtr find(std::optional<std::string_view> client_id);
    void ended(std::string_view client_id);
    std::size_t size() const { return sessions_.size(); }

private:
    void forget_old();

    std::size_t most_;
    Duration ttl_;
    std::list<PassedSessionPtr> sessions_; ///< used longest ago first
    std::map<std::string, std::list<PassedSessionPtr>::iterator, std::less<>> places_;
};

/// How requests get to the server: with its credentials and along its redirects.
using Sender = std::function<Task<std::unique_ptr<http::Stream>>(http::Request)>;

/// Begins the session anew, with the client's own `initialize` and then `notifications/initialized`, unless somebody
/// has done so since the server refused `refused_id`; of many that ask at once, one does. `version` is the revision
/// that the client speaks by now, empty when it has not said so. False when the server takes no new session or would
/// speak another revision in it: the client then has to know.
Task<bool> revive(PassedSessionPtr session, std::string refused_id, std::string version, Sender send);

/// What to do with a message that a server refused because it had forgotten the session, once there is a new one.
///
/// The status says that the server has not executed it (MCP 2025-11-25, "Session Management"), but gateways on the way
/// say the same for reasons of their own, and a call may rely on what the old session held: a browser's page, a
/// transaction. So what only reads or sets is sent again, while a call is answered with an error that says so, and what
/// was about the old session is of no use in the new one.
enum class Second { send, drop, explain };
Second second_try(std::string_view method, std::string_view body);

} // namespace thv::proxy
