// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// JSON-RPC 2.0 messages as bytes: a message is checked and its few interesting values are found in one pass, without
/// building a tree, so that everything else is passed on exactly as it came (64-bit integers, 1e400, odd spaces).
namespace thv::mcp {

/// The methods that a bridge must know; everything else is passed through.
enum class Method : std::uint8_t {
    other,
    initialize,
    ping,
    subscribe,      ///< resources/subscribe
    unsubscribe,    ///< resources/unsubscribe
    set_level,      ///< logging/setLevel
    discover,       ///< server/discover
    listen,         ///< subscriptions/listen
    list_tools,     ///< tools/list
    call_tool,      ///< tools/call
    get_prompt,     ///< prompts/get
    read_resource,  ///< resources/read
    create_message, ///< sampling/createMessage
    elicit,         ///< elicitation/create
    list_roots,     ///< roots/list
    initialized,    ///< notifications/initialized
    cancelled,      ///< notifications/cancelled
    progress,       ///< notifications/progress
    log,            ///< notifications/message
    updated,        ///< notifications/resources/updated
    tools_changed,
    prompts_changed,
    resources_changed,
    roots_changed,
};

enum class Kind : std::uint8_t { request, notification, result, error };

/// One valid message. All views are raw JSON (strings with their quotes) inside the text that was scanned; a view is
/// empty when the member is absent.
struct Message {
    Kind kind = Kind::notification;
    Method method = Method::other;
    bool line_breaks = false;        ///< there is a CR or LF between two tokens
    bool tool_error = false;         ///< result.isError is true
    std::string_view id;             ///< a string or a number; empty for notifications and for errors without one
    std::string_view method_name;    ///< without quotes; still escaped if the sender escaped it
    std::string_view params;         ///< an object
    std::string_view body;           ///< the value of `result` or `error`
    std::string_view meta;           ///< params._meta, an object
    std::string_view meta_token;     ///< params._meta.progressToken
    std::string_view meta_version;   ///< params._meta["io.modelcontextprotocol/protocolVersion"]
    std::string_view subscription;   ///< params._meta["io.modelcontextprotocol/subscriptionId"]
    std::string_view progress_token; ///< params.progressToken
    std::string_view request_id;     ///< params.requestId
    std::string_view name;           ///< params.name, when it is a string
    std::string_view uri;            ///< params.uri, when it is a string
    std::string_view level;          ///< params.level, when it is a string
};

/// Why a text is not an acceptable message: -32700 (not JSON) or -32600 (JSON, but not a message we take).
struct Refusal {
    int code = 0;
    std::string_view reason;
};

/// Checks one text: JSON (RFC 8259, UTF-8, nested at most 64 deep) that is one JSON-RPC 2.0 message. Refused are also
/// batches, envelope members that occur twice or in another spelling ("ID"), inspected members that occur twice, and
/// NUL in any key: parsers disagree about those, and what was inspected must be what is understood.
std::expected<Message, Refusal> scan(std::string_view text);

/// The raw value of a member of a valid JSON object; empty when it is absent or `object` is not an object.
std::string_view member(std::string_view object, std::string_view key);

/// The text of a valid JSON string with its quotes; none for anything else. A lone surrogate becomes U+FFFD.
std::optional<std::string> unquote(std::string_view json);

/// A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string quote(std::string_view text);

/// The value of a canonical unsigned integer ("17"); none for every other text.
std::optional<std::uint64_t> canonical_integer(std::string_view json);

/// A text in pieces that need not be copied before they are written.
class Pieces {
public:
    Pieces() = default;
    explicit Pieces(std::string_view text) { add(text); }
    Pieces(std::initializer_list<std::string_view> parts) {
        for (const auto part : parts)
            add(part);
    }
    void add(std::string_view part) { parts_[count_++] = part; }
    const std::string_view* begin() const { return parts_.data(); }
    const std::string_view* end() const { return parts_.data() + count_; }
    std::size_t bytes() const {
        std::size_t total = 0;
        for (const auto part : *this)
            total += part.size();
        return total;
    }
    std::string& append_to(std::string& text) const {
        for (const auto part : *this)
            text.append(part);
        return text;
    }
    std::string str() const {
        std::string text;
        text.reserve(bytes());
        return append_to(text);
    }

private:
    std::array<std::string_view, 9> parts_;
    std::size_t count_ = 0;
};

/// Puts `with` in the place of `where`, which is a view into the edited text; an empty `where` is no edit.
struct Edit {
    std::string_view where;
    std::string_view with;
};
/// `text` with at most four edits that do not overlap, in any order.
Pieces edited(std::string_view text, std::initializer_list<Edit> edits);

/// {"jsonrpc":"2.0","id":ID,"error":{…}}; without the id member when `id` is empty, as strict clients demand. `data`
/// is raw JSON, or empty.
std::string error_message(std::string_view id, int code, std::string_view message, std::string_view data = {});

/// The error that stands for an answer to a request of ours which is not one that we take (too deep, too long, …), for
/// whoever waits for it. `begin` and `end` are the first and the last bytes of its line, or both all of it. None when
/// they do not say for certain which request it answers.
std::optional<std::string> in_place_of_answer(std::string_view begin, std::string_view end, std::string_view why);

/// The reason for a line that is longer than allowed.
std::string too_long(std::size_t limit);

/// {"jsonrpc":"2.0","id":ID,"result":{}}
std::string empty_result(std::string_view id);

} // namespace thv::mcp
