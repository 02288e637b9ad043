// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/args.hpp"
#include "cli/doc.hpp"
#include "cli/ports.hpp"
#include "io/task.hpp"

#include <memory>
#include <type_traits>

namespace thv::cli {

/// A command with its options bound, ready to run.
class Bound {
public:
    virtual ~Bound() = default;
    virtual Args& args() = 0;
    /// The exit code. The command and the ports must outlive the task.
    virtual Task<int> run(const Ports& ports) const = 0;
};

/// Calls a command's run() with the ports that its parameters name.
template <typename C, typename R, typename... P>
Task<R> call(const C& command, Task<R> (C::*run)(P...) const, const Ports& ports) {
    return (command.*run)(argument_from<P>(ports)...);
}

/// What the command table holds: a command is a struct with `static constexpr Doc doc`, `void declare(Args&)` and
/// `Task<> run(…) const` or `Task<int> run(…) const`, whose parameters are the ports that it needs.
struct Entry {
    const Doc* doc;
    std::unique_ptr<Bound> (*make)();
};

namespace detail {

template <typename C>
class BoundCommand final : public Bound {
public:
    BoundCommand() { command_.declare(args_); }
    BoundCommand(const BoundCommand&) = delete; // the args point into the command
    BoundCommand& operator=(const BoundCommand&) = delete;
    Args& args() override { return args_; }
    Task<int> run(const Ports& ports) const override {
        auto task = call(command_, &C::run, ports);
        if constexpr (std::is_same_v<decltype(task), Task<int>>) {
            co_return co_await std::move(task);
        } else {
            co_await std::move(task);
            co_return 0;
        }
    }

private:
    C command_;
    Args args_;
};

} // namespace detail

template <typename C>
constexpr Entry command() {
    return {&C::doc, []() -> std::unique_ptr<Bound> { return std::make_unique<detail::BoundCommand<C>>(); }};
}

} // namespace thv::cli
