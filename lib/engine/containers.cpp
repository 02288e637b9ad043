// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/containers.hpp"

#include "core/error.hpp"
#include "engine/container_calls.hpp"
#include "engine/fields.hpp"
#include "engine/images.hpp"
#include "engine/log_stream.hpp"
#include "engine/masks.hpp"
#include "io/deadline.hpp"
#include "io/files.hpp"
#include "io/shield.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <variant>

namespace thv::engine {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

/// Longer than a container takes from its storage to its place in the list.
constexpr auto leftover_patience = 5s;

Error taken(const ContainerInfo& other) {
    const auto message = fmt::format("the name '{}' is taken by a container that thv did not make ({}, image {})",
                                     other.name, other.id.substr(0, 12), other.image);
    return Error{Fault::conflict, message}.hint("choose another name, or remove that container yourself").exits(125);
}

/// Makes room for a container of that name.
Task<> clear_name(std::shared_ptr<Api> api, std::string name) {
    const auto other = co_await find_container(api, name);
    if (!other) co_return;
    // A helper of an upstream workload carries the label too, but is no workload of ours to replace.
    if (!other->managed() || other->labels.contains("toolhive-auxiliary-workload")) throw taken(*other);
    co_await remove_container(api, other->id);
}

/// Podman makes a missing source, docker refuses it; and a mistyped path is better told than mounted empty.
void check_sources(const RunConfig& config) {
    for (const auto& mount : mounts_of(config)) {
        std::error_code failure;
        if (std::filesystem::exists(mount.source, failure)) continue;
        const auto why = failure ? failure.message() : std::string{"there is no such file or folder"};
        throw Error{Fault::usage, fmt::format("cannot mount '{}': {}", mount.source, why)}.exits(125);
    }
}

Error create_failure(const Error& error, const RunConfig& config) {
    const auto& reason = error.message();
    if (error.fault() == Fault::not_found && reason.contains("image"))
        return Error{Fault::not_found, fmt::format("there is no image '{}' here", config.image)}
            .hint("check its name, or pull it first")
            .exits(125);
    const auto told = error.within(fmt::format("cannot create the container of '{}'", config.container_name));
    // Podman answers 500 where docker answers 409.
    const auto fault = reason.contains("already in use") ? Fault::conflict : error.fault();
    return Error{fault, told.message()}.hint(error.hint()).exits(125);
}

Task<json> post_create(std::shared_ptr<Api> api, std::string name, json spec) {
    const auto path = "/containers/create?name=" + http::percent_encode(name);
    const auto answer = co_await api->send({.method = "POST", .path = path, .body = std::move(spec), .deadline = 60s});
    co_return parse_answer(answer.body);
}

/// Podman can do without its init program where that is not installed; docker brings its own.
Task<json> create_container(std::shared_ptr<Api> api, std::string name, json spec) {
    std::optional<Error> no_init;
    try {
        auto created = co_await post_create(api, name, spec);
        co_return created;
    } catch (const Error& error) {
        const bool init = error.message().contains("catatonit") || error.message().contains("init binary");
        if (!api->facts().podman || !init) throw;
    }
    spec["HostConfig"]["Init"] = false;
    auto created = co_await post_create(api, std::move(name), std::move(spec));
    co_return created;
}

/// As create_container(), also where a Podman was killed while it made that container: the storage that it had made by
/// then holds the name.
Task<json> create_over_leftover(std::shared_ptr<Api> api, std::string name, json spec) {
    std::optional<Error> taken;
    try {
        auto created = co_await shielded(create_container(api, name, spec));
        co_return created;
    } catch (const Error& error) {
        if (!api->facts().podman || !error.message().contains("already in use")) throw;
        taken = error;
    }
    const bool removed = co_await remove_leftover(api, name, spec.value("Image", ""), leftover_patience);
    if (!removed)
        throw std::move(*taken).hint(fmt::format(
            "where 'podman ps --all --external' shows it as storage, 'podman rm --force {}' removes it", name));
    auto created = co_await shielded(create_container(api, std::move(name), std::move(spec)));
    co_return created;
}

} // namespace

Task<std::string> make_container(std::shared_ptr<Api> api, RunConfig config, json spec) {
    // Once asked for, a container is made; its id must not get lost.
    try {
        const auto created = co_await create_over_leftover(api, config.container_name, std::move(spec));
        if (auto id = text(created, "Id"); !id.empty()) co_return id;
    } catch (const Error& error) {
        if (api->lost()) throw;
        throw create_failure(error, config);
    }
    throw Error{Fault::internal, "the container engine created a container and does not tell its id"};
}

int start_failure_code(std::string_view reason) {
    if (reason.contains("executable file not found") || reason.contains("command that was not found") ||
        (reason.contains("exec: ") && reason.contains("no such file or directory")))
        return 127;
    if (reason.contains("exec: ") && reason.contains("permission denied")) return 126;
    if (reason.contains("exec format error") || reason.contains("is a directory")) return 126;
    return 125;
}

std::optional<int> init_failure_code(std::string_view line) {
    if (!line.contains("catatonit") || !line.contains("failed to exec")) return std::nullopt;
    return line.contains("No such file or directory") ? 127 : 126;
}

