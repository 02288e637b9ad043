// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "mcp/modern.hpp"

#include "core/base64.hpp"
#include "mcp/levels.hpp"
#include "mcp/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace thv::mcp {

namespace {

Complaint mismatch(std::string message) {
    return {.code = header_mismatch, .message = "Header mismatch: " + std::move(message)};
}

/// The part of the body that Mcp-Name repeats; none when the method has no such part.
std::optional<std::string_view> named_part(const Message& message) {
    if (message.method == Method::call_tool || message.method == Method::get_prompt) return message.name;
    if (message.method == Method::read_resource) return message.uri;
    // The extension io.modelcontextprotocol/tasks.
    const auto method = message.method_name;
    if (method == "tasks/get" || method == "tasks/update" || method == "tasks/cancel")
        return member(message.params, "taskId");
    return std::nullopt;
}

std::optional<Complaint> meta_complaint(const Message& message) {
    const auto missing = [](std::string_view what) {
        return Complaint{.code = -32602, .message = fmt::format("Invalid params: {} is missing", what)};
    };
    if (message.meta.empty()) return missing("_meta");
    if (!unquote(message.meta_version)) return missing("_meta[\"io.modelcontextprotocol/protocolVersion\"]");
    const auto capabilities = member(message.meta, "io.modelcontextprotocol/clientCapabilities");
    if (!capabilities.starts_with('{')) return missing("_meta[\"io.modelcontextprotocol/clientCapabilities\"]");
    return std::nullopt;
}

std::optional<Complaint> version_complaint(const Message& message, const Mirrored& headers) {
    const auto said = unquote(message.meta_version).value_or("");
    if (!headers.version) return mismatch("the MCP-Protocol-Version header is missing");
    if (*headers.version != said) return mismatch("MCP-Protocol-Version is not the version of the body");
    if (said == modern_version) return std::nullopt;
    return Complaint{.code = unsupported_version,
                     .message = "Unsupported protocol version",
                     .data = fmt::format(R"({{"supported":["{}"],"requested":{}}})", modern_version, quote(said))};
}

std::optional<Complaint> mirror_complaint(const Message& message, const Mirrored& headers) {
    const auto method = unquote(fmt::format("\"{}\"", message.method_name)).value_or("");
    if (!headers.method) return mismatch("the Mcp-Method header is missing");
    if (*headers.method != method) return mismatch("Mcp-Method is not the method of the body");
    const auto part = named_part(message);
    if (!part) return std::nullopt;
    const auto name = unquote(*part);
    if (!name) return std::nullopt; // the server says what it misses
    if (!headers.name) return mismatch("the Mcp-Name header is missing");
    if (header_text(*headers.name) != name) return mismatch("Mcp-Name is not the name in the body");
    return std::nullopt;
}

/// RFC 4648, section 4, in its one right form: with its padding, and no bits behind the end.
std::optional<std::string> base64_text(std::string_view digits) {
    auto text = base64_decode(digits);
    if (!text || base64_encode(*text) != digits) return std::nullopt;
    return text;
}

} // namespace

bool is_modern(const Message& message, std::optional<std::string_view> version_header) {
    if (version_header && known_version(*version_header)) return false;
    return version_header == modern_version || !message.meta_version.empty();
}

std::optional<Complaint> complaint(const Message& message, const Mirrored& headers) {
    if (message.kind != Kind::request) return std::nullopt; // the revision asks nothing of notifications
    if (auto found = meta_complaint(message)) return found;
    if (auto found = version_complaint(message, headers)) return found;
    if (auto found = mirror_complaint(message, headers)) return found;
    if (!is_removed(message.method)) return std::nullopt;
    return Complaint{.status = 404, .code = -32601, .message = "Method not found"};
}

RequestMeta request_meta(const Message& message) {
    const auto capabilities = member(message.meta, "io.modelcontextprotocol/clientCapabilities");
    RequestMeta meta{.sampling = !member(capabilities, "sampling").empty(),
                     .elicitation = !member(capabilities, "elicitation").empty(),
                     .roots = !member(capabilities, "roots").empty(),
                     .level = {}};
    if (const auto level = unquote(member(message.meta, "io.modelcontextprotocol/logLevel"))) {
        meta.level = level_of(*level);
    }
    return meta;
}

bool is_removed(Method method) {
    constexpr std::array removed{Method::initialize,     Method::ping,        Method::set_level,
                                 Method::subscribe,      Method::unsubscribe, Method::initialized,
                                 Method::create_message, Method::elicit,      Method::list_roots};
    return std::ranges::find(removed, method) != removed.end();
}

int status_of(std::string_view code) {
    if (code == "-32601") return 404;
    return code == "-32020" || code == "-32021" || code == "-32022" ? 400 : 200;
}

std::optional<std::string> header_text(std::string_view value) {
    constexpr std::string_view prefix = "=?base64?";
    constexpr std::string_view suffix = "?=";
    if (value.size() >= prefix.size() + suffix.size() && value.starts_with(prefix) && value.ends_with(suffix))
        return base64_text(value.substr(prefix.size(), value.size() - prefix.size() - suffix.size()));
    const auto plain = [](char byte) { return byte == '\t' || (byte >= 0x20 && byte < 0x7F); };
    if (!std::ranges::all_of(value, plain)) return std::nullopt;
    return std::string{value};
}

} // namespace thv::mcp
