// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/log_reader.hpp"

#include "cluster/status_error.hpp"

#include <utility>

namespace thv::cluster {

namespace {

/// A log with the record that comes next.
struct Head {
    std::unique_ptr<LogReader> log;
    std::optional<LogRecord> record;
    std::optional<Time> time; ///< of the record, or of the last one before it that has one
};

Task<> advance(Head& head) {
    head.record = co_await head.log->next();
    if (head.record && head.record->written) head.time = head.record->written;
}

/// The one whose record was written first; the first of the logs on a tie.
Head* earliest(std::vector<Head>& heads) {
    Head* first = nullptr;
    for (auto& head : heads)
        if (head.record && (first == nullptr || head.time < first->time)) first = &head;
    return first;
}

} // namespace

Task<std::optional<LogRecord>> LogReader::next() {
    const auto take = [this](std::string_view line) { ready_.push_back(read_record(line)); };
    while (ready_.empty() && !ended_) {
        const auto bytes = co_await stream_->read_some();
        if (!bytes.empty()) {
            cutter_.feed(bytes, take);
            continue;
        }
        cutter_.finish(take);
        ended_ = true;
    }
    if (ready_.empty()) co_return std::nullopt;
    auto record = std::move(ready_.front());
    ready_.pop_front();
    co_return record;
}

Task<std::unique_ptr<LogReader>> open_log(Api& api, std::string pod, LogRequest request) {
    const Place place{pods, api.name_space(), std::move(pod)};
    try {
        auto stream = co_await api.open_log(place, log_query(request));
        co_return std::make_unique<LogReader>(std::move(stream));
    } catch (const StatusError& error) {
        // 400 is the kubelet's word for a container that has not started, or has not been restarted.
        if (error.code() != 400 && error.code() != 404) throw;
    }
    co_return std::unique_ptr<LogReader>{};
}

Task<> read_merged(std::vector<std::unique_ptr<LogReader>> logs, std::function<void(std::size_t, LogRecord)> sink) {
    std::vector<Head> heads;
    heads.reserve(logs.size());
    for (auto& log : logs)
        heads.push_back({std::move(log), {}, {}});
    for (auto& head : heads)
        co_await advance(head);
    while (auto* head = earliest(heads)) {
        auto record = std::exchange(head->record, std::nullopt);
        if (record) sink(static_cast<std::size_t>(head - heads.data()), *std::move(record));
        co_await advance(*head);
    }
}

} // namespace thv::cluster
