// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/logs.hpp"

#include "cluster/log_follow.hpp"
#include "cluster/log_reader.hpp"
#include "cluster/log_source.hpp"
#include "cluster/meta.hpp"
#include "cluster/observe.hpp"
#include "cluster/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

namespace thv::cluster {

namespace {

using Cursors = std::map<std::string, LogCursor>;

/// What has been written until now, on its way to the reader.
class Past {
public:
    Past(LogPrinter printer, std::vector<PodState> pods)
        : printer_(std::move(printer))
        , pods_(std::move(pods))
        , cursors_(pods_.size()) {}

    void take(std::size_t pod, LogRecord record) {
        cursors_[pod].admits(record);
        if (!printer_.wants(record)) return;
        if (!printer_.options.lines) return print(pod, record);
        last_.emplace_back(pod, std::move(record));
        if (last_.size() > wanted()) last_.pop_front();
    }

    void finish() {
        for (const auto& [pod, record] : last_)
            print(pod, record);
    }

    Cursors cursors() const {
        Cursors by_uid;
        for (std::size_t pod = 0; pod < pods_.size(); ++pod)
            by_uid.emplace(pods_[pod].uid, cursors_[pod]);
        return by_uid;
    }

private:
    std::size_t wanted() const { return static_cast<std::size_t>(std::max(0, printer_.options.lines.value_or(0))); }
    void print(std::size_t pod, const LogRecord& record) const {
        printer_.print(pods_.size() > 1 ? pods_[pod].name : std::string{}, record);
    }

    LogPrinter printer_;
    std::vector<PodState> pods_;
    std::vector<LogCursor> cursors_;
    std::deque<std::pair<std::size_t, LogRecord>> last_;
};

Task<std::vector<PodState>> pods_with_log(Api& api, LogPods source) {
    std::vector<PodState> found;
    const Place all{pods, api.name_space()};
    const auto take = [&](const Json& pod) {
        auto state = pod_state(pod, source.container);
        if (state.has_log) found.push_back(std::move(state));
    };
    co_await api.list(all, {.label_selector = source.selector}, take);
    std::ranges::sort(found, {}, &PodState::name);
    co_return found;
}

LogRequest past_request(const LogPods& source, const TailOptions& options) {
    LogRequest request{.container = source.container, .since = options.since, .previous = options.previous};
    // A follower has to know the last line to go on after it, even when it is not wanted itself.
    if (options.lines) request.lines = std::max(options.follow ? 1 : 0, *options.lines);
    return request;
}

/// Prints what there is, and returns where each pod has been read to.
Task<Cursors> print_past(Api& api, LogPods source, LogPrinter printer) {
    const auto request = past_request(source, printer.options);
    std::vector<PodState> read;
    std::vector<std::unique_ptr<LogReader>> logs;
    for (auto& pod : co_await pods_with_log(api, source)) {
        auto log = co_await open_log(api, pod.name, request);
        if (!log) continue;
        logs.push_back(std::move(log));
        read.push_back(std::move(pod));
    }
    if (printer.options.previous && logs.empty())
        throw Error{Fault::not_found,
                    fmt::format("no container of '{}' has run before the one that is there", source.workload)};
    Past past{std::move(printer), std::move(read)};
    const auto take = [&past](std::size_t pod, LogRecord record) { past.take(pod, std::move(record)); };
    co_await read_merged(std::move(logs), take);
    past.finish();
    co_return past.cursors();
}

/// Tells why there is no log yet.
Task<> tell_why(Api& api, Found found, TailOptions options) {
    const auto name = name_of(found.object);
    const auto seen = co_await observe(api, found.resource, name, std::move(found.object));
    const auto why = is_stopped(seen) ? "it is stopped" : serving(seen).why;
    options.notice(fmt::format("'{}' has no log yet{}{}", name, why.empty() ? "" : ": ", why));
}

} // namespace

Task<> Logs::tail(WorkloadName name, TailOptions options, LineSink sink) {
    auto found = co_await require_workload(api_, name.str());
    const auto source = log_pods(found.resource, name.str(), options.source);
    LogPrinter printer{.options = options, .sink = std::move(sink), .container = source.container};
    auto cursors = co_await print_past(api_, source, printer);
    if (cursors.empty() && options.notice) co_await tell_why(api_, std::move(found), options);
    if (options.follow && !options.previous) co_await follow_logs(api_, source, std::move(cursors), std::move(printer));
}

} // namespace thv::cluster
