// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "answer.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace bench {
namespace {

bool same_word(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right,
                              [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

bool to_number(std::string_view text, std::size_t& number, int base) {
    const auto* const end = text.data() + text.size();
    return !text.empty() && std::from_chars(text.data(), end, number, base).ec == std::errc{};
}

} // namespace

void AnswerReader::next() {
    in_.erase(0, at_);
    at_ = 0;
    stage_ = Stage::head;
    left_ = 0;
    body_.clear();
    status_ = 0;
    keep_alive_ = true;
}

bool AnswerReader::feed(std::string_view bytes) {
    in_.append(bytes);
    while (!broken_ && stage_ != Stage::whole && advance()) {
    }
    if (at_ > 65536) {
        in_.erase(0, at_);
        at_ = 0;
    }
    return stage_ == Stage::whole;
}

bool AnswerReader::end() {
    if (stage_ == Stage::to_end) stage_ = Stage::whole;
    keep_alive_ = false;
    return stage_ == Stage::whole;
}

/// One step; false when more bytes are needed.
bool AnswerReader::advance() {
    switch (stage_) {
    case Stage::head:
        return read_head();
    case Stage::length:
    case Stage::chunk: {
        const auto part = rest().substr(0, left_);
        if (part.empty()) return false;
        body_.append(part);
        at_ += part.size();
        left_ -= part.size();
        if (left_ == 0) stage_ = stage_ == Stage::length ? Stage::whole : Stage::chunk_end;
        return true;
    }
    case Stage::chunk_size:
        return read_chunk_size();
    case Stage::chunk_end:
        if (rest().size() < 2) return false;
        at_ += 2;
        stage_ = Stage::chunk_size;
        return true;
    case Stage::trailer: {
        const auto end = rest().find("\r\n");
        if (end == std::string_view::npos) return false;
        at_ += end + 2;
        if (end == 0) stage_ = Stage::whole;
        return true;
    }
    case Stage::to_end:
        body_.append(rest());
        at_ = in_.size();
        return false;
    case Stage::whole:
        break;
    }
    return false;
}

bool AnswerReader::read_head() {
    const auto text = rest();
    const auto end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    auto head = text.substr(0, end + 2);
    at_ += end + 4;
    std::size_t number = 0;
    broken_ = head.size() < 12 || !head.starts_with("HTTP/1.") || !to_number(head.substr(9, 3), number, 10);
    if (broken_) return false;
    status_ = static_cast<int>(number);
    stage_ = Stage::to_end;
    for (auto line = head.find("\r\n"); line + 2 < head.size(); line = head.find("\r\n", line + 2))
        read_field(head.substr(line + 2, head.find("\r\n", line + 2) - line - 2));
    if (status_ == 100) stage_ = Stage::head;
    if (status_ == 204 || status_ == 304 || (stage_ == Stage::length && left_ == 0)) stage_ = Stage::whole;
    return true;
}

void AnswerReader::read_field(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (same_word(name, "content-length")) {
        broken_ = !to_number(value, left_, 10);
        stage_ = Stage::length;
    } else if (same_word(name, "transfer-encoding")) {
        stage_ = Stage::chunk_size;
    } else if (same_word(name, "connection")) {
        keep_alive_ = !same_word(value, "close");
    } else if (same_word(name, "mcp-session-id")) {
        session_ = value;
    }
}

bool AnswerReader::read_chunk_size() {
    const auto text = rest();
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos) return false;
    broken_ = !to_number(text.substr(0, end), left_, 16);
    at_ += end + 2;
    stage_ = left_ == 0 ? Stage::trailer : Stage::chunk;
    return !broken_;
}

} // namespace bench
