// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/bridge.hpp"
#include "mcp/bridge_words.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace thv::mcp {

namespace {

constexpr std::size_t max_uris = 1024; // of one stream
constexpr std::size_t max_pages = 100; // of tools/list
constexpr auto catalogue_age = std::chrono::minutes{1};

struct ListKind {
    std::string_view wish;
    std::string_view capability;
    Method changed;
};
constexpr std::array list_kinds{ListKind{"toolsListChanged", "tools", Method::tools_changed},
                                ListKind{"promptsListChanged", "prompts", Method::prompts_changed},
                                ListKind{"resourcesListChanged", "resources", Method::resources_changed}};

std::vector<std::string> strings_of(std::string_view array) {
    const auto json = nlohmann::json::parse(array.empty() ? "[]" : array, nullptr, false);
    std::vector<std::string> texts;
    if (!json.is_array()) return texts;
    for (const auto& item : json)
        if (item.is_string() && texts.size() < max_uris) texts.push_back(item.get<std::string>());
    return texts;
}

std::string tagged(std::string_view method, std::string_view id, std::string_view rest) {
    return fmt::format(
        R"({{"jsonrpc":"2.0","method":"notifications/{}","params":{{"_meta":{{"io.modelcontextprotocol/subscriptionId":{}}}{}}}}})",
        method, id, rest);
}

} // namespace

/// subscriptions/listen at a server of the legacy era: the stream is ours, and what comes on it is what the server
/// tells everybody.
void Bridge::listen(std::uint64_t number, const Message& message) {
    auto node = calls_.extract(number);
    const auto& call = node.mapped();
    auto& client = sessions_.at(call.session);
    client.ids.clear();
    auto& modern = *client.modern;
    modern.listening = true;
    modern.id = call.id;
    modern.exchange = call.exchange;
    modern.watch = call.watch;
    listeners_.emplace(call.exchange, call.session);
    const auto wishes = member(message.params, "notifications");
    const auto capabilities = member(server_result_, "capabilities");
    std::string granted;
    for (const auto& kind : list_kinds) {
        if (member(wishes, kind.wish) != "true") continue;
        if (member(member(capabilities, kind.capability), "listChanged") != "true") continue;
        modern.list_kinds |= list_bit(kind.changed);
        fmt::format_to(std::back_inserter(granted), R"({}"{}":true)", granted.empty() ? "" : ",", kind.wish);
    }
    std::string uris;
    if (member(member(capabilities, "resources"), "subscribe") == "true") {
        for (auto& uri : strings_of(member(wishes, "resourceSubscriptions"))) {
            fmt::format_to(std::back_inserter(uris), "{}{}", uris.empty() ? "" : ",", quote(uri));
            if (!subscriptions_.contains(uri)) upkeep("resources/subscribe", fmt::format(R"("uri":{})", quote(uri)));
            subscribe(client, std::move(uri));
        }
    }
    if (!uris.empty())
        fmt::format_to(std::back_inserter(granted), R"({}"resourceSubscriptions":[{}])", granted.empty() ? "" : ",",
                       uris);
    const auto first =
        tagged("subscriptions/acknowledged", modern.id, fmt::format(R"(,"notifications":{{{}}})", granted));
    sink_.event(modern.exchange, Pieces{first});
}

void Bridge::tell_listeners(Method method, std::string_view uri) {
    if (listeners_.empty()) return;
    const auto plain = unquote(uri).value_or("");
    for (const auto& [exchange, session] : listeners_) {
        const auto& client = sessions_.at(session);
        if (method == Method::updated) {
            const auto wants = [&](const auto& subscribed) { return covers(subscribed, plain); };
            if (!std::ranges::any_of(client.uris, wants)) continue;
            const auto text = tagged("resources/updated", client.modern->id, fmt::format(R"(,"uri":{})", uri));
            sink_.event(exchange, Pieces{text});
        } else if ((client.modern->list_kinds & list_bit(method)) != 0) {
            const auto* const kind = std::ranges::find(list_kinds, method, &ListKind::changed);
            const auto text = tagged(fmt::format("{}/list_changed", kind->capability), client.modern->id, {});
            sink_.event(exchange, Pieces{text});
        }
    }
}

