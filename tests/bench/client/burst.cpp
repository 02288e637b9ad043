// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp.hpp"
#include "modes.hpp"

#include <cstdio>
#include <deque>
#include <stdexcept>
#include <string>
#include <unordered_map>

namespace bench {
namespace {

constexpr std::size_t connecting_at_once = 100; // a backlog of the system's default size takes them

struct Caller {
    Connection connection = {};
    std::uint64_t number = 0;
    bool there = false; ///< connected
    bool over = false;
};

class BurstRun {
public:
    BurstRun(const Burst& wanted, std::string session)
        : wanted_(wanted)
        , words_(wanted.place, std::move(session))
        , callers_(wanted.calls) {}

    void connect_all();
    void call_all();
    void print();

private:
    void connect_some(std::size_t& next);
    void work(Caller& caller);

    const Burst& wanted_;
    Words words_;
    Poll poll_;
    std::deque<Caller> callers_;
    std::unordered_map<const void*, Caller*> by_connection_;
    Latencies latencies_;
    std::size_t right_ = 0, wrong_ = 0, refused_ = 0, failed_ = 0, unconnected_ = 0, open_ = 0;
    double took_ = 0;
};

void BurstRun::connect_some(std::size_t& next) {
    const auto until = Clock::now() + std::chrono::seconds{10};
    std::size_t waiting = 0;
    for (; next < callers_.size() && waiting < connecting_at_once; ++next, ++waiting) {
        callers_[next].connection.open(poll_, wanted_.place);
        by_connection_.emplace(&callers_[next].connection, &callers_[next]);
    }
    while (waiting != 0 && poll_.wait(until, [&](void* owner) {
        auto& caller = *by_connection_.at(owner);
        if (caller.there || !caller.connection.connected()) return;
        caller.there = true;
        --waiting;
    })) {
    }
}

void BurstRun::connect_all() {
    for (std::size_t next = 0; next < callers_.size();)
        connect_some(next);
}

void BurstRun::work(Caller& caller) {
    const auto state = caller.connection.work();
    if (caller.over || state == Connection::State::open) return;
    caller.over = true;
    --open_;
    const auto found =
        state == Connection::State::whole ? verdict(caller.connection.answer(), caller.number) : Verdict::failed;
    if (found == Verdict::right) ++right_;
    if (found == Verdict::wrong) ++wrong_;
    if (found == Verdict::refused) ++refused_;
    if (found == Verdict::failed) ++failed_;
}

void BurstRun::call_all() {
    const auto begun = Clock::now();
    const auto until = after(wanted_.patience);
    std::uint64_t number = 0;
    for (auto& caller : callers_) {
        caller.number = ++number;
        if (caller.there && caller.connection.is_open()) {
            ++open_;
            caller.connection.send(words_.call(caller.number));
        } else {
            ++unconnected_;
            caller.over = true;
        }
    }
    while (open_ != 0 && Clock::now() < until) {
        poll_.wait(until, [this](void* owner) { work(*by_connection_.at(owner)); });
    }
    took_ = seconds_since(begun);
}

void BurstRun::print() {
    std::printf(R"({"calls":%zu,"right":%zu,"wrong":%zu,"refused":%zu,"failed":%zu,"unconnected":%zu,"lost":%zu,)"
                R"("seconds":%.3f})"
                "\n",
                callers_.size(), right_, wrong_, refused_, failed_, unconnected_, open_, took_);
}

} // namespace

void run_burst(const Burst& wanted) {
    const auto opened = open_session(wanted.place, Clock::now() + std::chrono::seconds{10});
    if (!opened.session) throw std::runtime_error("no session: HTTP status " + std::to_string(opened.status));
    BurstRun run{wanted, *opened.session};
    run.connect_all();
    run.call_all();
    run.print();
}

} // namespace bench
