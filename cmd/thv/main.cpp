// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/program.hpp"

int main(int argc, char** argv) {
    return thv::commands::run_program(argc, argv);
}
