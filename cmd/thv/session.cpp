// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/session.hpp"

#include <optional>
#include <utility>

namespace thv::commands {

struct Session::Parts {
    Environment environment;
    cli::Globals globals;
    std::optional<Paths> paths;
};

namespace {

template <typename Capability>
Error not_built_in() {
    return Error{Fault::unsupported, fmt::format("{} needs an engine, and this build has none", Capability::noun)};
}

} // namespace

Session::Session(Environment environment, cli::Globals globals)
    : parts_(std::make_unique<Parts>(std::move(environment), globals, std::nullopt)) {}

Session::~Session() = default;

const Environment& Session::environment() const {
    return parts_->environment;
}

const Paths& Session::paths() {
    if (!parts_->paths) parts_->paths = Paths::from(parts_->environment);
    return *parts_->paths;
}

Query& Session::query() {
    throw not_built_in<Query>();
}

Lifecycle& Session::lifecycle() {
    throw not_built_in<Lifecycle>();
}

Logs& Session::logs() {
    throw not_built_in<Logs>();
}

Grouping& Session::grouping() {
    throw not_built_in<Grouping>();
}

Foreground& Session::foreground() {
    throw not_built_in<Foreground>();
}

Probes& Session::probes() {
    throw not_built_in<Probes>();
}

} // namespace thv::commands
