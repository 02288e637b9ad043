// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0

// Asio's own definitions, compiled once for the whole program.
#include <boost/asio/impl/src.hpp>
