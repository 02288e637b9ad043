// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// The part of EngineContainers that is about direct stdio.
#include "engine/container_calls.hpp"
#include "engine/containers.hpp"
#include "engine/images.hpp"
#include "io/deadline.hpp"
#include "io/log.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <variant>

namespace thv::engine {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

Error not_to_be_had(const std::string& why) {
    return Error{Fault::unsupported, fmt::format("direct stdio cannot be had: {}", why)}.hint(
        "leave --stdio direct out to go through the container engine");
}

/// Why it was not tried, or did not work; with --stdio direct that is an error.
std::optional<std::string> without_direct(const RunConfig& config, const std::string& why) {
    if (config.stdio_path == StdioPath::direct) throw not_to_be_had(why);
    log::debug("no direct stdio: {}", why);
    return std::nullopt;
}

Task<> handed_over(std::shared_ptr<InitLink> link) {
    co_await link->decided().wait();
}

Task<std::optional<DirectSpec>> direct_spec_of(std::shared_ptr<Api> api, RunConfig config, json spec,
                                               std::filesystem::path folder) {
    const auto image = spec.at("Image").get<std::string>();
    const auto described = co_await api->find("/images/" + image + "/json");
    if (!described) co_return std::nullopt;
    co_return direct_spec(config, spec, *described, folder);
}

} // namespace

std::optional<DirectPlaces> direct_places(const std::filesystem::path& executable,
                                          const std::filesystem::path& supervisors) {
    const auto folder = executable.parent_path();
    for (const auto* place : {".", "../libexec/thv", "../lib/thv"}) {
        const auto program = folder / place / init_wire::program_name;
        if (::access(program.c_str(), X_OK) == 0) return DirectPlaces{.supervisors = supervisors, .init = program};
    }
    return std::nullopt;
}

/// The container with thv-init as its first process; none where the engine is to carry the bytes.
Task<std::optional<std::string>> EngineContainers::create_direct(std::shared_ptr<Api> api, RunConfig config, json spec,
                                                                 std::vector<Mount> covers, SecretInputs secrets) {
    if (config.transport != Transport::stdio || config.stdio_path == StdioPath::attach) co_return std::nullopt;
    if (!places_) co_return without_direct(config, "the program thv-init is not installed");
    if (!std::holds_alternative<http::UnixEndpoint>(api->endpoint()))
        co_return without_direct(config, "the container engine is not on this machine");
    const auto folder = places_->lent_folder(key(config));
    auto direct = co_await direct_spec_of(api, config, std::move(spec), folder);
    if (!direct) co_return without_direct(config, "the image names no command, or something else is mounted at /.thv");
    // Not in the fingerprint: a server that runs on is not replaced because a file has come or gone.
    add_mounts(direct->spec, covers);
    const auto executor = co_await asio::this_coro::executor;
    std::optional<Error> failure;
    try {
        auto link = InitLink::listen(executor, folder, places_->init);
        deliver(direct->spec, secrets);
        auto id = co_await make_container(api, config, std::move(direct->spec));
        const auto marks = places_->marks(key(config));
        LineMarks::open(marks, true);
        direct_[id] = {.link = std::move(link), .marks = marks, .required = config.stdio_path == StdioPath::direct};
        co_return id;
    } catch (const Error& error) {
        if (api->lost() || config.stdio_path == StdioPath::direct) throw;
        failure = error;
    }
    // What is not the folder's fault fails again, and is told then.
    co_return without_direct(config, failure->message());
}

Task<std::shared_ptr<InitLink>> EngineContainers::link_to(std::shared_ptr<Api> api, DirectPlaces places,
                                                          RunConfig config, ContainerInfo running) {
    auto spec = container_spec(config, limits_);
    const auto image = co_await local_image(api, config.image);
    if (!image) co_return nullptr;
    spec["Image"] = *image;
    const auto folder = places.lent_folder(key(config));
    const auto direct = co_await direct_spec_of(api, config, std::move(spec), folder);
    if (!direct || direct->fingerprint != running.labels.at(direct_label)) co_return nullptr;
    const auto executor = co_await asio::this_coro::executor;
    auto link = InitLink::listen(executor, folder, places.init);
    try {
        co_await with_deadline(handed_over(link), 3s, "waiting for the container's init");
    } catch (const Error& error) {
        if (error.fault() != Fault::timed_out) throw;
        log::warn("the running container is replaced: {}", error.message());
        co_return nullptr;
    }
    co_return link->first()->given ? link : nullptr;
}

Task<std::optional<std::string>> EngineContainers::adopt(RunConfig config) {
    if (!places_ || config.transport != Transport::stdio || config.stdio_path == StdioPath::attach)
        co_return std::nullopt;
    const auto api = co_await connector_.api();
    const auto running = co_await find_container(api, config.container_name);
    if (!running || !running->running() || !running->managed() || !running->labels.contains(direct_label))
        co_return std::nullopt;
    auto link = co_await link_to(api, *places_, config, *running);
    if (!link) {
        co_await stop(running->id, 10s); // it gives way to another, which is not its fault
        co_return std::nullopt;
    }
    direct_[running->id] = {.link = std::move(link), .marks = places_->marks(key(config))};
    files_[running->id] = key(config); // where its secrets are files
    co_return running->id;
}

/// An engine that could not execute init gets no container with it any more.
void EngineContainers::refuse_direct(const std::string& id, std::string_view reason) {
    const auto direct = direct_.find(id);
    if (direct == direct_.end() || !reason.contains(init_wire::program_name)) return;
    if (direct->second.required) throw not_to_be_had(std::string{reason});
    places_.reset();
    throw Error{Fault::unsupported, fmt::format("cannot start the container with its own init: {}", reason)};
}

Task<std::unique_ptr<Stdio>> EngineContainers::attach(std::string id) {
    auto api = co_await connector_.api();
    auto stream = co_await attach_stdio(std::move(api), id);
    const auto direct = direct_.find(id);
    if (direct == direct_.end()) co_return stream;
    const auto executor = co_await asio::this_coro::executor;
    co_return std::make_unique<DirectStdio>(executor, direct->second, std::move(stream));
}

Task<std::unique_ptr<Stdio>> EngineContainers::spawn(std::string id) {
    const auto direct = direct_.find(id);
    if (direct == direct_.end() || !direct->second.link->first()->given) co_return nullptr;
    const auto link = direct->second.link;
    const auto process = co_await link->spawn();
    co_return std::make_unique<PipeStdio>(co_await asio::this_coro::executor, link, process, nullptr);
}

} // namespace thv::engine
