// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// The definitions of Asio's TLS, compiled once for the whole program.
#include <boost/asio/ssl/impl/src.hpp>
