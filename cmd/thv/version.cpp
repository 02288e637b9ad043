// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "commit.hpp"
#include "thv/commands.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace thv::commands {

constexpr Doc Version::doc{
    .name = "version",
    .summary = "print the version",
    .examples = "thv version\nthv version -o json",
};

void Version::declare(Args& args) {
    output.declare(args);
}

namespace {

#if defined(__clang__)
constexpr const char* compiler = "clang " __clang_version__;
#else
constexpr const char* compiler = "gcc " __VERSION__;
#endif

#if defined(__x86_64__)
constexpr const char* platform = "linux/amd64";
#elif defined(__aarch64__)
constexpr const char* platform = "linux/arm64";
#else
constexpr const char* platform = "linux/other";
#endif

} // namespace

Task<> Version::run(Console& console) const {
    nlohmann::ordered_json document;
    document["version"] = THV_VERSION;
    document["commit"] = THV_COMMIT;
    document["build_date"] = THV_COMMIT_DATE;
    document["compiler"] = compiler;
    document["platform"] = platform;
    const auto text = [&console] {
        console.print(fmt::format("thv {}", THV_VERSION));
        console.print(fmt::format("Commit: {}", THV_COMMIT));
        console.print(fmt::format("Date: {}", THV_COMMIT_DATE));
        console.print(fmt::format("Compiler: {}", compiler));
        console.print(fmt::format("Platform: {}", platform));
    };
    cli::print_thing(output, THV_VERSION, document, text, console);
    co_return;
}

} // namespace thv::commands
