// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mcp/ending.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace thv::proxy {

/// Looks for the few members that say what a JSON-RPC message means, in JSON that comes in pieces and may be of any
/// length, of which nothing is kept. What is no JSON gives no message, or a wrong one, and no harm.
class MessageGlance {
public:
    void feed(std::string_view bytes);
    /// The message so far is complete: forget it.
    void reset() { *this = {}; }

    /// Whether it was a response.
    bool response() const { return (result_ || error_) && !method_; }
    /// What it means, if it was one.
    mcp::Ending ending() const;
    /// Raw; empty when there is none, or when it is longer than 1024 bytes.
    const std::string& id() const { return id_; }

private:
    enum class Place : std::uint8_t { nowhere, key, id, is_error, code };

    std::size_t string_part(std::string_view bytes);
    void open(bool object);
    void close();
    void begin_string();
    void end_string();
    void scalar(char byte);
    void end_value();
    Place value_place() const;
    void keep(std::string_view text);

    std::int64_t depth_ = 0;
    std::array<bool, 3> object_{};      ///< whether there is an object at that depth
    std::array<std::string, 3> keys_{}; ///< the last ones at that depth
    std::string kept_;                  ///< of what is at `place_`
    Place place_ = Place::nowhere;
    bool in_string_ = false;
    bool escaped_ = false;
    bool key_next_ = false;
    bool result_ = false;
    bool error_ = false;
    bool method_ = false;
    bool tool_error_ = false;
    int code_ = 0;
    std::string id_;
};

/// Reads the body of an answer on its way to a client: one JSON text, or a stream of events.
class AnswerReader {
public:
    enum class Form : std::uint8_t { json, events };
    struct Found {
        std::function<void(const std::string& id, const mcp::Ending& ending)> response;
        std::function<void(std::string_view url)> endpoint; ///< where HTTP+SSE clients are to post to
    };
    AnswerReader(Form form, Found found)
        : form_(form)
        , found_(std::move(found)) {}

    void feed(std::string_view bytes);
    /// There is no more to come.
    void finish();

private:
    enum class Field : std::uint8_t { name, data, event, other };

    void feed_line_part(std::string_view bytes);
    void end_line();
    void end_message();

    Form form_;
    Found found_;
    MessageGlance glance_;
    Field field_ = Field::name;
    bool value_begins_ = false;
    bool after_return_ = false;
    std::string name_;
    std::string event_;
    std::string url_;
};

} // namespace thv::proxy
