// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/tool_view.hpp"

#include "mcp/scanner.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::mcp {

namespace {

constexpr std::size_t longest_shown_name = 128;

struct Found {
    std::string_view value;
    int times = 0;
};

/// A member of a valid object, and how often it occurs.
Found find(std::string_view object, std::string_view key) {
    Scanner scanner{object};
    scanner.space();
    Found found;
    scanner.object(1, [&](std::string_view name) {
        const char* const first = scanner.position();
        if (!scanner.value(1)) return false;
        if (name != key) return true;
        found.value = {first, static_cast<std::size_t>(scanner.position() - first)};
        ++found.times;
        return true;
    });
    return found;
}

/// The items of a valid array.
std::vector<std::string_view> items_of(std::string_view array) {
    std::vector<std::string_view> items;
    Scanner scanner{array};
    scanner.space();
    if (!scanner.take('[')) return items;
    scanner.space();
    while (!scanner.at_end() && scanner.peek() != ']') {
        const char* const first = scanner.position();
        if (!scanner.value(1)) return items;
        items.emplace_back(first, static_cast<std::size_t>(scanner.position() - first));
        scanner.space();
        scanner.take(',');
        scanner.space();
    }
    return items;
}

/// The member's value replaced, or the member added at the front.
std::string with_member(std::string_view object, std::string_view key, const std::string& value) {
    const auto found = find(object, key);
    if (found.times != 0) return edited(object, {{found.value, value}}).str();
    const auto brace = object.find('{');
    return fmt::format("{}\"{}\":{},{}", object.substr(0, brace + 1), key, value, object.substr(brace + 1));
}

} // namespace

ToolView::ToolView(std::vector<std::string> only, std::map<std::string, Change> changes)
    : only_(std::make_move_iterator(only.begin()), std::make_move_iterator(only.end())) {
    for (auto& [real, change] : changes) {
        if (!change.name.empty()) real_.emplace(change.name, real);
        changes_.emplace(real, std::move(change));
    }
}

std::string ToolView::shown_name(const std::string& real) const {
    const auto change = changes_.find(real);
    return change == changes_.end() || change->second.name.empty() ? real : change->second.name;
}

bool ToolView::visible(const std::string& real) const {
    const auto name = shown_name(real);
    // A tool whose own name was given to another one cannot be called any more.
    const auto other = real_.find(name);
    if (other != real_.end() && other->second != real) return false;
    return only_.empty() || only_.contains(name);
}

std::optional<std::string> ToolView::real_name(const std::string& shown) const {
    const auto renamed = real_.find(shown);
    auto real = renamed == real_.end() ? shown : renamed->second;
    if (shown_name(real) != shown || !visible(real)) return std::nullopt;
    return real;
}

std::optional<std::string> ToolView::shown_tool(std::string_view tool) const {
    const auto name = find(tool, "name");
    const auto real = name.times == 1 ? unquote(name.value) : std::nullopt;
    if (!real || !visible(*real)) return std::nullopt;
    const auto change = changes_.find(*real);
    std::string text{tool};
    if (change == changes_.end()) return text;
    if (!change->second.description.empty()) text = with_member(text, "description", quote(change->second.description));
    if (!change->second.name.empty()) text = with_member(text, "name", quote(change->second.name));
    return text;
}

std::optional<std::string> ToolView::shown(std::string_view result) const {
    const auto tools = find(result, "tools");
    if (tools.times == 0 || !tools.value.starts_with('[')) return std::nullopt;
    std::string list = "[";
    // Twice the same member: one reader would take the first, another one the last.
    for (const auto tool : tools.times == 1 ? items_of(tools.value) : std::vector<std::string_view>{}) {
        auto text = shown_tool(tool);
        if (!text) continue;
        if (list.size() > 1) list += ',';
        list += *text;
    }
    list += ']';
    if (tools.times == 1) return edited(result, {{tools.value, list}}).str();
    return R"({"tools":[]})";
}

