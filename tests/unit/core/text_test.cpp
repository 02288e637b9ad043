// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/text.hpp"
#include "support/catch.hpp"

using namespace thv;

TEST_CASE("a released text holds no memory") {
    std::string text(1 << 20, 'x');
    release(text);
    CHECK(text.empty());
    CHECK(text.capacity() == std::string{}.capacity());
}
