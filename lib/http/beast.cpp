// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// Beast's definitions, compiled once for the whole program. Its parser asserts that the last chunk of a body does not
// arrive in pieces, which is the sender's choice and not the program's; without the assertion it does what is right.
#define BOOST_DISABLE_ASSERTS
#include <boost/beast/src.hpp>
