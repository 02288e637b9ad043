// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// The engine's lifecycle starts its own executable as a supervisor, so the tests are a whole thv, too.
#include "thv/program.hpp"

#include <string_view>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view{argv[1]} == "start") return thv::commands::run_program(argc, argv);
    return Catch::Session{}.run(argc, argv);
}
