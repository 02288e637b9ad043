// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/bridge.hpp"
#include "mcp/bridge_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thv::mcp {

bool Bridge::modern(From from, const Message& message, std::string_view text,
                    std::vector<Mirrored::Parameter> parameters) {
    if (message.line_breaks) {
        const auto line = on_one_line(text);
        return modern(from, *scan(line), line, std::move(parameters));
    }
    const auto number = next_++;
    from.session = Session{next_session_++};
    const bool at_once = state_ == State::ready && sent_ < limits_.in_flight;
    if (at_once)
        keep(number, from, message);
    else if (!wait(number, from, message, text))
        return false;
    auto& client = sessions_[from.session];
    ++modern_clients_;
    const auto meta = request_meta(message);
    client.sampling = meta.sampling;
    client.elicitation = meta.elicitation;
    client.roots = meta.roots;
    client.level = meta.level;
    client.modern = std::make_unique<Modern>();
    client.modern->method = message.method_name;
    client.modern->name = message.name.empty() ? message.uri : message.name;
    client.modern->parameters = std::move(parameters);
    client.ids.emplace(message.id, number);
    if (at_once) {
        dispatch(number, message, text);
    } else {
        client.waiting.push_back(number);
        queue_turn(from.session, client);
    }
    return true;
}

/// What becomes of a modern request now that the server is ready for it.
void Bridge::dispatch(std::uint64_t number, const Message& message, std::string_view text) {
    if (message.method == Method::call_tool) return call_tool(number, message, text);
    if (era_ == Era::legacy && message.method == Method::discover) return discover(number);
    if (era_ == Era::legacy && message.method == Method::listen) return listen(number, message);
    forward(number, message, text);
}

/// To the server; for one of the legacy era only what it knows.
void Bridge::forward(std::uint64_t number, const Message& message, std::string_view text) {
    if (era_ == Era::modern) return send(number, message, text);
    if (!member(message.params, "requestState").empty()) return resume(number, message);
    const auto& client = sessions_.at(calls_.at(number).session);
    const auto capabilities = member(server_result_, "capabilities");
    if (client.level && !member(capabilities, "logging").empty()) settle_level();
    send(number, message, text);
}

/// What Mcp-Param-* headers a call must have is in the schema of its tool, which a server on stdio cannot check.
void Bridge::call_tool(std::uint64_t number, const Message& message, std::string_view text) {
    auto& call = calls_.at(number);
    const auto& client = sessions_.at(call.session);
    if (!catalogue_known()) {
        call.text = text;
        waiting_bytes_ += text.size();
        call.deadline = now_ + limits_.call_idle;
        for_catalogue_.push_back(number);
        if (!catalogue_request_) ask_catalogue({});
        return;
    }
    if (auto wrong = tool_headers_.complaint(message.params, client.modern->parameters))
        return refuse_modern(number, *wrong);
    forward(number, message, text);
}

std::string_view Bridge::server_info() const {
    const auto info = member(server_result_, "serverInfo");
    return info.starts_with('{') ? info : R"({"name":"unknown","version":"unknown"})";
}

void Bridge::refuse_modern(std::uint64_t number, const Complaint& why) {
    auto& call = calls_.at(number);
    const auto text = error_message(call.id, why.code, why.message, why.data);
    if (call.attached) sink_.refused(call.exchange, why.status, Pieces{text});
    end(call.watch, {CallEnd::refused, why.code, why.status, why.message});
    forget(number);
}

/// A server that was greeted with all capabilities has used one that this client does not have.
void Bridge::lacks_capability(std::uint64_t number, std::string_view capability) {
    cancel_upstream(number, "the client does not support what the server needs");
    refuse_modern(number, {.code = missing_capability,
                           .message = fmt::format("the server needs a client that supports {}", capability),
                           .data = fmt::format(R"({{"requiredCapabilities":{{"{}":{{}}}}}})", capability)});
    pump();
}

/// The session of a modern request ends with it, unless it has become a stream of notifications.
void Bridge::forget_modern(Session session) {
    const auto found = sessions_.find(session);
    if (found->second.modern->listening || !found->second.ids.empty()) return;
    if (!found->second.modern->state.empty()) parked_.erase(found->second.modern->state);
    std::erase_if(asks_, [&](const auto& entry) {
        if (entry.second.session != session) return false;
        refuse_ask(entry.second.id, -32603, "the client does not wait any more");
        return true;
    });
    --modern_clients_;
    sessions_.erase(found);
}

std::optional<std::uint64_t> Bridge::call_of(Session session) const {
    const auto& ids = sessions_.at(session).ids;
    if (ids.empty()) return std::nullopt;
    return ids.begin()->second;
}

/// server/discover, from what a server of the legacy era said of itself in its handshake.
void Bridge::discover(std::uint64_t number) {
    auto& call = calls_.at(number);
    const auto capabilities = member(server_result_, "capabilities");
    const auto instructions = member(server_result_, "instructions");
    const auto answer = fmt::format(
        R"({{"jsonrpc":"2.0","id":{},"result":{{"resultType":"complete","supportedVersions":["{}"],"capabilities":{},)"
        R"({}"ttlMs":0,"cacheScope":"private","_meta":{{"io.modelcontextprotocol/serverInfo":{}}}}}}})",
        call.id, modern_version, capabilities.starts_with('{') ? capabilities : "{}",
        instructions.empty() ? std::string{} : fmt::format(R"("instructions":{},)", instructions), server_info());
    if (call.attached) sink_.answer(call.exchange, Pieces{answer});
    end(call.watch, {});
    forget(number);
}

