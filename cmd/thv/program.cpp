// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/program.hpp"

#include "cli/dispatch.hpp"
#include "thv/commands.hpp"
#include "thv/session.hpp"

#include <memory>

namespace thv::commands {

int run_program(int argc, char** argv) {
    cli::reserve_standard_streams();
    const auto environment = Environment::of_process();
    auto console = cli::Console::of_process(environment);
    const auto offer = [&environment, &console](cli::Ports& ports, const cli::Globals& globals) {
        auto session = std::make_shared<Session>(environment, globals, console);
        session->offer(ports);
        return session;
    };
    std::vector<std::string> words{argv, argv + argc};
    if (!words.empty()) words.erase(words.begin());
    return cli::dispatch(program(), std::move(words), console, offer);
}

} // namespace thv::commands
