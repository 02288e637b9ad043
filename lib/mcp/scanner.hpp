// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace thv::mcp {

/// Walks over JSON text and checks it. Every function returns false at the first byte that is not right; the position
/// is then of no use any more.
class Scanner {
public:
    static constexpr int max_depth = 64;

    explicit Scanner(std::string_view text)
        : at_(text.data())
        , end_(text.data() + text.size()) {}

    const char* position() const { return at_; }
    bool at_end() const { return at_ == end_; }
    bool saw_line_break() const { return line_breaks_; }
    bool too_deep() const { return too_deep_; }
    /// Whether there is NUL in a key, which is not passed.
    bool nul_in_key() const { return nul_in_key_; }
    char peek() const { return at_ == end_ ? '\0' : *at_; }

    void space() {
        while (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ') {
            if (*at_ == '\n' || *at_ == '\r')
                line_breaks_ = true;
            else if (*at_ != ' ' && *at_ != '\t')
                return;
            ++at_;
        }
    }

    bool take(char expected) {
        if (at_ == end_ || *at_ != expected) return false;
        ++at_;
        return true;
    }

    /// The length of the well-formed UTF-8 sequence of two to four bytes at the front of `text`, or zero.
    static std::size_t multibyte_length(std::string_view text);

    /// Passes one string. Sets `escaped()`.
    bool string();
    /// Whether the last string held a backslash.
    bool escaped() const { return escaped_; }

    /// Passes one value of any kind, `depth` levels below the top.
    bool value(int depth);

    /// Passes one object, `depth` being the depth of its members. For each member, with the position at its value,
    /// `visit(key)` is called; it must pass the value and say whether all is well.
    template <typename Visit>
    bool object(int depth, Visit visit) {
        if (!enter(depth) || !take('{')) return false;
        space();
        if (take('}')) return true;
        for (;;) {
            std::string_view name;
            if (!key(name)) return false;
            if (!visit(name)) return false;
            space();
            if (take('}')) return true;
            if (!take(',')) return false;
            space();
        }
    }

private:
    bool enter(int depth) {
        too_deep_ = too_deep_ || depth > max_depth;
        return !too_deep_;
    }
    /// Passes `"key" :` and the space around it; `name` is the key's text, unescaped.
    bool key(std::string_view& name);
    bool escape();
    bool literal(std::string_view word);
    bool number();
    bool scalar();

    const char* at_;
    const char* end_;
    bool line_breaks_ = false;
    bool escaped_ = false;
    bool too_deep_ = false;
    bool nul_in_key_ = false;
    std::string unescaped_;
};

} // namespace thv::mcp
