// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mcp/jsonrpc.hpp"
#include "mcp/lines.hpp"

#include <cstddef>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thv::mcp {

/// What clients see of a server's tools: some of them, some under other names and with other descriptions. Everything
/// that is not changed stays byte for byte as it was.
class ToolView {
public:
    /// What a tool is called and how it is described instead; what is empty stays as it is.
    struct Change {
        std::string name;
        std::string description;
    };
    /// `only` are names as clients see them; none: all tools are shown. `changes` go by the server's names.
    ToolView(std::vector<std::string> only, std::map<std::string, Change> changes);

    /// Whether there is anything to do.
    bool active() const { return !only_.empty() || !changes_.empty(); }
    /// The server's name of a tool that clients know; none for one that they do not see.
    std::optional<std::string> real_name(const std::string& shown) const;
    /// The result of tools/list, a valid JSON object, as clients are to see it. None for one that is no such result.
    std::optional<std::string> shown(std::string_view result) const;

    /// A message for the server: none when it may pass as it is; the text to send instead; or the error that answers
    /// it in the server's place. What is no call of a tool passes. `text` is what was scanned.
    std::expected<std::optional<std::string>, std::string> to_server(const Message& message,
                                                                     std::string_view text) const;
    /// A message of the server, when clients must see another text: one that lists tools.
    std::optional<std::string> from_server(const Message& message, std::string_view text) const;

private:
    std::optional<std::string> shown_tool(std::string_view tool) const;
    std::string shown_name(const std::string& real) const;
    bool visible(const std::string& real) const;

    std::set<std::string, std::less<>> only_;
    std::map<std::string, Change, std::less<>> changes_;
    std::map<std::string, std::string, std::less<>> real_; ///< new name → the server's
};

/// A server's stdin and stdout under a view.
class ViewedServer {
public:
    /// Lines that are longer than `line_bytes` are dropped; an answer among them becomes an error.
    explicit ViewedServer(const ToolView& view, std::size_t line_bytes = Lines::default_limit)
        : view_(view)
        , line_bytes_(line_bytes) {}

    /// Whole lines for the server, as they are to be sent.
    std::string to_server(std::string_view lines);
    /// Answers that were given in the server's place since the last call, as lines of its stdout.
    std::string take_answers() { return std::exchange(answers_, {}); }
    /// Bytes of the server; whole lines come out.
    std::string from_server(std::string_view chunk);
    /// There is another server.
    void reset();

private:
    const ToolView& view_;
    std::size_t line_bytes_;
    Lines lines_{line_bytes_};
    std::string answers_;
};

/// The events of a server that answers with a stream (WHATWG HTML, "Server-sent events") under a view. Events without a
/// list of tools pass unchanged, but for JSON that is no acceptable message: a client might find a list in it.
class ViewedEvents {
public:
    /// An event may have at most `limit` bytes; a longer one is not passed on, and `broken`.
    ViewedEvents(const ToolView& view, std::size_t limit)
        : view_(view)
        , limit_(limit) {}

    /// The bytes of the events that are complete.
    std::string feed(std::string_view chunk);
    /// What is left when the stream ends.
    std::string finish();
    bool broken() const { return broken_; }

private:
    void take_event(std::string_view event, std::string& out);

    const ToolView& view_;
    std::size_t limit_;
    std::string held_;
    std::size_t line_begin_ = 0; ///< of the line in `held_` that is not complete
    bool first_ = true;          ///< no event has come yet
    bool broken_ = false;
};

} // namespace thv::mcp