void add_mounts(json& spec, const std::vector<Mount>& mounts) {
    for (const auto& mount : mounts)
        spec["HostConfig"]["Mounts"].push_back(
            {{"Type", "bind"}, {"Source", mount.source}, {"Target", mount.target}, {"ReadOnly", mount.read_only}});
}

std::vector<Mount> EngineContainers::covers_of(const RunConfig& config) const {
    const auto mounts = mounts_of(config);
    const auto rules = hiding_ && config.global_ignore ? read_file(hiding_->rules, 1U << 20U) : std::nullopt;
    auto covers = masks_for(mounts, rules.value_or(""), hiding_ ? hiding_->covers(key(config)) : "");
    return covers;
}

Task<std::string> EngineContainers::create(RunConfig config) {
    auto spec = container_spec(config, limits_);
    check_sources(config);
    const auto api = co_await connector_.api();
    const auto image = co_await local_image(api, config.image);
    if (!image) throw create_failure(Error{Fault::not_found, "no such image"}, config);
    spec["Image"] = *image;
    co_await clear_name(api, config.container_name);
    direct_.clear();
    const auto covers = covers_of(config);
    const auto workload = key(config);
    const auto secrets = secret_inputs(config, secrets_, std::holds_alternative<http::UnixEndpoint>(api->endpoint()));
    auto id = co_await create_direct(api, config, spec, covers, secrets);
    if (!id) {
        add_mounts(spec, covers);
        deliver(spec, secrets);
        id = co_await make_container(api, std::move(config), std::move(spec));
    }
    if (secrets.files()) files_[*id] = workload;
    co_return *std::move(id);
}

Task<> EngineContainers::start(std::string id) {
    const auto api = co_await connector_.api();
    // A start that nobody waits for goes on, and a stop that overtook it would find nothing to stop; so its caller is
    // held, also an interrupted one.
    try {
        co_await shielded(api->send({.method = "POST", .path = container_path(id, "/start"), .deadline = 60s}));
    } catch (const Error& error) {
        if (api->lost()) throw;
        const auto& reason = error.message();
        refuse_direct(id, reason);
        const bool port = reason.contains("port is already allocated") || reason.contains("address already in use");
        Error told{port ? Fault::conflict : error.fault(), "cannot start the container: " + reason};
        throw std::move(told).exits(start_failure_code(reason));
    }
}

Task<int> EngineContainers::wait(std::string id) {
    const auto api = co_await connector_.api();
    const bool podman = api->facts().podman;
    // Podman's Docker-like wait looks at the container without a pause, which takes a whole core; its own one does not,
    // and answers with the bare code.
    const auto path = podman ? "/libpod" + container_path(id, "/wait?interval=250ms") : container_path(id, "/wait");
    const auto answer = co_await api->send({.method = "POST", .path = path, .deadline = Duration::zero()});
    const auto document = parse_answer(answer.body);
    const auto code = document.is_object() ? document.value("StatusCode", nlohmann::json{}) : document;
    if (!code.is_number_integer()) throw Error{Fault::internal, "the container engine tells no exit code"};
    if (!podman || code != 1) co_return code.get<int>();
    const auto line = co_await first_line(api, id);
    co_return init_failure_code(line).value_or(1);
}

Task<std::optional<ContainerInfo>> EngineContainers::inspect(std::string id_or_name) {
    auto api = co_await connector_.api();
    auto info = co_await find_container(std::move(api), std::move(id_or_name));
    co_return info;
}

/// What the container has mounted stays there until it has ended; nobody else is to find it.
void EngineContainers::forget_files(const std::string& id) {
    const auto found = files_.find(id);
    if (found == files_.end() || !secrets_.files) return;
    secrets_.files->remove(found->second);
    files_.erase(found);
}

Task<> EngineContainers::stop(std::string id, Duration grace) {
    direct_.erase(id); // nobody is to take it over now
    const auto api = co_await connector_.api();
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(std::max(grace, Duration::zero()));
    co_await stop_container(api, id, seconds);
    forget_files(id);
}

Task<> EngineContainers::remove(std::string id) {
    direct_.erase(id);
    forget_files(id);
    auto api = co_await connector_.api();
    co_await remove_container(std::move(api), std::move(id));
}

Task<std::vector<std::string>> EngineContainers::last_lines(std::string id, int count) {
    auto api = co_await connector_.api();
    auto lines = co_await tail_lines(std::move(api), std::move(id), count);
    co_return lines;
}

Task<> EngineContainers::ensure_image(std::string image, Progress progress) {
    auto api = co_await connector_.api();
    co_await engine::ensure_image(std::move(api), environment_, std::move(image), std::move(progress));
}

Task<> EngineContainers::restore_image(std::string image, Progress progress) {
    auto api = co_await connector_.api();
    co_await engine::restore_image(std::move(api), environment_, std::move(image), std::move(progress));
}

Task<> EngineContainers::ping() {
    const auto api = co_await connector_.api();
    co_await api->ping();
}

} // namespace thv::engine
