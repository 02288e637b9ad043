// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/run_config.hpp"
#include "io/environment.hpp"
#include "proxy/options.hpp"

#include <boost/asio/any_io_executor.hpp>

namespace thv::proxy {

/// The options of a proxy for a run config, with who may use it: what its `gateway` asks for. Reads token and
/// certificate files, and the environment's variable of a token. Throws Fault::usage for what is missing, or is no such
/// thing.
Options gated_options(const boost::asio::any_io_executor& executor, const RunConfig& config,
                      const Environment& environment);

/// Sets the limits that a run config names, by the names of proxy_limits().
void apply_limits(Options& options, const std::map<std::string, std::string>& limits);

} // namespace thv::proxy
