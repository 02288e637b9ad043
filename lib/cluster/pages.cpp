// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/pages.hpp"

#include "cluster/lookup.hpp"
#include "cluster/object_reader.hpp"

#include <fmt/format.h>

#include <optional>

namespace thv::cluster {

namespace {

constexpr std::size_t largest_page = 64U << 20U;
constexpr int most_expiries = 5; ///< in a row, without a page between them

} // namespace

std::string order_of(const Json& object) {
    const auto name = text_at(object, {"metadata", "name"});
    return name.empty() ? name : text_at(object, {"metadata", "namespace"}) + '/' + name;
}

Pages::Pages(Requests& requests, Place place, ListOptions options)
    : requests_(requests)
    , place_(std::move(place))
    , options_(std::move(options)) {}

Call Pages::call() const {
    Call call{.verb = "list", .place = place_, .body_limit = largest_page};
    call.query = fmt::format("limit={}", options_.page);
    const auto add = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) call.query += fmt::format("&{}={}", key, http::percent_encode(value));
    };
    add("labelSelector", options_.label_selector);
    add("fieldSelector", options_.field_selector);
    add("continue", token_);
    return call;
}

Task<std::string> Pages::fetch() {
    for (int expiries = 0;; ++expiries) {
        std::optional<std::string> go_on;
        try {
            auto body = co_await requests_.send(call());
            co_return body;
        } catch (const StatusError& error) {
            if (error.code() != 410 || token_.empty() || expiries == most_expiries) throw;
            go_on = error.go_on();
        }
        // With the server's token the list goes on in a newer state of the cluster, without one it begins again.
        begun_again_ = begun_again_ || go_on->empty();
        token_ = *std::move(go_on);
    }
}

void Pages::take(Json object, const std::function<void(Json object)>& sink) {
    auto order = order_of(object);
    if (order.empty() || (begun_again_ && order <= last_)) return;
    last_ = std::move(order);
    sink(std::move(object));
}

Task<bool> Pages::next(std::function<void(Json object)> sink) {
    if (ended_) co_return false;
    const auto text = co_await fetch();
    const auto sent = token_;
    std::size_t count = 0;
    const auto end = read_page(text, requests_.server(), [&](Json object) {
        ++count;
        take(std::move(object), sink);
    });
    if (version_.empty()) version_ = end.version;
    token_ = end.next;
    ended_ = token_.empty();
    if (!ended_ && token_ == sent)
        throw Error{Fault::internal,
                    fmt::format("the list that {} gives of {} has no end", requests_.server(), describe(place_))};
    co_return true;
}

} // namespace thv::cluster
