// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/lifecycle.hpp"
#include "workload/update.hpp"

namespace thv::engine {

/// See Lifecycle::replace. Run configs have no owners, so nothing has to be taken over.
class Update : public thv::Update {
public:
    /// Keeps a reference.
    explicit Update(Lifecycle& lifecycle)
        : lifecycle_(lifecycle) {}

    Task<std::string> replace(RunConfig next, bool /*force*/, Waiting waiting) override {
        auto url = co_await lifecycle_.replace(std::move(next), std::move(waiting));
        co_return url;
    }

private:
    Lifecycle& lifecycle_;
};

} // namespace thv::engine
