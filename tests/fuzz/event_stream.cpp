// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Streams of server-sent events: the events do not depend on where the stream is cut, are those that a plain reading of
// the rules finds, and none is longer than allowed.
#include "core/error.hpp"
#include "cuts.hpp"
#include "http/sse.hpp"

#include <optional>
#include <string>

namespace {

using namespace thv;
using fuzz::require;
constexpr std::size_t limit = 200;

struct Outcome {
    std::vector<http::Event> events;
    std::string last_id;
    std::optional<std::chrono::milliseconds> retry;
    bool too_long = false;
};

Outcome read(const std::vector<std::string_view>& pieces) {
    http::EventReader reader{limit};
    Outcome outcome;
    try {
        for (const auto piece : pieces)
            for (auto& event : reader.feed(piece)) {
                require(event.data.size() <= limit && !event.type.empty());
                outcome.events.push_back(std::move(event));
            }
    } catch (const Error&) {
        outcome.too_long = true;
    }
    outcome.last_id = reader.last_id();
    outcome.retry = reader.retry();
    return outcome;
}

/// WHATWG HTML, 9.2.6, word for word, on the whole stream.
class Plain {
public:
    explicit Plain(std::string_view stream) {
        if (stream.starts_with("\xef\xbb\xbf")) stream.remove_prefix(3);
        while (true) {
            const auto end = stream.find_first_of("\r\n");
            if (end == std::string_view::npos) return;
            line(stream.substr(0, end));
            stream.remove_prefix(stream.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
        }
    }
    std::vector<http::Event> events;
    std::string last_id;

private:
    void line(std::string_view text) {
        if (text.empty()) return dispatch();
        const auto colon = text.find(':');
        auto value = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        const auto field = text.substr(0, colon);
        if (field == "event") type_ = value;
        if (field == "data") data_.append(value).append("\n");
        if (field == "id" && value.find('\0') == std::string_view::npos) id_ = value;
    }
    void dispatch() {
        last_id = id_;
        if (!data_.empty()) {
            data_.pop_back();
            events.push_back({type_.empty() ? "message" : type_, data_});
        }
        data_.clear();
        type_.clear();
    }
    std::string data_;
    std::string type_;
    std::string id_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto stream = fuzz::text_of(data, size);
    const auto pieces = fuzz::cut(stream);
    const auto outcome = read(pieces);
    // How much of a stream with an event over the limit is seen depends on the cuts; that it is over does not.
    const auto whole = read({stream});
    require(outcome.too_long == whole.too_long);
    if (outcome.too_long) return 0;
    require(outcome.events == whole.events && outcome.last_id == whole.last_id && outcome.retry == whole.retry);
    const Plain plain{stream};
    require(outcome.events == plain.events && outcome.last_id == plain.last_id);
    return 0;
}
