// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bench {

/// What a call came to.
enum class Verdict { right, wrong, refused, failed };

/// The texts of one MCP client.
class Words {
public:
    explicit Words(const Place& place, std::string session = {});

    /// A request that asks the tool `echo` for a text that no other request has.
    const std::string& call(std::uint64_t number);
    std::string initialize() const;
    std::string initialized() const;
    /// A GET for the session's stream.
    std::string listen() const;
    std::string erase() const;

private:
    std::string post(std::string_view body) const;

    std::string place_;
    std::string headers_;
    std::string call_;
    std::string body_;
};

/// The line of a call as it goes to a server on stdio.
void append_call(std::string& out, std::uint64_t number);
/// Whether a message is the answer to the call of that number: its id and its text.
bool answers_call(std::string_view message, std::uint64_t number);
/// The id of a message that is an answer; none without one.
std::optional<std::uint64_t> id_of(std::string_view message);
Verdict verdict(const AnswerReader& answer, std::uint64_t number);

/// Opens a session and returns its id, which is empty when the server gives none; none when it fails. `status` is what
/// was answered, 0 without an answer.
struct Opened {
    std::optional<std::string> session;
    int status = 0;
};
Opened open_session(const Place& place, Clock::time_point until);

} // namespace bench
