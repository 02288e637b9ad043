// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/answer_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace thv::proxy {

namespace {

constexpr std::size_t longest_kept = 1024;
constexpr std::size_t longest_url = 8U << 10U;

} // namespace

void MessageGlance::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        if (in_string_) {
            bytes.remove_prefix(string_part(bytes));
            continue;
        }
        const char byte = bytes.front();
        bytes.remove_prefix(1);
        switch (byte) {
        case '"':
            begin_string();
            break;
        case '{':
        case '[':
            open(byte == '{');
            break;
        case '}':
        case ']':
            close();
            break;
        case ',':
            end_value();
            key_next_ = depth_ > 0 && depth_ <= 2 && object_[static_cast<std::size_t>(depth_)];
            break;
        default:
            scalar(byte);
        }
    }
}

/// Passes bytes of a string, which may be long; returns how many.
std::size_t MessageGlance::string_part(std::string_view bytes) {
    if (escaped_) {
        escaped_ = false;
        keep(bytes.substr(0, 1));
        return 1;
    }
    const auto quote = std::min(bytes.find('"'), bytes.size());
    const auto escape = std::min(bytes.substr(0, quote).find('\\'), quote);
    keep(bytes.substr(0, escape));
    if (escape == bytes.size()) return escape;
    if (escape < quote) {
        escaped_ = true;
        keep("\\");
    } else {
        end_string();
    }
    return escape + 1;
}

void MessageGlance::keep(std::string_view text) {
    if (place_ != Place::nowhere && kept_.size() + text.size() <= longest_kept + 2)
        kept_ += text;
    else if (place_ != Place::nowhere)
        kept_.assign(longest_kept + 2, ' '); // too long: nothing of interest is
}

MessageGlance::Place MessageGlance::value_place() const {
    if (depth_ == 1 && keys_[1] == "id") return Place::id;
    if (depth_ == 2 && keys_[1] == "result" && keys_[2] == "isError") return Place::is_error;
    if (depth_ == 2 && keys_[1] == "error" && keys_[2] == "code") return Place::code;
    return Place::nowhere;
}

void MessageGlance::begin_string() {
    in_string_ = true;
    if (depth_ < 1 || depth_ > 2) return;
    place_ = key_next_ ? Place::key : value_place();
    kept_.clear();
    if (place_ == Place::id) keep("\"");
    if (place_ == Place::is_error || place_ == Place::code) place_ = Place::nowhere; // these are no strings
}

void MessageGlance::end_string() {
    in_string_ = false;
    if (place_ == Place::id) keep("\"");
    if (place_ != Place::key) return;
    place_ = Place::nowhere;
    key_next_ = false;
    keys_[static_cast<std::size_t>(depth_)] = std::exchange(kept_, {});
    if (depth_ != 1) return;
    result_ = result_ || keys_[1] == "result";
    error_ = error_ || keys_[1] == "error";
    method_ = method_ || keys_[1] == "method";
}

void MessageGlance::scalar(char byte) {
    if (depth_ < 1 || depth_ > 2 || key_next_ || byte == ':' || static_cast<unsigned char>(byte) <= ' ') return;
    if (place_ == Place::nowhere) {
        place_ = value_place();
        kept_.clear();
    }
    keep({&byte, 1});
}

void MessageGlance::end_value() {
    const auto place = std::exchange(place_, Place::nowhere);
    if (place == Place::nowhere) return;
    if (place == Place::id) id_ = kept_.size() <= longest_kept ? kept_ : std::string{};
    if (place == Place::is_error) tool_error_ = kept_ == "true";
    const auto* const end = kept_.data() + kept_.size();
    int number = 0;
    if (place == Place::code && std::from_chars(kept_.data(), end, number).ptr == end) code_ = number;
}

void MessageGlance::open(bool object) {
    place_ = Place::nowhere;
    ++depth_;
    key_next_ = object && depth_ <= 2;
    if (depth_ > 2) return;
    object_[static_cast<std::size_t>(depth_)] = object;
    keys_[static_cast<std::size_t>(depth_)].clear();
}

void MessageGlance::close() {
    end_value();
    if (depth_ > 0) --depth_;
    key_next_ = false;
}

mcp::Ending MessageGlance::ending() const {
    if (error_) return {.outcome = mcp::CallEnd::error, .code = code_};
    return {.outcome = tool_error_ ? mcp::CallEnd::tool_error : mcp::CallEnd::success};
}

void AnswerReader::feed(std::string_view bytes) {
    if (form_ == Form::json) return glance_.feed(bytes);
    while (!bytes.empty()) {
        if (std::exchange(after_return_, false) && bytes.front() == '\n') { // of CR LF
            bytes.remove_prefix(1);
            continue;
        }
        const auto feed_end = std::min(bytes.find('\n'), bytes.size());
        const auto end = std::min(bytes.substr(0, feed_end).find('\r'), feed_end);
        feed_line_part(bytes.substr(0, end));
        if (end == bytes.size()) return;
        after_return_ = bytes[end] == '\r';
        end_line();
        bytes.remove_prefix(end + 1);
    }
}

void AnswerReader::finish() {
    // An event that has no end is not one (HTML, "Server-sent events").
    if (form_ == Form::json) end_message();
}

void AnswerReader::feed_line_part(std::string_view bytes) {
    if (field_ == Field::name) {
        const auto colon = bytes.find(':');
        if (name_.size() < 16) name_ += bytes.substr(0, std::min<std::size_t>(colon, 16));
        if (colon == std::string_view::npos) return;
        field_ = name_ == "data" ? Field::data : name_ == "event" ? Field::event : Field::other;
        value_begins_ = true;
        bytes.remove_prefix(colon + 1);
    }
    if (field_ == Field::other || bytes.empty()) return;
    if (std::exchange(value_begins_, false) && bytes.front() == ' ') bytes.remove_prefix(1);
    if (field_ == Field::event && event_.size() + bytes.size() <= 64) event_ += bytes;
    if (field_ != Field::data) return;
    if (event_ == "endpoint" && url_.size() + bytes.size() <= longest_url)
        url_ += bytes;
    else
        glance_.feed(bytes);
}

void AnswerReader::end_line() {
    const bool blank = field_ == Field::name && name_.empty();
    field_ = Field::name;
    name_.clear();
    if (blank) end_message();
}

void AnswerReader::end_message() {
    if (!url_.empty() && found_.endpoint) found_.endpoint(url_);
    if (glance_.response() && found_.response) found_.response(glance_.id(), glance_.ending());
    glance_.reset();
    event_.clear();
    url_.clear();
}

} // namespace thv::proxy
