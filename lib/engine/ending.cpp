// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
/// How containers end, and what a Podman has left of them that was killed in the middle of a start, a removal or a
/// creation.
#include "core/error.hpp"
#include "engine/container_calls.hpp"
#include "engine/fields.hpp"
#include "io/deadline.hpp"

#include <fmt/format.h>

#include <optional>

namespace thv::engine {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto between_attempts = 200ms;

/// An answer that says that there is nothing (more) to do is a success.
Task<> send_idempotent(std::shared_ptr<Api> api, Api::Call call) {
    try {
        co_await api->send(std::move(call));
    } catch (const Error& error) {
        if (error.fault() != Fault::not_found) throw;
    }
}

/// Podman's word for a container whose state does not allow what was asked, be it for a moment or for good.
bool improper_state(const Api& api, const Error& error) {
    return api.facts().podman && error.message().contains("container state improper");
}

/// Whether a removal that has failed can succeed the next time.
bool passing(const Api& api, const Error& error) {
    // Somebody else's removal is in progress.
    if (error.fault() == Fault::conflict) return true;
    // Podman was killed in the middle of a removal and does not know yet that the container has ended; or in the middle
    // of a start, after which it removes the container and complains about what it had mounted.
    return improper_state(api, error) || (api.facts().podman && error.message().contains("device or resource busy"));
}

bool ended(const std::optional<ContainerInfo>& info) {
    return !info || info->state == "exited" || info->state == "created" || info->state == "removing" ||
           info->state == "dead";
}

/// Whether Podman's list of everything that has storage shows storage without a container there (of its own making:
/// buildah's says so), of that name and that image.
bool is_leftover(const json& entry, std::string_view name, std::string_view image_id) {
    const auto is_only = [&entry](const char* list, std::string_view wanted) {
        const auto& words = field(entry, list);
        return words.is_array() && words.size() == 1 && words[0] == wanted;
    };
    return is_only("Command", "storage") && is_only("Names", name) && text(entry, "State") == "storage" &&
           text(entry, "ImageID") == image_id;
}

/// As that list writes it; empty when there is no such image.
Task<std::string> id_of_image(std::shared_ptr<Api> api, std::string image) {
    const auto described = co_await api->find("/images/" + image + "/json");
    auto id = described ? text(*described, "Id") : std::string{};
    constexpr std::string_view digest = "sha256:";
    if (id.starts_with(digest)) id.erase(0, digest.size());
    co_return id;
}

/// The id of the storage; empty when there is none.
Task<std::string> find_leftover(std::shared_ptr<Api> api, std::string name, std::string image_id) {
    const auto listed = co_await api->get("/libpod/containers/json?all=1&external=1");
    if (!listed.is_array()) co_return std::string{};
    for (const auto& entry : listed)
        if (is_leftover(entry, name, image_id)) co_return text(entry, "Id");
    co_return std::string{};
}

} // namespace

std::string container_path(const std::string& id, std::string_view rest) {
    return fmt::format("/containers/{}{}", http::percent_encode(id), rest);
}

Task<> stop_container(std::shared_ptr<Api> api, std::string id, std::chrono::seconds grace) {
    const auto path = container_path(id, fmt::format("/stop?t={}", grace.count()));
    for (int attempts_left = 25;; --attempts_left) {
        std::optional<Error> refused;
        try {
            // The engine answers when the container has ended; killing takes it a moment.
            co_await send_idempotent(api, {.method = "POST", .path = path, .deadline = grace + 30s});
            co_return;
        } catch (const Error& error) {
            if (!improper_state(*api, error)) throw;
            refused = error;
        }
        // A container that Podman was removing when it was killed cannot be stopped any more: nothing of it runs.
        const auto info = co_await find_container(api, id);
        if (ended(info)) co_return;
        const bool passes = info->state == "running" || info->state == "stopping";
        if (!passes || attempts_left == 0) throw *std::move(refused);
        co_await sleep_for(between_attempts);
    }
}

Task<> remove_container(std::shared_ptr<Api> api, std::string id) {
    if (api->facts().podman) {
        // Podman's forced removal would wait for the stop timeout first; that it does not run is no reason to stop
        // here.
        try {
            co_await api->send({.method = "POST", .path = container_path(id, "/kill?signal=KILL")});
        } catch (const Error& error) {
            if (api->lost()) throw;
        }
    }
    for (int attempts_left = 50;; --attempts_left) {
        try {
            co_await send_idempotent(api,
                                     {.method = "DELETE", .path = container_path(id, "?force=1&v=1"), .deadline = 60s});
            co_return;
        } catch (const Error& error) {
            if (!passing(*api, error) || attempts_left == 0) throw;
        }
        co_await sleep_for(between_attempts);
    }
}

Task<bool> remove_leftover(std::shared_ptr<Api> api, std::string name, std::string image, Duration patience) {
    const auto image_id = co_await id_of_image(api, std::move(image));
    if (image_id.empty()) co_return false;
    const auto seen = co_await find_leftover(api, name, image_id);
    if (seen.empty()) co_return false;
    // What somebody is making at this moment, be it for a caller that was killed, is a container by then.
    co_await sleep_for(patience);
    const auto leftover = co_await find_leftover(api, std::move(name), image_id);
    if (leftover != seen) co_return false;
    co_await remove_container(std::move(api), leftover);
    co_return true;
}

} // namespace thv::engine
