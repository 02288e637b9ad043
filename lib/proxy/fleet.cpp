// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/fleet.hpp"

#include "io/log.hpp"
#include "io/race.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <utility>

namespace thv::proxy {

namespace {

constexpr auto pause_after_failure = std::chrono::seconds{2};
constexpr auto patience_for_era = std::chrono::seconds{5};
constexpr auto patience_for_idle = std::chrono::minutes{1};
constexpr auto patience_for_greeting = std::chrono::seconds{30};
constexpr auto pause_in_translation = std::chrono::minutes{1}; // of servers that bear one process only
constexpr unsigned bits_for_sessions = 40;                     // of one link

bool is_idle(const mcp::Bridge& bridge) {
    return bridge.in_flight() + bridge.waiting() == 0;
}

} // namespace

struct Fleet::Process {
    Process(const asio::any_io_executor& executor, Clients& clients, const mcp::BridgeLimits& limits,
            std::uint64_t which, const mcp::ToolView& view, Use wanted)
        : number(which)
        , use(wanted)
        , link(clients, limits, which << bits_for_sessions)
        , viewed(view, limits.line_bytes)
        , pending(executor)
        , over(executor) {}

    bool greets() const { return link.bridge().state() == mcp::Bridge::State::greeting; }
    bool has_answered() const { return !link.bridge().server_result().empty(); }
    bool idle() const { return is_idle(link.bridge()); }

