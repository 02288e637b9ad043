// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/stdio_frontend.hpp"

#include "io/deadline.hpp"
#include "io/log.hpp"
#include "io/race.hpp"
#include "proxy/admission.hpp"

namespace thv::proxy {

using namespace std::chrono_literals;

StdioFrontend::StdioFrontend(const asio::any_io_executor& executor, Containers& containers, const RunConfig& config,
                             OutputSink output)
    : containers_(containers)
    , proxy_(executor, gated_options(executor, config, Environment::of_process()))
    , stderr_lines_(std::move(output))
    , attached_(executor)
    , pending_(executor) {}

std::function<void(std::string)> StdioFrontend::writer() {
    return [this](const std::string& bytes) {
        queue_ += bytes;
        if (!pending_.is_set()) pending_.set();
    };
}

Task<> StdioFrontend::attach(std::string container_id) {
    stdio_ = co_await containers_.attach(container_id);
    queue_.clear();
    attached_.set();
    proxy_.connect_child(writer());
    proxy_.allow_spawn([this, container_id] { return containers_.spawn(container_id); });
}

Task<> StdioFrontend::resume(std::string container_id, std::string handover) {
    stdio_ = co_await containers_.attach(container_id);
    queue_.clear();
    attached_.set();
    proxy_.allow_spawn([this, container_id] { return containers_.spawn(container_id); });
    proxy_.adopt_child(writer(), std::move(handover));
}

Task<> StdioFrontend::ready(Duration patience) {
    co_await attached_.wait();
    co_await proxy_.initialized(patience);
}

void StdioFrontend::down(std::string reason) {
    attached_.reset();
    proxy_.child_gone(std::move(reason));
    queue_.clear();
    stderr_lines_.flush();
    if (stdio_) stdio_->close();
    stdio_.reset();
}

Task<> StdioFrontend::carry(std::string container_id) {
    if (!stdio_) {
        const auto attached = co_await reattach(container_id);
        if (!attached) co_return co_await forever();
    }
    co_await first_of(from_server(std::move(container_id)), to_server());
}

Task<> StdioFrontend::to_server() {
    while (true) {
        co_await pending_.wait();
        pending_.reset();
        auto batch = std::exchange(queue_, {});
        if (batch.empty()) continue;
        const auto stdio = stdio_; // another one may take its place meanwhile
        try {
            co_await stdio->write(std::move(batch));
        } catch (const Error& error) {
            // The reader sees the same break and attaches anew; what was in flight is failed there.
            log::warn("writing to the server failed: {}", error.message());
        }
    }
}

Task<> StdioFrontend::read_until_broken() {
    while (true) {
        auto chunk = co_await stdio_->read();
        if (chunk.bytes.empty()) co_return;
        if (chunk.to_stderr)
            stderr_lines_.feed(chunk.bytes);
        else
            proxy_.child_stdout(chunk.bytes);
    }
}

Task<> StdioFrontend::from_server(std::string container_id) {
    while (true) {
        try {
            co_await read_until_broken();
        } catch (const Error& error) {
            log::warn("reading from the server failed: {}", error.message());
        }
        // Most often the server has ended, which the supervisor is about to learn from the engine.
        if (stdio_->direct()) co_return co_await without_output();
        const auto attached = co_await reattach(container_id);
        if (!attached) co_return co_await forever();
    }
}

/// There is no other stream to a server that has closed its stdout; it may still run.
Task<> StdioFrontend::without_output() {
    co_await sleep_for(1s);
    proxy_.child_gone("it has closed its stdout");
    co_await forever();
}

/// A new stream to a container that still runs; false when it does not, or when the engine does not give one.
Task<bool> StdioFrontend::reattach(std::string container_id) {
    Duration pause = 100ms;
    for (int attempt = 0; attempt < 8; ++attempt) {
        co_await sleep_for(pause);
        pause *= 2;
        try {
            const auto info = co_await containers_.inspect(container_id);
            if (!info || !info->running()) co_return false;
            if (stdio_) stdio_->close(); // so that a write in progress ends
            stdio_ = co_await containers_.attach(container_id);
            queue_.clear();
            attached_.set();
            proxy_.reconnect_child(writer(), "the stream to the server broke and was opened again");
            proxy_.allow_spawn([this, container_id] { return containers_.spawn(container_id); });
            log::info("attached to the server again");
            co_return true;
        } catch (const Error& error) {
            log::warn("attaching again failed: {}", error.message());
        }
    }
    co_return false;
}

} // namespace thv::proxy
