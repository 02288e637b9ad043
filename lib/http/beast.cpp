// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// Beast's definitions, compiled once for the whole program.
#include <boost/beast/src.hpp>
