// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/man.hpp"
#include "io/files.hpp"
#include "thv/commands.hpp"

#include <filesystem>

namespace thv::commands {

constexpr Doc Manual::doc{
    .name = "__man",
    .summary = "write the manual pages into a folder",
    .examples = "thv __man man",
    .hidden = true,
};

void Manual::declare(Args& args) {
    args.positional("DIR", folder, "the folder").mandatory().completes(cli::Completer::file);
}

Task<> Manual::run(Console& console) const {
    make_folder(folder);
    for (const auto& [name, text] : cli::manual(program())) {
        write_atomic(std::filesystem::path{folder} / name, text);
        console.print(name);
    }
    co_return;
}

} // namespace thv::commands
