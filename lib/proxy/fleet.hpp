// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/event.hpp"
#include "io/nursery.hpp"
#include "io/task.hpp"
#include "mcp/tool_view.hpp"
#include "proxy/options.hpp"
#include "proxy/processes.hpp"
#include "workload/containers.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace thv::proxy {

/// Starts one more process of the server; null where that cannot be.
using SpawnProcess = std::function<Task<std::unique_ptr<Stdio>>()>;

/// The processes of a server beside its container's own one.
///
/// Where sessions are isolated there is one for each, with one in reserve. Requests of revision 2026-07-28 have no
/// session: where the server knows that revision, one further process speaks it with them all. Where it does not, they
/// are translated for the container's own process; where sessions are isolated, for one that is doing nothing else
/// until the request has its answer, so that it is certain whom it asks for input.
class Fleet final : public Processes {
public:
    using Time = std::chrono::steady_clock::time_point;
    struct Ends {
        std::function<void(Link&)> ended;        ///< the process has ended; the link lives until this returns
        std::function<void(http::Visit&)> serve; ///< see Processes::wait
    };

    /// What is referred to outlives the fleet.
    Fleet(const asio::any_io_executor& executor, const Options& options, Clients& clients, Link& shared, Ends ends);
    ~Fleet() override;

    /// Runs the processes until it is cancelled.
    Task<> run();
    /// There is a container in which `spawn` starts processes.
    void allow(SpawnProcess spawn);
    /// It is gone, with all processes in it.
    void forbid();
    void tick(Time now);
    /// Requests of clients that are not answered, of all processes.
    std::size_t open_calls() const { return in_flight() + waiting(); }
    std::size_t in_flight() const;
    std::size_t waiting() const;

    Link& shared() override { return shared_; }
    Choice for_session() override;
    Choice for_modern(const mcp::Message& request) override;
    void give_back(Link& link) override;
    void wait(http::Visit& visit) override { waiting_.push_back(&visit); }
    bool forget(http::Visit& visit) override { return std::erase(waiting_, &visit) != 0; }

private:
    struct Process;
    enum class Use : std::uint8_t { session, modern, translation };
    enum class Era : std::uint8_t { unknown, asked, modern, legacy };

    std::shared_ptr<Process> add(Use use);
    Choice for_translation(const mcp::Message& request);
    Link* idle_link();
    bool make_room();
    void end_idle();
    Task<> hold(Nursery& nursery);
    Task<> live(std::shared_ptr<Process> process);
    Task<> carry(std::shared_ptr<Process> process);
    Task<> to_server(std::shared_ptr<Process> process);
    Task<> from_server(std::shared_ptr<Process> process);
    void take_in(Process& process, std::string_view bytes);
    void learn(Process& process);
    void end(const std::shared_ptr<Process>& process);
    void keep_spare();
    void serve_waiting();
    std::size_t own_processes() const;

    asio::any_io_executor executor_;
    const Options& options_;
    Clients& clients_;
    Link& shared_;
    Ends ends_;
    const mcp::ToolView view_;
    Nursery* nursery_ = nullptr; ///< while it runs
    SpawnProcess spawn_;
    std::unordered_map<Link*, std::shared_ptr<Process>> processes_;
    std::shared_ptr<Process> modern_;
    std::shared_ptr<Process> spare_;
    Era era_ = Era::unknown;
    Time asked_at_;
    Time now_ = std::chrono::steady_clock::now();
    std::vector<http::Visit*> waiting_;
    std::string trouble_; ///< why the last process could not be started; empty when it could
    Time failed_at_;
    Time translates_from_;                                       ///< before, no process is started for translation
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); ///< for what is posted
    std::uint64_t started_ = 0;
};

} // namespace thv::proxy
