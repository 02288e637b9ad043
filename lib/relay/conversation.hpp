// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/relay: what both transports share.

#include "http/client.hpp"
#include "io/event.hpp"
#include "io/nursery.hpp"
#include "mcp/jsonrpc.hpp"
#include "relay/relay.hpp"
#include "relay/writer.hpp"

#include <list>
#include <memory>
#include <optional>
#include <string>

namespace thv::relay {

/// One message of the client's on its way.
struct Call {
    Call(const asio::any_io_executor& executor, std::string line, const mcp::Message& scanned);
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    bool is_request() const { return message.kind == mcp::Kind::request; }
    /// Ends when the client cancels it, if ever: not waited for when the client has finished.
    bool endless() const { return message.method_name == "subscriptions/listen"; }

    std::string text;
    mcp::Message message;                ///< views of `text`
    std::optional<std::string> revision; ///< the message's own; none: it belongs to a session
    Event over;                          ///< answered, or cancelled by the client
    bool answered = false;
};
using CallPtr = std::shared_ptr<Call>;

class Conversation {
public:
    Conversation(const asio::any_io_executor& executor, Server server, Client client, Limits limits);
    virtual ~Conversation() = default;
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    Task<Ending> run();

protected:
    /// Before the first message.
    virtual Task<> open() = 0;
    /// Sends a request and has its answer delivered. What it throws becomes the answer.
    virtual Task<> ask(CallPtr call) = 0;
    /// Sends a notification or an answer of the client's.
    virtual Task<> tell(CallPtr call) = 0;
    virtual Task<> close() = 0;

    /// Passes a message of the server's on. `to` is the call whose stream it came on, if it came on one. Returns
    /// whether it was that call's answer.
    Task<bool> deliver(std::string text, CallPtr to);
    /// Answers every request with an error, and returns when the client has these.
    Task<> fail_all(std::string why);
    http::Request post(const Call& call) const;
    void begin(Task<> task) { nursery_->start(std::move(task)); }

    asio::any_io_executor executor_;
    Server server_;
    Limits limits_;
    http::Client client_;

private:
    Task<> main(Nursery& nursery);
    Task<> talk();
    Task<> take(std::string line);
    Task<> carry(CallPtr call);
    Task<> send(CallPtr call);
    Task<> finish();
    Task<> until_answered();
    CallPtr find(std::string_view id) const;

    Client ends_;
    Writer writer_;
    Nursery* nursery_ = nullptr;
    std::list<CallPtr> calls_;
    std::size_t running_ = 0;
    std::size_t held_ = 0; ///< bytes of `calls_`
    Event fewer_;          ///< a call has ended
    Ending ending_ = Ending::nobody_reads;
};

std::unique_ptr<Conversation> make_streamable(const asio::any_io_executor& executor, Server server, Client client,
                                              Limits limits);
std::unique_ptr<Conversation> make_sse(const asio::any_io_executor& executor, Server server, Client client,
                                       Limits limits);

/// What an HTTP status that is no success means to a user.
Error refused(int status, const http::Endpoint& endpoint);

} // namespace thv::relay
