// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/late_answers.hpp"

namespace thv::proxy {

namespace {

constexpr std::size_t most = 16384;
constexpr std::string_view unknown = "its answer was not waited for";

} // namespace

void LateAnswers::expect(std::string_view channel, const std::string& id, mcp::Watch call) {
    if (count_ >= most) return calls_.ended(call, {.outcome = mcp::CallEnd::failed, .reason = unknown});
    auto& calls = channels_[std::string{channel}];
    const auto [place, added] = calls.try_emplace(id, call);
    if (added) {
        ++count_;
        return;
    }
    // Two calls with one id: whose the answer is nobody can tell.
    calls_.ended(place->second, {.outcome = mcp::CallEnd::failed, .reason = unknown});
    place->second = call;
}

void LateAnswers::forget(std::string_view channel, const std::string& id) {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) return;
    count_ -= found->second.erase(id);
    if (found->second.empty()) channels_.erase(found);
}

void LateAnswers::answered(std::string_view channel, const std::string& id, const mcp::Ending& ending) {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) return;
    const auto call = found->second.find(id);
    if (call == found->second.end()) return;
    calls_.ended(call->second, ending);
    forget(channel, id);
}

void LateAnswers::closed(std::string_view channel, const mcp::Ending& ending) {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) return;
    count_ -= found->second.size();
    for (const auto& [id, call] : found->second)
        calls_.ended(call, ending);
    channels_.erase(found);
}

} // namespace thv::proxy
