// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/log_stream.hpp"

#include "engine/log_frames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace thv::engine {

namespace {

constexpr std::size_t first_line_limit = 4096;

/// The engine's own `tail`: a number of records, or all.
std::string log_path(const std::string& id, Streams streams, const TailOptions& options) {
    auto path = fmt::format("/containers/{}/logs?stdout={}&stderr=1&follow={}&timestamps={}&tail={}",
                            http::percent_encode(id), streams == Streams::both ? 1 : 0, options.follow ? 1 : 0,
                            options.timestamps ? 1 : 0, options.lines ? std::to_string(*options.lines) : "all");
    if (!options.since) return path;
    const auto since = options.since->time_since_epoch().count();
    return path + fmt::format("&since={}.{:09}", since / 1'000'000'000, since % 1'000'000'000);
}

/// What the engine sends for these options, `tail` in its own meaning.
Task<> stream_records(std::shared_ptr<Api> api, std::string path, LineSink sink) {
    const auto stream = co_await api->open({.path = std::move(path)});
    LogFrames frames;
    LogFrames::Output arrived;
    LineCutter out;
    LineCutter err;
    const auto to_out = [&sink](std::string_view line) { sink({.text = line, .to_stderr = false}); };
    const auto to_err = [&sink](std::string_view line) { sink({.text = line, .to_stderr = true}); };
    for (;;) {
        const auto bytes = co_await stream->read_some();
        if (bytes.empty()) break;
        frames.feed(bytes, arrived);
        out.feed(arrived.to_stdout, to_out);
        err.feed(arrived.to_stderr, to_err);
        arrived.to_stdout.clear();
        arrived.to_stderr.clear();
    }
    out.finish(to_out);
    err.finish(to_err);
}

struct Line {
    std::string text;
    bool to_stderr;
};

/// The last `count` lines, and how many there were in all.
struct LastLines {
    std::deque<Line> lines;
    std::size_t seen = 0;
};
Task<LastLines> last_of(std::shared_ptr<Api> api, std::string path, std::size_t count) {
    LastLines last;
    const auto keep = [&last, count](const LogLine& line) {
        ++last.seen;
        if (count == 0) return;
        if (last.lines.size() == count) last.lines.pop_front();
        last.lines.push_back({std::string{line.text}, line.to_stderr});
    };
    co_await stream_records(std::move(api), std::move(path), keep);
    co_return last;
}

/// An engine's `tail` counts records: those of a stream that was not asked for, too, and on podman the pieces of a
/// line, of which it may lose the first. So more is asked for, and everything when that was not enough.
Task<std::deque<Line>> last_lines(std::shared_ptr<Api> api, std::string id, Streams streams, TailOptions options) {
    const int wanted = std::max(0, options.lines.value_or(0));
    const auto count = static_cast<std::size_t>(wanted);
    const bool exact = !api->facts().podman && streams == Streams::both;
    constexpr int many = 1 << 20;
    const int generous = wanted < many ? 8 * wanted + 64 : many;
    options.lines = exact ? wanted : generous;
    auto last = co_await last_of(api, log_path(id, streams, options), count);
    if (exact || last.seen > count) co_return std::move(last.lines);
    options.lines = std::nullopt;
    last = co_await last_of(api, log_path(id, streams, options), count);
    co_return std::move(last.lines);
}

} // namespace

Task<> stream_log(std::shared_ptr<Api> api, std::string id, Streams streams, TailOptions options, LineSink sink) {
    if (!options.lines) {
        co_await stream_records(std::move(api), log_path(id, streams, options), std::move(sink));
        co_return;
    }
    if (!options.follow) {
        const auto lines = co_await last_lines(std::move(api), std::move(id), streams, options);
        for (const auto& line : lines)
            sink({.text = line.text, .to_stderr = line.to_stderr});
        co_return;
    }
    // A follower cannot tell where the past ends: how much of it to leave out is counted first.
    const auto wanted = static_cast<std::size_t>(std::max(0, *options.lines));
    options.lines = std::nullopt;
    options.follow = false;
    const auto past = co_await last_of(api, log_path(id, streams, options), 0);
    options.follow = true;
    std::size_t skip = past.seen > wanted ? past.seen - wanted : 0;
    const auto skipping = [&skip, &sink](const LogLine& line) {
        if (skip > 0)
            --skip;
        else
            sink(line);
    };
    co_await stream_records(std::move(api), log_path(id, streams, options), skipping);
}

Task<std::string> first_line(std::shared_ptr<Api> api, std::string id) {
    const auto stream = co_await api->open({.path = log_path(id, Streams::both, {})});
    LogFrames frames;
    LogFrames::Output arrived;
    while (arrived.to_stderr.size() < first_line_limit && arrived.to_stdout.size() < first_line_limit) {
        const auto bytes = co_await stream->read_some();
        if (bytes.empty()) break;
        frames.feed(bytes, arrived);
        if (arrived.to_stderr.find('\n') != std::string::npos) break;
    }
    const auto& text = arrived.to_stdout.empty() ? arrived.to_stderr : arrived.to_stdout;
    co_return text.substr(0, std::min(text.find('\n'), first_line_limit));
}

Task<std::vector<std::string>> tail_lines(std::shared_ptr<Api> api, std::string id, int count) {
    TailOptions options;
    options.lines = count;
    auto lines = co_await last_lines(std::move(api), std::move(id), Streams::both, options);
    std::vector<std::string> texts;
    texts.reserve(lines.size());
    for (auto& line : lines)
        texts.push_back(std::move(line.text));
    co_return texts;
}

} // namespace thv::engine
