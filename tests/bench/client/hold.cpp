// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp.hpp"
#include "modes.hpp"

#include <cstdio>
#include <deque>
#include <iostream>
#include <string>
#include <unordered_set>
#include <vector>

namespace bench {
namespace {

/// At once, each for one session: enough to keep the proxy busy.
constexpr std::size_t openers = 16;

class Opener {
public:
    Connection connection = {};
    std::string session = {};
    enum class Step { greeting, noting, idle } step = Step::idle;
};

class HoldRun {
public:
    explicit HoldRun(const Hold& wanted)
        : wanted_(wanted) {}

    void open_sessions();
    void open_streams();
    void print(const char* what, std::size_t count) const;
    std::size_t sessions() const { return sessions_.size(); }
    std::size_t streams() const { return streaming_; }

private:
    void begin(Opener& opener);
    void work(Opener& opener);
    void step(Opener& opener, Connection::State state);
    bool settled(Connection& stream);
    void open_some_streams(Clock::time_point until);

    const Hold& wanted_;
    Poll poll_;
    std::vector<std::string> sessions_;
    std::size_t begun_ = 0;
    std::size_t busy_ = 0;
    std::deque<Connection> streams_;
    std::size_t streaming_ = 0;
    int refusal_ = 0; ///< the first status that was no success
    double took_ = 0;
};

void HoldRun::begin(Opener& opener) {
    opener.step = Opener::Step::idle;
    if (begun_ == wanted_.sessions || refusal_ != 0) return;
    ++begun_;
    ++busy_;
    if (!opener.connection.is_open()) opener.connection.open(poll_, wanted_.place);
    opener.step = Opener::Step::greeting;
    opener.connection.send(Words{wanted_.place}.initialize());
}

void HoldRun::work(Opener& opener) {
    if (opener.step == Opener::Step::idle) return;
    const auto state = opener.connection.work();
    if (state != Connection::State::open) step(opener, state);
}

void HoldRun::step(Opener& opener, Connection::State state) {
    auto& answer = opener.connection.answer();
    const int status = state == Connection::State::whole ? answer.status() : -1;
    const bool good = status == 200 || status == 202;
    if (!good && refusal_ == 0) refusal_ = status;
    if (good && opener.step == Opener::Step::greeting) {
        opener.session = answer.session();
        opener.connection.next();
        if (!opener.connection.is_open()) opener.connection.open(poll_, wanted_.place);
        opener.step = Opener::Step::noting;
        return opener.connection.send(Words{wanted_.place, opener.session}.initialized());
    }
    if (good) sessions_.push_back(opener.session);
    if (state == Connection::State::whole) opener.connection.next();
    --busy_;
    begin(opener);
}

void HoldRun::open_sessions() {
    std::deque<Opener> all(openers);
    const auto begun = Clock::now();
    const auto until = after(wanted_.patience);
    for (auto& opener : all)
        begin(opener);
    while (busy_ != 0 && Clock::now() < until) {
        poll_.wait(until, [&](void* owner) {
            for (auto& opener : all)
                if (&opener.connection == owner) work(opener);
        });
    }
    took_ = seconds_since(begun);
}

/// Reads the head of a stream's answer; true when there is one, or never will be.
bool HoldRun::settled(Connection& stream) {
    const auto state = stream.work();
    if (state == Connection::State::open && !stream.answer().head_done()) return false;
    const int status = state == Connection::State::closed ? -1 : stream.answer().status();
    if (state == Connection::State::open && status == 200)
        ++streaming_;
    else if (refusal_ == 0)
        refusal_ = status;
    return true;
}

void HoldRun::open_some_streams(Clock::time_point until) {
    constexpr std::size_t at_once = 64;
    std::unordered_set<void*> waiting;
    while (waiting.size() < at_once && streams_.size() < sessions_.size()) {
        auto& stream = streams_.emplace_back();
        stream.open(poll_, wanted_.place);
        stream.send(Words{wanted_.place, sessions_[streams_.size() - 1]}.listen());
        waiting.insert(&stream);
    }
    while (!waiting.empty() && Clock::now() < until) {
        poll_.wait(until, [&](void* owner) {
            if (waiting.contains(owner) && settled(*static_cast<Connection*>(owner))) waiting.erase(owner);
        });
    }
}

void HoldRun::open_streams() {
    const auto begun = Clock::now();
    const auto until = after(wanted_.patience);
    refusal_ = 0;
    while (streams_.size() < sessions_.size() && refusal_ == 0 && Clock::now() < until)
        open_some_streams(until);
    took_ = seconds_since(begun);
}

void HoldRun::print(const char* what, std::size_t count) const {
    std::printf(R"({"%s":%zu,"refusal":%d,"seconds":%.3f})"
                "\n",
                what, count, refusal_, took_);
    std::fflush(stdout);
}

} // namespace

void run_hold(const Hold& wanted) {
    HoldRun run{wanted};
    std::string line;
    run.open_sessions();
    run.print("sessions", run.sessions());
    if (!std::getline(std::cin, line)) return;
    run.open_streams();
    run.print("streams", run.streams());
    std::getline(std::cin, line);
}

} // namespace bench
