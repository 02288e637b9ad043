// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/direct_stdio.hpp"

#include "core/error.hpp"
#include "io/log.hpp"
#include "io/race.hpp"

namespace thv::engine {

DirectStdio::DirectStdio(const asio::any_io_executor& executor, Setup setup, std::unique_ptr<AttachStream> attached)
    : executor_(executor)
    , setup_(std::move(setup))
    , attached_(std::move(attached))
    , decided_(executor) {
    if (setup_.link->first()->given) use_pipes();
}

void DirectStdio::use_pipes() {
    const auto& process = setup_.link->first();
    pipes_ = std::make_unique<PipeStdio>(executor_, setup_.link, process, LineMarks::open(setup_.marks, false));
    if (attached_) {
        attached_->follow_stderr([this](std::string bytes) {
            stderr_ = std::move(bytes);
            pipes_->interrupt();
        });
        wants_stderr_ = true;
    }
    decided_.set();
}

namespace {

Task<> known(std::shared_ptr<InitLink> link) {
    co_await link->decided().wait();
}

} // namespace

/// Init speaks to us before the server does anything, or writes to stderr that it cannot. So when something comes from
/// the engine while init has not been here, it will not come.
Task<> DirectStdio::decide() {
    const auto& link = setup_.link;
    if (!link->decided().is_set()) co_await first_of(known(link), attached_->readable());
    if (link->greeted()) co_await link->decided().wait();
    if (link->first()->given) {
        log::info("the server's stdin and stdout are connected directly");
        use_pipes();
        co_return;
    }
    if (setup_.required)
        throw Error{Fault::unsupported, "the container's init cannot reach its supervisor"}.hint(
            "leave --stdio direct out to go through the container engine");
    log::info("the server's stdin and stdout go through the container engine");
    decided_.set();
}

Task<Stdio::Chunk> DirectStdio::read() {
    if (!decided_.is_set()) co_await decide();
    if (!pipes_) {
        auto chunk = co_await attached_->read();
        co_return chunk;
    }
    while (true) {
        if (!stderr_.empty()) {
            wants_stderr_ = true;
            co_return Chunk{.to_stderr = true, .bytes = std::exchange(stderr_, {})};
        }
        if (std::exchange(wants_stderr_, false)) {
            attached_->next_stderr();
            if (!stderr_.empty()) continue; // it was there already
        }
        auto chunk = co_await pipes_->read();
        if (!chunk.bytes.empty() || !pipes_->interrupted() || closed_) co_return chunk;
    }
}

Task<> DirectStdio::write(std::string bytes) {
    co_await decided_.wait();
    if (pipes_)
        co_await pipes_->write(std::move(bytes));
    else
        co_await attached_->write(std::move(bytes));
}

void DirectStdio::close() {
    closed_ = true;
    decided_.set();
    if (pipes_) pipes_->close();
    if (attached_) attached_->close();
}

} // namespace thv::engine
