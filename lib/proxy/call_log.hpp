// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/server.hpp"
#include "mcp/ending.hpp"
#include "proxy/audit_file.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace thv::proxy {

class Exposition;

/// What is written down of calls, and where. The kinds are upstream's (see thv::audit_kind).
struct AuditOptions {
    std::shared_ptr<AuditFile> file; ///< null: nothing is
    std::string component = {};      ///< as lines name it; empty: they do not
    std::set<std::string, std::less<>> only = {};
    std::set<std::string, std::less<>> except = {};
};

/// Whose request it is.
struct Caller {
    std::string_view principal; ///< as in http::Visit
    std::string_view session;   ///< the identifier that the client sent; only its digest is written down
};

/// Counts clients' requests, measures how long they take, and writes an audit line about each: when, what, who, with
/// which end; never what was in it. What is counted apart is bounded, whatever clients send.
class CallLog {
public:
    explicit CallLog(AuditOptions audit = {});
    /// Requests that have no end yet have not got any answer.
    ~CallLog();
    CallLog(const CallLog&) = delete;
    CallLog& operator=(const CallLog&) = delete;

    /// A request has come; the result names it until its end, and is never none.
    mcp::Watch began(const Caller& caller, const mcp::Message& request);
    /// The same for one that cannot be read here but perhaps by the server. It is written down whatever was chosen, or
    /// clients could hide calls from the log.
    mcp::Watch began_unreadable(const Caller& caller);
    void ended(mcp::Watch call, const mcp::Ending& ending);
    /// It is to be told of by `turned_away` instead.
    void forget(mcp::Watch call);
    /// A request was answered by us, with an HTTP status of its own, before it could become a call. `answer` is a
    /// JSON-RPC error whose message says why.
    void turned_away(const http::Visit& visit, int status, std::string_view answer);
    /// The same for what was no complete request of HTTP.
    void turned_away(int status);
    /// The client of a request went away before it could become a call.
    void gave_up(const http::Visit& visit);

    /// How many have begun and not ended.
    std::size_t open() const { return calls_.size() - free_.size(); }
    void expose(Exposition& exposition) const;

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::array<double, 14> bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                   0.025,  0.05,    0.1,    0.25,  1,      5,     30}; ///< seconds
    static constexpr std::size_t methods = 21; ///< with the place of all others
    using Ends = std::array<std::uint64_t, mcp::outcomes>;
    struct Series {
        Ends ends{};
        std::array<std::uint64_t, bounds.size() + 1> buckets{};
        double seconds = 0;
    };
    struct Call {
        Clock::time_point begin;
        Ends* tool = nullptr; ///< of a tool that is counted apart already
        std::uint32_t age = 0;
        std::uint8_t method = 0;
        bool open = false;
        bool audited = false;
        std::string name = {}; ///< of the tool, prompt or resource, raw
        std::string method_name = {};
        std::string principal = {};
        std::string session = {};
    };

    mcp::Watch add(const Caller& caller, std::size_t method, std::string_view method_name, bool audited);
    Call* find(mcp::Watch call);
    void release(Call& call);
    void count(const Call& call, const mcp::Ending& ending, double seconds);
    void count_tool(const Call& call, mcp::CallEnd outcome);
    bool audits(std::size_t method) const { return audit_.file && audited_[method]; }
    void write(const Call& call, const mcp::Ending& ending, double seconds);
    Call described(const http::Visit& visit) const;
    void expose_tools(Exposition& exposition) const;

    AuditOptions audit_;
    std::array<bool, methods + 1> audited_{}; ///< the last one: what is no call
    std::vector<Call> calls_;
    std::vector<std::uint32_t> free_; ///< places in `calls_`
    std::array<Series, methods> series_{};
    std::map<std::string, Ends, std::less<>> tools_; ///< by name
    Ends other_tools_{};
    std::map<int, std::uint64_t> turned_away_;
    std::string line_;
};

} // namespace thv::proxy