    const std::uint64_t number;
    const Use use;
    Link link;
    mcp::ViewedServer viewed;
    bool running = false;
    Time used = {}; ///< when it was last seen to do something
    std::unique_ptr<Stdio> stdio;
    Event pending; ///< there are bytes for it
    Event over;    ///< it is not needed any more
};

Fleet::Fleet(const asio::any_io_executor& executor, const Options& options, Clients& clients, Link& shared, Ends ends)
    : executor_(executor)
    , options_(options)
    , clients_(clients)
    , shared_(shared)
    , ends_(std::move(ends))
    , view_(options.tools, options.tool_changes) {}

Fleet::~Fleet() = default;

std::size_t Fleet::in_flight() const {
    std::size_t open = 0;
    for (const auto& [link, process] : processes_)
        open += link->bridge().in_flight();
    return open;
}

std::size_t Fleet::waiting() const {
    std::size_t open = 0;
    for (const auto& [link, process] : processes_)
        open += link->bridge().waiting();
    return open;
}

Task<> Fleet::run() {
    co_await with_nursery([this](Nursery& nursery) { return hold(nursery); });
}

Task<> Fleet::hold(Nursery& nursery) {
    nursery_ = &nursery;
    keep_spare();
    co_await forever();
}

void Fleet::allow(SpawnProcess spawn) {
    spawn_ = std::move(spawn);
    era_ = Era::unknown;
    translates_from_ = {};
    keep_spare();
}

void Fleet::forbid() {
    spawn_ = nullptr;
    era_ = Era::unknown;
    for (const auto& [link, process] : processes_)
        process->over.set();
    serve_waiting();
}

void Fleet::tick(Time now) {
    now_ = now;
    if (trouble_.empty() || now - failed_at_ >= pause_after_failure) keep_spare();
    for (const auto& [link, process] : processes_)
        link->bridge().tick(now);
    end_idle();
    if (!waiting_.empty() && shared_.bridge().state() != mcp::Bridge::State::greeting) serve_waiting();
    if (era_ != Era::asked || now - asked_at_ < patience_for_era) return;
    era_ = Era::legacy; // as the protocol has it for a server that says nothing
    if (modern_) modern_->over.set();
    serve_waiting();
}

std::size_t Fleet::own_processes() const {
    return processes_.size() - (modern_ ? 1 : 0) - (spare_ ? 1 : 0);
}

/// It is to be started when it is where it is looked for, for it may have ended when that returns.
std::shared_ptr<Fleet::Process> Fleet::add(Use use) {
    const auto process = std::make_shared<Process>(executor_, clients_, options_.bridge, ++started_, view_, use);
    process->used = now_;
    process->link.on_output([weak = std::weak_ptr{process}] {
        if (const auto self = weak.lock()) self->pending.set();
    });
    // The streams on which clients hear of it are those of the container's own process.
    if (use == Use::translation)
        process->link.on_list_changed([this](mcp::Method list) { shared_.bridge().list_changed_elsewhere(list); });
    processes_.emplace(&process->link, process);
    return process;
}

void Fleet::keep_spare() {
    if (options_.isolation != Isolation::per_session || spare_ || !spawn_ || nullptr == nursery_) return;
    if (own_processes() >= options_.processes) return;
    // What could be started is known once the container's own process has answered.
    if (shared_.bridge().state() != mcp::Bridge::State::ready) return;
    spare_ = add(Use::session);
    nursery_->start(live(spare_));
}

Processes::Choice Fleet::for_session() {
    if (options_.isolation == Isolation::shared) return {.link = &shared_};
    if (!spawn_ || nursery_ == nullptr) return {.why = "the server is not running"};
    if (shared_.bridge().state() == mcp::Bridge::State::greeting) return {.later = true};
    if (own_processes() >= options_.processes) {
        if (make_room()) return {.later = true};
        return {.why = "too many processes of the server are in use"};
    }
    // Not a new attempt for every request.
    if (!trouble_.empty() && now_ - failed_at_ < pause_after_failure) return {.why = trouble_};
    keep_spare();
    if (!spare_) return {.why = trouble_.empty() ? std::string_view{"the server is not running"} : trouble_};
    if (!spare_->running) return {.later = true};
    const auto process = std::exchange(spare_, nullptr);
    keep_spare();
    return {.link = &process->link};
}

Processes::Choice Fleet::for_modern(const mcp::Message& request) {
    const auto& bridge = shared_.bridge();
    if (bridge.state() != mcp::Bridge::State::ready || bridge.era() == mcp::Era::modern) return {.link = &shared_};
    if (era_ == Era::modern && modern_) return {.link = &modern_->link};
    if (era_ == Era::legacy) return for_translation(request);
    if (!spawn_ || nursery_ == nullptr) return {.link = &shared_};
    if (era_ != Era::asked) {
        era_ = Era::asked;
        asked_at_ = now_;
        modern_ = add(Use::modern);
        nursery_->start(live(modern_));
    }
    return {.later = true};
}

/// One that is doing nothing; or, for the second half of a request, the one that holds the first half.
Processes::Choice Fleet::for_translation(const mcp::Message& request) {
    if (options_.isolation == Isolation::shared || !spawn_ || nursery_ == nullptr) return {.link = &shared_};
    // Answered by the bridge, and about what the container's own process does.
    if (request.method == mcp::Method::discover || request.method == mcp::Method::listen) return {.link = &shared_};
    const auto state = mcp::unquote(mcp::member(request.params, "requestState"));
    if (state && shared_.bridge().holds(*state)) return {.link = &shared_};
    std::size_t greeting = 0;
    for (const auto& [link, process] : processes_) {
        if (process->use != Use::translation) continue;
        if (state && link->bridge().holds(*state)) return {.link = link};
        if (!process->running || process->greets()) ++greeting;
    }
    if (auto* const idle = idle_link()) return {.link = idle};
    // Each of those that wait has one already that is being started.
    if (greeting > waiting_.size()) return {.later = true};
    if (now_ < translates_from_ || own_processes() >= options_.processes) return {.link = &shared_};
    nursery_->start(live(add(Use::translation)));
    return {.later = true};
}

/// The container's own one first, and then the oldest, so that what one client does in turn is done by one process.
Link* Fleet::idle_link() {
    if (is_idle(shared_.bridge())) return &shared_;
    std::shared_ptr<Process> oldest;
    for (const auto& [link, process] : processes_) {
        const bool free = process->use == Use::translation && process->idle() && !process->over.is_set() &&
                          link->bridge().state() == mcp::Bridge::State::ready;
        if (free && (!oldest || process->number < oldest->number)) oldest = process;
    }
    return oldest ? &oldest->link : nullptr;
}

/// Ends a process that could be anybody's, for a session that needs one of its own.
bool Fleet::make_room() {
    for (const auto& [link, process] : processes_) {
        if (process->use != Use::translation || !process->idle()) continue;
        process->over.set();
        return true;
    }
    return false;
}

/// Those that translate and have had nothing to do for a while, or have never answered.
void Fleet::end_idle() {
    for (const auto& [link, process] : processes_) {
        if (process->use != Use::translation) continue;
        const bool greets = process->running && process->greets();
        if (!greets && !process->idle()) process->used = now_;
        if (now_ - process->used >= (greets ? Duration{patience_for_greeting} : Duration{patience_for_idle}))
            process->over.set();
    }
}

void Fleet::give_back(Link& link) {
    const auto found = processes_.find(&link);
    if (found == processes_.end()) return;
    if (found->second->use == Use::session) found->second->over.set();
    found->second->used = now_;
}

void Fleet::serve_waiting() {
    // Not from within whatever has brought the news.
    asio::post(executor_, [this, alive = std::weak_ptr{alive_}] {
        if (alive.expired()) return;
        for (auto* const visit : std::exchange(waiting_, {}))
            ends_.serve(*visit);
    });
}

Task<> Fleet::live(std::shared_ptr<Process> process) {
    std::string reason = "the process has ended";
    try {
        process->stdio = co_await spawn_();
        if (process->stdio) co_await carry(process);
        if (!process->stdio) reason = "the server's container is not reached directly, so it has one process only";
    } catch (const Error& error) {
        reason = error.message();
        log::warn("a process of the server: {}", reason);
    }
    process->link.bridge().child_gone(reason);
    if (process->use == Use::translation && !process->has_answered()) translates_from_ = now_ + pause_in_translation;
    if (process->running) trouble_.clear();
    if (!process->running) {
        trouble_ = reason;
        failed_at_ = now_;
    }
    end(process);
}

Task<> Fleet::carry(std::shared_ptr<Process> process) {
    process->running = true;
    auto& bridge = process->link.bridge();
    if (process->use == Use::session)
        bridge.child_lent();
    else
        bridge.child_connected(process->use == Use::modern ? mcp::Era::modern : mcp::Era::legacy);
    serve_waiting();
    co_await first_of(from_server(process), to_server(process), process->over.wait());
}

Task<> Fleet::to_server(std::shared_ptr<Process> process) {
    while (true) {
        co_await process->pending.wait();
        process->pending.reset();
        auto batch = process->link.take_output();
        if (view_.active()) {
            batch = process->viewed.to_server(batch);
            if (const auto answers = process->viewed.take_answers(); !answers.empty()) take_in(*process, answers);
        }
        if (!batch.empty()) co_await process->stdio->write(std::move(batch));
    }
}

Task<> Fleet::from_server(std::shared_ptr<Process> process) {
    while (true) {
        auto chunk = co_await process->stdio->read();
        if (chunk.bytes.empty()) co_return;
        if (chunk.to_stderr) continue;
        take_in(*process, view_.active() ? process->viewed.from_server(chunk.bytes) : chunk.bytes);
    }
}

void Fleet::take_in(Process& process, std::string_view bytes) {
    const bool greeted = process.use == Use::translation && process.greets();
    process.link.bridge().child_bytes(bytes);
    if (greeted && !process.greets()) serve_waiting();
    if (process.use == Use::modern && era_ == Era::asked) learn(process);
}

void Fleet::learn(Process& process) {
    const auto state = process.link.bridge().state();
    if (state == mcp::Bridge::State::greeting) return;
    era_ = state == mcp::Bridge::State::ready ? Era::modern : Era::legacy;
    if (era_ == Era::legacy) process.over.set();
    serve_waiting();
}

void Fleet::end(const std::shared_ptr<Process>& process) {
    if (process->stdio) process->stdio->close();
    if (process == spare_) spare_.reset();
    if (process == modern_) {
        modern_.reset();
        // A process that could not even be started is not tried again for every request.
        if (era_ == Era::asked) era_ = Era::legacy;
        if (era_ == Era::modern) era_ = Era::unknown;
    }
    ends_.ended(process->link);
    processes_.erase(&process->link);
    serve_waiting();
}

} // namespace thv::proxy
