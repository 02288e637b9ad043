// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/session_journal.hpp"

#include "core/error.hpp"
#include "io/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace thv::proxy {

namespace {

using nlohmann::json;

constexpr std::size_t file_limit = 256U << 20U;
constexpr std::size_t history_limit = 1U << 20U; ///< bytes beyond twice what is alive

std::string line_of(const json& record) {
    return record.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

std::string stream_line(std::string_view id, std::uint32_t number, const mcp::OpenCall& call) {
    return line_of(
        {{"id", id}, {"stream", number}, {"call", call.number}, {"request", call.id}, {"token", call.token}});
}

/// A session as a whole.
std::string opening(std::string_view id, const SessionRecord& record) {
    const auto& facts = record.facts;
    json line{{"id", id}, {"sampling", facts.sampling}, {"elicitation", facts.elicitation}, {"roots", facts.roots}};
    if (record.primes) line["primes"] = true;
    if (!record.principal.empty()) line["principal"] = record.principal;
    if (facts.level) line["level"] = *facts.level;
    if (!facts.uris.empty()) line["uris"] = facts.uris;
    if (record.next_stream != 1) line["next"] = record.next_stream;
    auto lines = line_of(line);
    for (const auto& [number, call] : record.streams)
        lines += stream_line(id, number, call);
    return lines;
}

/// Only what differs, for a session may have thousands of subscriptions.
std::string difference(std::string_view id, const mcp::SessionFacts& was, const mcp::SessionFacts& is) {
    std::string lines;
    if (was.level != is.level && is.level) lines += line_of({{"id", id}, {"level", *is.level}});
    for (const auto& uri : is.uris)
        if (!was.uris.contains(uri)) lines += line_of({{"id", id}, {"add", uri}});
    for (const auto& uri : was.uris)
        if (!is.uris.contains(uri)) lines += line_of({{"id", id}, {"drop", uri}});
    return lines;
}

SessionRecord opened(const json& line) {
    mcp::SessionFacts facts{.sampling = line.value("sampling", false),
                            .elicitation = line.value("elicitation", false),
                            .roots = line.value("roots", false)};
    if (line.contains("level")) facts.level = line["level"].get<int>();
    if (line.contains("uris")) facts.uris = line["uris"].get<std::set<std::string, std::less<>>>();
    return {.facts = std::move(facts),
            .primes = line.value("primes", false),
            .principal = line.value("principal", ""),
            .streams = {},
            .next_stream = line.value("next", std::uint32_t{1})};
}

} // namespace

SessionJournal::SessionJournal(std::filesystem::path path, std::size_t limit)
    : path_(std::move(path)) {
    try {
        read(limit);
        rewrite();
    } catch (const Error& error) {
        give_up(error.message());
    }
}

void SessionJournal::read(std::size_t limit) {
    const auto bytes = read_file(path_, file_limit);
    if (!bytes) return;
    std::string_view rest{*bytes};
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        apply(rest.substr(0, end), limit);
        rest.remove_prefix(end + 1);
    }
}

void SessionJournal::apply(std::string_view text, std::size_t limit) {
    try {
        const auto line = json::parse(text);
        const auto id = line.at("id").get<std::string>();
        const auto known = sessions_.find(id);
        if (line.contains("sampling")) {
            if (known != sessions_.end() || sessions_.size() < limit) sessions_[id] = opened(line);
        } else if (known == sessions_.end()) {
            return;
        } else if (line.contains("stream")) {
            known->second.begin_stream(line["stream"].get<std::uint32_t>(),
                                       {.number = line.at("call").get<std::uint64_t>(),
                                        .id = line.at("request").get<std::string>(),
                                        .token = line.at("token").get<std::string>()});
        } else if (line.contains("ended")) {
            known->second.streams.erase(line["ended"].get<std::uint32_t>());
        } else if (line.contains("add")) {
            known->second.facts.uris.insert(line["add"].get<std::string>());
        } else if (line.contains("drop")) {
            known->second.facts.uris.erase(line["drop"].get<std::string>());
        } else if (line.contains("level")) {
            known->second.facts.level = line["level"].get<int>();
        } else {
            sessions_.erase(known);
        }
    } catch (const json::exception& error) {
        log::warn("a line of the sessions' journal cannot be read: error {}", error.id);
    }
}

void SessionJournal::put(std::string_view id, const SessionRecord& record) {
    const auto [known, opened] = sessions_.try_emplace(std::string{id}, record);
    if (opened) return append(opening(id, record));
    const auto lines = difference(id, known->second.facts, record.facts);
    known->second.facts = record.facts;
    append(lines);
}

void SessionJournal::begin_stream(std::string_view id, std::uint32_t number, const mcp::OpenCall& call) {
    const auto known = sessions_.find(id);
    if (known == sessions_.end()) return;
    known->second.begin_stream(number, call);
    append(stream_line(id, number, call));
}

void SessionJournal::end_stream(std::string_view id, std::uint32_t number) {
    const auto known = sessions_.find(id);
    if (known == sessions_.end() || known->second.streams.erase(number) == 0) return;
    append(line_of({{"id", id}, {"ended", number}}));
}

void SessionJournal::erase(std::string_view id) {
    const auto known = sessions_.find(id);
    if (known == sessions_.end()) return;
    const auto line = line_of({{"id", id}});
    sessions_.erase(known);
    append(line);
}

void SessionJournal::append(const std::string& lines) {
    if (!file_.open() || lines.empty()) return;
    // A part of a line that is written now is one that a reader passes over, but the next one must not be glued to it.
    if (::write(file_.get(), lines.data(), lines.size()) != static_cast<ssize_t>(lines.size()))
        return give_up(std::strerror(errno));
    written_ += lines.size();
    if (written_ <= 2 * live_ + history_limit) return;
    try {
        rewrite();
    } catch (const Error& error) {
        give_up(error.message());
    }
}

void SessionJournal::rewrite() {
    std::string all;
    for (const auto& [id, record] : sessions_)
        all += opening(id, record);
    write_atomic(path_, all);
    file_ = Fd{::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)};
    if (!file_.open()) throw Error{Fault::internal, std::strerror(errno)};
    written_ = live_ = all.size();
}

void SessionJournal::give_up(std::string_view why) {
    file_.close();
    log::warn("the clients' sessions will not outlive this process: {}", why);
    discard();
}

void SessionJournal::discard() {
    file_.close();
    std::error_code ignored; // what is left is passed over, or tells of sessions that their clients do not use any more
    std::filesystem::remove(path_, ignored);
}

} // namespace thv::proxy
