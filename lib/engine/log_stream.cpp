// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/log_stream.hpp"

#include "engine/log_frames.hpp"

#include <fmt/format.h>

#include <deque>

namespace thv::engine {

namespace {

std::string log_path(const std::string& id, const TailOptions& options) {
    auto path = fmt::format("/containers/{}/logs?stdout=1&stderr=1&follow={}&timestamps={}&tail={}",
                            http::percent_encode(id), options.follow ? 1 : 0, options.timestamps ? 1 : 0,
                            options.lines ? std::to_string(std::max(0, *options.lines)) : "all");
    if (options.since) path += "&since=" + http::percent_encode(format_rfc3339(*options.since));
    return path;
}

} // namespace

Task<> stream_log(std::shared_ptr<Api> api, std::string id, TailOptions options, LineSink sink) {
    const auto stream = co_await api->open({.path = log_path(id, options)});
    LogFrames frames;
    LogFrames::Output arrived;
    LineCutter out;
    LineCutter err;
    const auto to_out = [&sink](std::string_view line) { sink(line, false); };
    const auto to_err = [&sink](std::string_view line) { sink(line, true); };
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

Task<std::string> first_line(std::shared_ptr<Api> api, std::string id) {
    const auto stream = co_await api->open({.path = log_path(id, {})});
    LogFrames frames;
    LogFrames::Output arrived;
    while (arrived.to_stderr.size() < 4096 && arrived.to_stdout.size() < 4096) {
        const auto bytes = co_await stream->read_some();
        if (bytes.empty()) break;
        frames.feed(bytes, arrived);
        if (arrived.to_stderr.find('\n') != std::string::npos) break;
    }
    const auto& text = arrived.to_stdout.empty() ? arrived.to_stderr : arrived.to_stdout;
    co_return text.substr(0, std::min(text.find('\n'), std::size_t{4096}));
}

Task<std::vector<std::string>> tail_lines(std::shared_ptr<Api> api, std::string id, int count) {
    const auto most = static_cast<std::size_t>(std::max(0, count));
    std::deque<std::string> last;
    const auto keep = [&last, most](std::string_view line, bool) {
        last.emplace_back(line);
        if (last.size() > most) last.pop_front();
    };
    TailOptions options;
    // Podman 4 counts the pieces in which a line was written; what is too much is dropped here.
    options.lines = api->facts().podman && count < 10'000 ? 8 * count + 8 : count;
    co_await stream_log(std::move(api), std::move(id), options, keep);
    co_return std::vector<std::string>(last.begin(), last.end());
}

} // namespace thv::engine