/// The client is asked for what the server wants to know: its request ends so, and it comes back with another one.
void Bridge::park(std::uint64_t number) {
    auto& call = calls_.at(number);
    auto& client = sessions_.at(call.session);
    if (!call.attached) return; // it is being asked already; what is new comes afterwards
    std::string requests;
    for (const auto& [ask, what] : asks_) {
        if (what.session != call.session) continue;
        fmt::format_to(std::back_inserter(requests), R"({}"input-{}":{{"method":"{}"{}{}}})",
                       requests.empty() ? "" : ",", ask, what.method, what.params.empty() ? "" : R"(,"params":)",
                       what.params);
    }
    client.modern->state = sink_.secret();
    parked_.emplace(client.modern->state, number);
    call.deadline = std::min(now_ + limits_.call_idle, call.sent_at + limits_.call_total);
    call.attached = false;
    const auto answer =
        fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{{"resultType":"input_required","inputRequests":{{{}}},)"
                    R"("requestState":{},"_meta":{{"io.modelcontextprotocol/serverInfo":{}}}}}}})",
                    call.id, requests, quote(client.modern->state), server_info());
    sink_.answer(call.exchange, Pieces{answer});
    end(call.watch, {});
}

/// A client that was asked for input is back, with a request of its own that takes the first one's place.
void Bridge::resume(std::uint64_t number, const Message& message) {
    const auto state = unquote(member(message.params, "requestState")).value_or("");
    const auto parked = parked_.find(state);
    auto& retry = calls_.at(number);
    const auto& modern = *sessions_.at(retry.session).modern;
    const auto old = parked == parked_.end() ? 0 : parked->second;
    if (old == 0 || sessions_.at(calls_.at(old).session).modern->method != modern.method ||
        sessions_.at(calls_.at(old).session).modern->name != modern.name)
        return refuse_modern(
            number,
            {.status = 200, .code = -32602, .message = "Invalid params: requestState is not known, or it has expired"});
    parked_.erase(parked);
    auto& call = calls_.at(old);
    auto& client = sessions_.at(call.session);
    const auto& newcomer = sessions_.at(retry.session);
    client.sampling = newcomer.sampling;
    client.elicitation = newcomer.elicitation;
    client.roots = newcomer.roots;
    client.modern->state.clear();
    client.ids.clear();
    client.ids.emplace(retry.id, old);
    call.id = retry.id;
    call.token = retry.token;
    call.exchange = retry.exchange;
    call.streams = retry.streams;
    call.watch = std::exchange(retry.watch, Watch::none);
    call.attached = true;
    retry.attached = false;
    forget(number);
    if (call.answered) {
        const auto line = std::move(client.modern->early);
        const auto answer = *scan(line);
        answer_modern(call, answer, line);
        end(call.watch, ending_of(answer));
        return forget(old);
    }
    const auto responses = member(message.params, "inputResponses");
    bool open = false;
    std::erase_if(asks_, [&](const auto& entry) {
        if (entry.second.session != call.session) return false;
        const auto response = member(responses, fmt::format("input-{}", entry.first));
        open = open || response.empty();
        if (!response.empty())
            sink_.to_child(Pieces{R"({"jsonrpc":"2.0","id":)", entry.second.id, R"(,"result":)", response, "}"});
        return !response.empty();
    });
    call.deadline = std::min(now_ + limits_.call_idle, call.sent_at + limits_.call_total);
    if (open) park(old);
}

void Bridge::answer_modern(const Call& call, const Message& message, std::string_view line) {
    if (message.kind == Kind::error) {
        auto code = member(message.body, "code");
        // Two codes of the legacy era that the modern one has given up.
        const std::string_view changed = era_ == Era::modern ? ""
                                         : code == "-32002"  ? "-32602"
                                         : code == "-32042"  ? "-32603"
                                                             : "";
        const auto text = edited(line, {{message.id, call.id}, {changed.empty() ? std::string_view{} : code, changed}});
        const auto status = status_of(code);
        return status == 200 ? sink_.answer(call.exchange, text) : sink_.refused(call.exchange, status, text);
    }
    if (era_ == Era::legacy) return answer_complete(call, message, line);
    sink_.answer(call.exchange, edited(line, {{message.id, call.id}}));
}

/// Adds to a result of the legacy era what every modern one has.
void Bridge::answer_complete(const Call& call, const Message& message, std::string_view line) {
    const auto body = message.body;
    if (!body.starts_with('{')) return sink_.answer(call.exchange, edited(line, {{message.id, call.id}}));
    const auto absent = [&](std::string_view key) { return member(body, key).empty(); };
    std::string first{"{"};
    if (absent("resultType")) first += R"("resultType":"complete",)";
    const auto& method = sessions_.at(call.session).modern->method;
    if (method == "tools/list" || method == "prompts/list" || method == "resources/list" ||
        method == "resources/templates/list" || method == "resources/read") {
        if (absent("ttlMs")) first += R"("ttlMs":0,)";
        if (absent("cacheScope")) first += R"("cacheScope":"private",)";
    }
    const auto info = fmt::format(R"("io.modelcontextprotocol/serverInfo":{})", server_info());
    const auto meta = member(body, "_meta");
    if (meta.empty()) first += fmt::format(R"("_meta":{{{}}},)", info);
    const auto inner = [](std::string_view object) { return object.substr(object.find_first_not_of(" \t", 1)); };
    if (first.ends_with(',') && inner(body).starts_with('}')) first.pop_back();
    std::string meta_first;
    if (meta.starts_with('{') && member(meta, "io.modelcontextprotocol/serverInfo").empty())
        meta_first = fmt::format("{{{}{}", info, inner(meta).starts_with('}') ? "" : ",");
    sink_.answer(call.exchange,
                 edited(line, {{message.id, call.id},
                               {body.substr(0, 1), first},
                               {meta_first.empty() ? std::string_view{} : meta.substr(0, 1), meta_first}}));
}

} // namespace thv::mcp
