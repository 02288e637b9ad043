// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>

namespace thv {

namespace asio = boost::asio;

/// The one asynchronous type. Coroutines take values, or references to services that outlive the task; lambdas that
/// are coroutines capture nothing.
template <typename T = void>
using Task = asio::awaitable<T>;

} // namespace thv
