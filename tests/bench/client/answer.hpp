// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bench {

/// Cuts the bytes of one HTTP/1.1 connection into answers: of a length, in chunks, or up to the end of the connection.
class AnswerReader {
public:
    /// Takes bytes. True when the answer is whole.
    bool feed(std::string_view bytes);
    /// The connection has ended. True when that makes the answer whole.
    bool end();

    bool head_done() const { return stage_ != Stage::head; }
    /// What came makes no sense as HTTP.
    bool broken() const { return broken_; }
    int status() const { return status_; }
    bool keep_alive() const { return keep_alive_; }
    const std::string& body() const { return body_; }
    const std::string& session() const { return session_; } ///< of Mcp-Session-Id
    /// Makes ready for the next answer.
    void next();

private:
    enum class Stage { head, length, chunk_size, chunk, chunk_end, trailer, to_end, whole };

    bool advance();
    bool read_head();
    void read_field(std::string_view line);
    bool read_chunk_size();
    std::string_view rest() const { return std::string_view{in_}.substr(at_); }

    std::string in_;
    std::size_t at_ = 0; ///< of it was used
    Stage stage_ = Stage::head;
    std::size_t left_ = 0; ///< of the body or the chunk
    std::string body_;
    std::string session_;
    int status_ = 0;
    bool keep_alive_ = true;
    bool broken_ = false;
};

} // namespace bench