void Bridge::list_changed_elsewhere(Method list) {
    if (list == Method::tools_changed) forget_catalogue();
    tell_listeners(list, {});
}

/// A notification of a modern server for one of its subscriptions, which are requests of ours or of clients.
void Bridge::child_event(const Message& message, std::string_view line) {
    const auto number = canonical_integer(message.subscription);
    const auto found = number ? calls_.find(*number) : calls_.end();
    if (number && number == catalogue_watch_) {
        if (message.method == Method::tools_changed) forget_catalogue();
        return;
    }
    if (found == calls_.end() || found->second.method != Method::listen || !found->second.attached) {
        ++counters_.dropped_notifications;
        return;
    }
    sink_.event(found->second.exchange, edited(line, {{message.subscription, found->second.id}}));
}

std::string Bridge::listening_result(std::string_view id) {
    return fmt::format(
        R"({{"jsonrpc":"2.0","id":{},"result":{{"resultType":"complete","_meta":{{"io.modelcontextprotocol/subscriptionId":{}}}}}}})",
        id, id);
}

void Bridge::end_listening() {
    // One that has waited may begin when another one ends.
    while (!listeners_.empty()) {
        const auto [exchange, session] = *listeners_.begin();
        listeners_.erase(listeners_.begin());
        const auto answer = listening_result(sessions_.at(session).modern->id);
        sink_.answer(exchange, Pieces{answer});
        close(session);
    }
    std::vector<std::uint64_t> streams;
    for (const auto& [number, call] : calls_)
        if (call.endless && call.attached) streams.push_back(number);
    for (const auto number : streams) {
        auto& call = calls_.at(number);
        const auto answer = listening_result(call.id);
        sink_.answer(call.exchange, Pieces{answer});
        end(call.watch, {});
        cancel_upstream(number, "the proxy is being stopped");
        forget(number);
    }
}

bool Bridge::catalogue_known() const {
    return catalogue_until_ && now_ < *catalogue_until_ && !catalogue_request_;
}

void Bridge::ask_catalogue(std::string_view cursor) {
    if (cursor.empty()) {
        tool_headers_ = {};
        catalogue_pages_ = 0;
        catalogue_changed_ = false;
    }
    ++catalogue_pages_;
    catalogue_request_ = upkeep("tools/list", cursor.empty() ? std::string{} : fmt::format(R"("cursor":{})", cursor),
                                Purpose::catalogue);
}

/// One page of the tools. A server without tools refuses to list them: then no call has headers.
void Bridge::learn_catalogue(const Message& message) {
    catalogue_request_.reset();
    if (message.kind == Kind::result) tool_headers_.add(message.body);
    const auto cursor = message.kind == Kind::result ? member(message.body, "nextCursor") : std::string_view{};
    if (cursor.starts_with('"') && catalogue_pages_ < max_pages) return ask_catalogue(std::string{cursor});
    const auto tools = member(member(server_result_, "capabilities"), "tools");
    const bool told = member(tools, "listChanged") == "true";
    catalogue_until_ = told ? Time::max() : now_ + catalogue_age;
    const bool changed = std::exchange(catalogue_changed_, false);
    for (const auto number : std::exchange(for_catalogue_, {})) {
        const auto found = calls_.find(number);
        if (found == calls_.end()) continue;
        const auto text = std::exchange(found->second.text, {});
        waiting_bytes_ -= text.size();
        call_tool(number, *scan(text), text);
    }
    if (changed) catalogue_until_.reset();
}

void Bridge::forget_catalogue() {
    catalogue_until_.reset();
    catalogue_changed_ = catalogue_request_.has_value();
}

} // namespace thv::mcp
