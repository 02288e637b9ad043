// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/engine_foreground.hpp"

#include "io/log.hpp"
#include "remote/access.hpp"
#include "store/readiness.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <unistd.h>

namespace thv::commands {

using namespace std::chrono_literals;

namespace {

/// Tells whoever started this process; that it does not listen any more is no failure of the workload.
void tell(Launched& launched, const std::string& line) {
    if (!launched.report_to) return;
    if (::write(launched.report_to->get(), line.data(), line.size()) < 0)
        log::warn("the command that started this supervisor is gone");
    launched.report_to.reset();
}

} // namespace

Task<int> EngineForeground::supervise(WorkloadName name) {
    log::start(parts_.debug ? log::Level::debug : log::Level::info);
    auto launched = Launched::from(parts_.environment);
    proxy::Supervisor supervisor{parts_.supervisor,
                                 {.name = name.str(),
                                  .patience = launched.patience.value_or(5min),
                                  .restart = true,
                                  .output = {},
                                  .on_ready =
                                      [&launched](const std::string& url) {
                                          log::info("serving {}", url);
                                          tell(launched, ready_line(url));
                                      },
                                  .environment = parts_.environment}};
    try {
        // Whoever has started this process has looked already.
        if (!launched.report_to) require_secrets(name.str());
        const int code = co_await supervisor.run();
        co_return code;
    } catch (const Error& error) {
        tell(launched, failure_line(error));
        throw;
    }
}

void EngineForeground::require_secrets(const std::string& name) {
    const auto config = parts_.supervisor.run_configs.load(name);
    if (config) static_cast<void>(parts_.supervisor.secrets.values(remote::secret_names(*config)));
}

Task<> EngineForeground::create(RunConfig config, Progress progress) {
    const auto name = key(config);
    const auto operation = co_await parts_.supervisor.supervisors.begin_operation(name, 30s);
    co_await parts_.lifecycle.prepare(std::move(config), std::move(progress));
}

Task<> EngineForeground::erase(std::string name) {
    const auto operation = co_await parts_.supervisor.supervisors.begin_operation(name, 60s);
    co_await parts_.lifecycle.erase(name, 0s);
}

Task<int> EngineForeground::run(RunConfig config, Duration patience, Progress progress,
                                std::function<void(std::string_view url)> ready) {
    const auto name = key(config);
    co_await create(std::move(config), std::move(progress));
    proxy::Supervisor supervisor{parts_.supervisor,
                                 {.name = name,
                                  .patience = patience,
                                  .restart = false,
                                  .output = [this](std::string_view line) { parts_.console.say(line); },
                                  .on_ready = [&ready](const std::string& url) { ready(url); },
                                  .environment = parts_.environment}};
    std::exception_ptr failure;
    int code = 0;
    try {
        code = co_await supervisor.run();
    } catch (...) {
        failure = std::current_exception();
    }
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    const bool interrupted = cancellation.cancelled() != asio::cancellation_type::none;
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await erase(name);
    if (failure) std::rethrow_exception(failure);
    if (interrupted) throw boost::system::system_error{asio::error::operation_aborted};
    co_return code;
}

} // namespace thv::commands
