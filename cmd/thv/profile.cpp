// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/json.hpp"
#include "plan/profile_file.hpp"
#include "thv/config_file.hpp"
#include "thv/file_commands.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>

namespace thv::commands {

constexpr Doc ProfileShow::doc{
    .name = "profile show",
    .summary = "print a permission profile",
    .description =
        "Prints what a server may do under a built-in profile, or under one in a file, as --permission-profile "
        "takes them.",
    .examples = "thv profile show none\nthv profile show ./hub-only.yaml -o json",
    .see_also = "thv-profile(5)",
};

constexpr Doc ProfileCheck::doc{
    .name = "profile check",
    .summary = "tell every mistake in permission profiles",
    .description =
        "Prints the name of each file that is a permission profile, and tells all mistakes of those that are "
        "none.",
    .examples = "thv profile check profiles/*.yaml",
    .see_also = "thv-profile(5)",
};

void ProfileShow::declare(Args& args) {
    args.positional("PROFILE", name, "none, network, or a file").mandatory().completes(cli::Completer::profile);
    output.declare(args);
}

void ProfileCheck::declare(Args& args) {
    args.positional("FILE", files, "the profiles").mandatory().completes(cli::Completer::file);
}

Task<> ProfileShow::run(Console& console) const {
    RunFlags flags;
    flags.permission_profile = name;
    const auto document = to_document(profile_from(flags, {}, std::filesystem::current_path()));
    cli::print_thing(output, name, document, [&] { console.write(json_to_yaml(document)); }, console);
    co_return;
}

Task<> ProfileCheck::run(Console& console) const {
    bool fine = true;
    for (const auto& file : files) {
        std::vector<Error> mistakes;
        try {
            const auto text = read_input("profile", file, std::filesystem::current_path(), console);
            mistakes = plan::profile_mistakes(yaml_to_json(text, called(file)), called(file));
        } catch (const Error& error) {
            if (error.fault() == Fault::interrupted) throw;
            mistakes.push_back(error);
        }
        for (const auto& mistake : mistakes)
            console.complain(mistake);
        if (mistakes.empty()) console.print(file);
        fine = fine && mistakes.empty();
    }
    if (!fine) throw cli::Finished{exit_code(Fault::usage)};
    co_return;
}

} // namespace thv::commands
