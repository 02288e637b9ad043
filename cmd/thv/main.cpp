// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/dispatch.hpp"
#include "thv/commands.hpp"
#include "thv/session.hpp"

#include <memory>

int main(int argc, char** argv) {
    using namespace thv;
    cli::reserve_standard_streams();
    const auto environment = Environment::of_process();
    auto console = cli::Console::of_process(environment);
    const auto offer = [&environment, &console](cli::Ports& ports, const cli::Globals& globals) {
        auto session = std::make_shared<commands::Session>(environment, globals, console);
        session->offer(ports);
        return session;
    };
    std::vector<std::string> words{argv, argv + argc};
    if (!words.empty()) words.erase(words.begin());
    return cli::dispatch(commands::program(), std::move(words), console, offer);
}
