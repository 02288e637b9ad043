// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// What comes before anything of a new workload is made.
#include "engine/lifecycle.hpp"
#include "remote/contact.hpp"

#include <fmt/format.h>

namespace thv::engine {

namespace {

constexpr std::chrono::seconds first_patience{30};

} // namespace

Task<> Lifecycle::check_free(std::string name, bool remote) {
    if (ports_.run_configs.exists(name))
        throw Error{Fault::conflict, fmt::format("a workload named '{}' exists already", name)}.hint(
            fmt::format("choose another --name, or remove it with 'thv rm {}'", name));
    if (remote) co_return; // it needs no container, and there may be no engine
    const auto container = co_await ports_.containers.inspect(name);
    if (!container) co_return;
    if (container->managed())
        throw Error{Fault::conflict, fmt::format("a container named '{}' is left of an earlier workload", name)}.hint(
            fmt::format("remove it with 'thv rm {}'", name));
    throw Error{Fault::conflict, fmt::format("a container named '{}' exists that thv does not manage (image {})", name,
                                             container->image)}
        .hint("choose another --name");
}

Task<> Lifecycle::prepare(RunConfig config, Progress progress) {
    const auto name = key(config);
    try {
        co_await reserve(std::move(config), std::move(progress));
    } catch (...) {
        if (!known(name)) ports_.supervisors.forget(name); // the folder that the operation lock made
        throw;
    }
}

/// What can be known before anything is made.
Task<> Lifecycle::check(RunConfig config) {
    check_runnable(config);
    co_await check_free(key(config), !config.remote_url.empty());
    const auto group = value_or_throw(GroupName::parse(config.group));
    if (!ports_.groups.exists(group))
        throw Error{Fault::not_found, fmt::format("no group named '{}'", config.group)}.hint(
            fmt::format("create it with 'thv group create {}'", config.group));
    // Last, as somebody may have to type a password for it.
    static_cast<void>(ports_.secrets.values(remote::secret_names(config)));
}

Task<std::string> Lifecycle::preview(RunConfig config) {
    co_await check(config);
    co_return to_json(config);
}

/// One that does not answer now is more likely mistyped than away.
Task<> Lifecycle::greet(RunConfig config, Progress progress) {
    auto server = remote::server_of(config, ports_.environment, ports_.secrets);
    if (progress) progress("Asking " + http::to_string(server.address.endpoint));
    co_await remote::greet(std::move(server), first_patience);
}

Task<> Lifecycle::reserve(RunConfig config, Progress progress) {
    co_await check(config);
    const auto group = value_or_throw(GroupName::parse(config.group));
    if (config.remote_url.empty())
        co_await ports_.containers.ensure_image(config.image, progress);
    else
        co_await greet(config, progress);
    const auto pinned = ports_.groups.pin(group); // it could have been removed during the pull
    ports_.run_configs.create(config);
}

} // namespace thv::engine