std::expected<std::optional<std::string>, std::string> ToolView::to_server(const Message& message,
                                                                           std::string_view text) const {
    if (message.kind != Kind::request) return std::nullopt;
    const auto method = message.method_name.contains('\\') ? unquote(fmt::format("\"{}\"", message.method_name))
                                                           : std::string{message.method_name};
    if (method != "tools/call") return std::nullopt;
    const auto name = find(message.params, "name");
    const auto shown = name.times == 1 ? unquote(name.value) : std::nullopt;
    if (!shown) return std::unexpected{error_message(message.id, -32602, "the call names no tool")};
    const auto real = real_name(*shown);
    if (!real)
        return std::unexpected{
            error_message(message.id, -32602,
                          fmt::format("Unknown tool: {}", std::string_view{*shown}.substr(0, longest_shown_name)))};
    if (*real == *shown) return std::nullopt;
    const auto quoted = quote(*real);
    return edited(text, {{name.value, quoted}}).str();
}

std::optional<std::string> ToolView::from_server(const Message& message, std::string_view text) const {
    if (message.kind != Kind::result) return std::nullopt;
    const auto list = shown(message.body);
    if (!list) return std::nullopt;
    return edited(text, {{message.body, *list}}).str();
}

std::string ViewedServer::to_server(std::string_view lines) {
    std::string out;
    out.reserve(lines.size());
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        const auto message = scan(line);
        if (!message) {
            out.append(line).append("\n");
            continue;
        }
        const auto sent = view_.to_server(*message, line);
        if (!sent) {
            answers_.append(sent.error()).append("\n");
            continue;
        }
        const auto& changed = *sent;
        out.append(changed ? std::string_view{*changed} : line).append("\n");
    }
    return out;
}

std::string ViewedServer::from_server(std::string_view chunk) {
    std::string out;
    const auto whole = [&](std::string_view line) {
        const auto message = scan(line);
        const auto seen = message ? view_.from_server(*message, line) : std::nullopt;
        out.append(seen ? std::string_view{*seen} : line).append("\n");
    };
    lines_.feed(chunk, whole, [&](std::string_view begin, std::string_view end) {
        // Without a number the beginning passes, as what it is: no message.
        const auto instead = in_place_of_answer(begin, end, too_long(line_bytes_));
        out.append(instead ? std::string_view{*instead} : begin).append("\n");
    });
    return out;
}

void ViewedServer::reset() {
    lines_.reset();
    answers_.clear();
}

std::string ViewedEvents::feed(std::string_view chunk) {
    std::string out;
    for (const char byte : chunk) {
        if (broken_) break;
        held_ += byte;
        if (byte != '\n' && byte != '\r') {
            broken_ = held_.size() > limit_;
            continue;
        }
        // An empty line ends the event; the LF of a CR LF is not another line.
        const auto length = held_.size() - 1 - line_begin_;
        const bool second_half = byte == '\n' && length == 0 && line_begin_ > 0 && held_[line_begin_ - 1] == '\r';
        line_begin_ = held_.size();
        if (length != 0 || second_half) continue;
        take_event(held_, out);
        held_.clear();
        line_begin_ = 0;
    }
    return out;
}

std::string ViewedEvents::finish() {
    std::string out;
    if (!broken_) take_event(held_, out);
    held_.clear();
    return out;
}

void ViewedEvents::take_event(std::string_view event, std::string& out) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF"; // which readers skip
    if (std::exchange(first_, false) && event.starts_with(byte_order_mark)) event.remove_prefix(3);
    std::string data;
    std::string rest;
    for (std::string_view text = event; !text.empty();) {
        const auto line = text.substr(0, text.find_first_of("\r\n"));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.starts_with("data:")) {
            if (!data.empty()) data += '\n';
            data.append(line.substr(line.starts_with("data: ") ? 6 : 5));
        } else if (!line.empty()) {
            rest.append(line).append("\n");
        }
    }
    const auto message = scan(data);
    const auto seen = message ? view_.from_server(*message, data) : std::nullopt;
    if (!seen) {
        const auto begin = data.find_first_not_of(" \t\r\n");
        const bool json = begin != std::string::npos && (data[begin] == '{' || data[begin] == '[');
        if (message || !json) out += event;
        return;
    }
    auto one_line = *seen;
    std::ranges::replace_if(one_line, [](char byte) { return byte == '\n' || byte == '\r'; }, ' ');
    out.append(rest).append("data: ").append(one_line).append("\n\n");
}

} // namespace thv::mcp
