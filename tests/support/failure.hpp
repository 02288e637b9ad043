// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "support/catch.hpp"

namespace thv::test {

/// The error that `work` ends with; a test whose work ends well fails.
template <typename Work>
Error error_of(Work work) {
    try {
        work();
    } catch (const Error& error) {
        return error;
    }
    FAIL("nothing was thrown");
    throw Error{Fault::internal, "not reached"};
}

} // namespace thv::test
