// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// The program that needs no library of the system, not even the C library.
#include "thv/program.hpp"

#include <nss.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    // Whatever /etc/nsswitch.conf names, the C library would load as a library of the system, which is one of another
    // version, or not there. /etc/hosts and DNS it can do by itself.
    if (::__nss_configure_lookup("hosts", "files dns") != 0) {
        std::fputs("Error: cannot set how the names of hosts are looked up\n", stderr);
        return EXIT_FAILURE;
    }
    return thv::commands::run_program(argc, argv);
}
