// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/process.hpp"
#include "support/catch.hpp"

#include <dlfcn.h>

using namespace thv;

TEST_CASE("a program that a dynamic linker has started may load libraries") {
    CHECK(may_load_libraries());
    CHECK(::dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD) != nullptr);
}
