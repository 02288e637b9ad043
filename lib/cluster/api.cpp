// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/api.hpp"

#include "cluster/events.hpp"
#include "cluster/lookup.hpp"
#include "cluster/object_reader.hpp"
#include "cluster/pages.hpp"
#include "cluster/requests.hpp"
#include "io/deadline.hpp"

#include <fmt/format.h>

namespace thv::cluster {

namespace {

using namespace std::chrono_literals;
constexpr std::size_t longest_event = 8U << 20U;
/// After so long the server ends a watch; shortly before, it sends a bookmark. Without a longer silence than that a
/// dead connection is not told from a cluster in which nothing happens.
constexpr std::chrono::seconds watch_time = 240s;
constexpr Duration watch_patience = watch_time + 90s;

std::string write_query(const WriteOptions& options, bool apply) {
    auto query = "fieldManager=" + http::percent_encode(options.manager);
    if (options.dry_run) query += "&dryRun=All";
    if (apply && options.force) query += "&force=true";
    if (options.strict) query += "&fieldValidation=Strict";
    return query;
}

const char* content_type_of(PatchKind kind) {
    if (kind == PatchKind::merge) return "application/merge-patch+json";
    if (kind == PatchKind::json) return "application/json-patch+json";
    // JSON is YAML; the API has no name of its own for JSON here.
    return "application/apply-patch+yaml";
}

} // namespace

struct Api::Impl {
    explicit Impl(Access access)
        : requests(std::move(access)) {}
    Requests requests;

    /// The object that the call is about.
    Task<Json> object(Call call, bool managed_fields = false) {
        const auto place = call.place;
        const auto text = co_await requests.send(std::move(call));
        auto object = read_object(text, requests.server(), managed_fields);
        // Some other server's answer, such as a login page's in JSON.
        if (text_at(object, {"metadata", "name"}) != place.name)
            throw Error{Fault::internal,
                        fmt::format("{} answered with something that is not {}", requests.server(), describe(place))};
        co_return object;
    }
};

Api::Api(Access access)
    : impl_(std::make_unique<Impl>(std::move(access))) {}
Api::~Api() = default;

const std::string& Api::name_space() const {
    return impl_->requests.name_space();
}

const std::string& Api::server() const {
    return impl_->requests.server();
}

double Api::draw() {
    return impl_->requests.draw();
}

Task<Json> Api::get(Place place, bool managed_fields) {
    Call call{.place = std::move(place)};
    auto object = co_await impl_->object(std::move(call), managed_fields);
    co_return object;
}

Task<std::optional<Json>> Api::find(Place place) {
    try {
        auto object = co_await get(std::move(place));
        co_return object;
    } catch (const StatusError& error) {
        if (error.fault() != Fault::not_found) throw;
    }
    co_return std::nullopt;
}

Task<Json> Api::create(Place place, Json object, WriteOptions options) {
    place.name = text_at(object, {"metadata", "name"});
    Call call{.method = "POST",
              .verb = "create",
              .place = std::move(place),
              .query = write_query(options, false),
              .body = std::move(object),
              .repeatable = options.dry_run};
    auto created = co_await impl_->object(std::move(call));
    co_return created;
}

Task<Json> Api::patch(Place place, PatchKind kind, Json body, WriteOptions options) {
    const bool apply = kind == PatchKind::apply;
    Call call{.method = "PATCH",
              .verb = "patch",
              .place = std::move(place),
              .query = write_query(options, apply),
              .body = std::move(body),
              .content_type = content_type_of(kind),
              .repeatable = apply || options.dry_run};
    auto patched = co_await impl_->object(std::move(call));
    co_return patched;
}

Task<> Api::remove(Place place, std::string uid, std::optional<int> grace) {
    Json options{{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", "Background"}};
    if (!uid.empty()) options["preconditions"] = {{"uid", uid}};
    if (grace) options["gracePeriodSeconds"] = *grace;
    Call call{.method = "DELETE",
              .verb = "delete",
              .place = std::move(place),
              .body = std::move(options),
              .repeatable = false};
    co_await impl_->requests.send(std::move(call));
}

std::unique_ptr<Pages> Api::pages(Place place, ListOptions options) {
    return std::make_unique<Pages>(impl_->requests, std::move(place), std::move(options));
}

Task<std::string> Api::list(Place place, ListOptions options, std::function<void(Json object)> sink) {
    Pages all{impl_->requests, std::move(place), std::move(options)};
    while (co_await all.next(sink)) {
    }
    co_return all.version();
}

namespace {

Call watch_call(Place place, const ListOptions& options, std::string_view version, double spread) {
    const auto seconds = watch_time + std::chrono::seconds{static_cast<int>(60 * spread)};
    Call call{.verb = "watch", .place = std::move(place)};
    call.query = fmt::format("watch=true&allowWatchBookmarks=true&timeoutSeconds={}", seconds.count());
    const auto add = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) call.query += fmt::format("&{}={}", key, http::percent_encode(value));
    };
    add("resourceVersion", version);
    add("labelSelector", options.label_selector);
    add("fieldSelector", options.field_selector);
    return call;
}

/// Opens a watch; null when its version has expired.
Task<std::unique_ptr<http::Stream>> open_watch(Requests& requests, Call call) {
    try {
        auto stream = co_await requests.open(std::move(call));
        co_return stream;
    } catch (const StatusError& error) {
        if (error.code() != 410) throw;
    }
    co_return nullptr;
}

/// The next bytes of a watch; empty when it has ended, in whatever way.
Task<std::string> more_of(http::Stream& stream) {
    try {
        auto bytes = co_await with_deadline(stream.read_some(), watch_patience, "watching");
        co_return bytes;
    } catch (const Error& error) {
        if (error.fault() != Fault::unreachable && error.fault() != Fault::timed_out) throw;
    }
    co_return std::string{};
}

} // namespace

Task<std::string> Api::watch(Place place, ListOptions options, std::string version,
                             std::function<void(WatchEvent event)> sink) {
    auto& requests = impl_->requests;
    auto call = watch_call(place, options, version, requests.draw());
    const auto stream = co_await open_watch(requests, std::move(call));
    if (!stream) co_return std::string{};
    EventLines lines{longest_event, requests.server()};
    for (;;) {
        const auto bytes = co_await more_of(*stream);
        if (bytes.empty()) co_return version;
        for (const auto& text : lines.feed(bytes)) {
            auto line = read_line(text, requests.server());
            if (const auto* failure = std::get_if<WatchFailure>(&line)) {
                if (failure->code == 410) co_return std::string{};
                throw refusal(failure->code, failure->status, {"watch", place, requests.server(), {}});
            }
            std::string newer;
            if (auto* mark = std::get_if<Bookmark>(&line)) newer = std::move(mark->version);
            if (auto* event = std::get_if<WatchEvent>(&line)) {
                newer = text_at(event->object, {"metadata", "resourceVersion"});
                sink(std::move(*event));
            }
            if (!newer.empty()) version = std::move(newer);
        }
    }
}

Task<std::unique_ptr<http::Stream>> Api::open_log(Place pod, std::string query) {
    pod.subresource = "log";
    Call call{.place = std::move(pod), .query = std::move(query)};
    auto stream = co_await impl_->requests.open(std::move(call));
    co_return stream;
}

} // namespace thv::cluster
