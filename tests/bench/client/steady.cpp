// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp.hpp"
#include "modes.hpp"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <stdexcept>

namespace bench {
namespace {

constexpr auto last_answers = std::chrono::seconds{10};

struct Caller {
    Connection connection = {};
    std::uint64_t number = 0;
    Clock::time_point sent = {};
    bool waiting = false;
};

class SteadyRun {
public:
    SteadyRun(const Steady& wanted, std::string session)
        : wanted_(wanted)
        , words_(wanted.place, std::move(session))
        , callers_(wanted.connections) {}

    void run();
    void print();

private:
    void call(Caller& caller);
    void work(Caller& caller);

    const Steady& wanted_;
    Words words_;
    Poll poll_;
    std::deque<Caller> callers_;
    Latencies latencies_;
    std::uint64_t numbers_ = 0;
    std::size_t waiting_ = 0;
    std::size_t wrong_ = 0, refused_ = 0, failed_ = 0;
    bool over_ = false;
    double took_ = 0;
    double cpu_ = 0;
};

void SteadyRun::call(Caller& caller) {
    if (over_) return;
    if (!caller.connection.is_open()) caller.connection.open(poll_, wanted_.place);
    caller.number = ++numbers_;
    caller.sent = Clock::now();
    caller.waiting = true;
    ++waiting_;
    caller.connection.send(words_.call(caller.number));
}

void SteadyRun::work(Caller& caller) {
    const auto state = caller.connection.work();
    if (state == Connection::State::open || !caller.waiting) return;
    caller.waiting = false;
    --waiting_;
    const auto found =
        state == Connection::State::whole ? verdict(caller.connection.answer(), caller.number) : Verdict::failed;
    if (found == Verdict::right && !over_) latencies_.add(Clock::now() - caller.sent);
    if (found == Verdict::wrong) ++wrong_;
    if (found == Verdict::refused) ++refused_;
    if (found == Verdict::failed) ++failed_;
    if (state == Connection::State::whole) caller.connection.next();
    call(caller);
}

void SteadyRun::run() {
    const auto visit = [this](void* owner) {
        const auto* const connection = static_cast<Connection*>(owner);
        const auto same = [&](const Caller& caller) { return &caller.connection == connection; };
        const auto caller = std::ranges::find_if(callers_, same);
        if (caller != callers_.end()) work(*caller);
    };
    const auto cpu = own_cpu();
    const auto begun = Clock::now();
    const auto end = after(wanted_.time);
    for (auto& caller : callers_)
        call(caller);
    while (Clock::now() < end)
        poll_.wait(end, visit);
    took_ = seconds_since(begun);
    cpu_ = own_cpu() - cpu;
    over_ = true;
    const auto last = Clock::now() + last_answers;
    while (waiting_ != 0 && Clock::now() < last)
        poll_.wait(last, visit);
}

void SteadyRun::print() {
    std::printf(R"({"calls":%zu,"rate":%.1f,"p50":%.4f,"p99":%.4f,"wrong":%zu,"refused":%zu,"failed":%zu,"lost":%zu,)"
                R"("client_busy":%.3f})"
                "\n",
                latencies_.count(), static_cast<double>(latencies_.count()) / took_, latencies_.percentile(0.5),
                latencies_.percentile(0.99), wrong_, refused_, failed_, waiting_, cpu_ / took_);
}

} // namespace

void run_steady(const Steady& wanted) {
    const auto opened = open_session(wanted.place, Clock::now() + last_answers);
    if (!opened.session) throw std::runtime_error("no session: HTTP status " + std::to_string(opened.status));
    SteadyRun run{wanted, *opened.session};
    run.run();
    run.print();
}

double Latencies::percentile(double share) {
    if (list_.empty()) return 0;
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(list_.size() - 1));
    std::ranges::nth_element(list_, list_.begin() + place);
    return std::chrono::duration<double, std::milli>(list_[static_cast<std::size_t>(place)]).count();
}

} // namespace bench
