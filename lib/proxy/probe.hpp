// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "core/time.hpp"
#include "http/client.hpp"
#include "io/task.hpp"

#include <memory>

namespace thv::proxy {

/// The status of the answer to a first request of the transport, within `limit`; what that began is ended again.
Task<int> first_status(std::shared_ptr<http::Client> client, Transport transport, Duration limit);

} // namespace thv::proxy
