// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/forbearance.hpp"

#include "cluster/status_error.hpp"

namespace thv::cluster {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_denial = 10s;

} // namespace

bool Forbearance::forgives(const Error& error, Clock::time_point now) {
    const auto* status = dynamic_cast<const StatusError*>(&error);
    const bool silent = error.fault() == Fault::unreachable || error.fault() == Fault::timed_out;
    if (silent || (status != nullptr && status->code() >= 500)) {
        denied_since_.reset();
        return true;
    }
    if (error.fault() != Fault::denied) return false;
    if (!denied_since_) denied_since_ = now;
    return now - *denied_since_ < longest_denial;
}

} // namespace thv::cluster
