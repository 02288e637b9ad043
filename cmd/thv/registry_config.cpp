// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/format.hpp"
#include "thv/registry_commands.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace thv::commands {

using registry::Source;

constexpr Doc ConfigSetRegistry::doc{
    .name = "config set-registry",
    .summary = "choose the registry that servers are known from",
    .description =
        "Takes a file, the https URL of a file, or the https URL that a registry's API is under (the API of the "
        "official MCP registry). A URL that ends in .json is that of a file; of another one it is asked whether there "
        "is an API. The registry is read first: one that cannot be used is not chosen.\n\nThe choice is kept in "
        "config.yaml, which ToolHive reads, too.",
    .examples = "thv config set-registry ./servers.json\n"
                "thv config set-registry https://example.com/registry.json\n"
                "thv config set-registry https://registry.modelcontextprotocol.io",
};

constexpr Doc ConfigGetRegistry::doc{
    .name = "config get-registry",
    .summary = "show the registry that servers are known from",
    .examples = "thv config get-registry\nthv config get-registry -o json",
};

constexpr Doc ConfigUnsetRegistry::doc{
    .name = "config unset-registry",
    .summary = "go back to the catalogue that comes with thv",
    .examples = "thv config unset-registry",
};

namespace {

std::string sentence(const Source& source) {
    switch (source.kind) {
    case Source::Kind::embedded:
        return "The registry is the catalogue that comes with thv.";
    case Source::Kind::file:
        return fmt::format("The registry is {}.", to_string(source));
    case Source::Kind::url:
        return fmt::format("The registry is the file at {}", to_string(source));
    case Source::Kind::api:
        return fmt::format("The registry is the API at {}", to_string(source));
    }
    return {};
}

} // namespace

void ConfigSetRegistry::declare(Args& args) {
    args.positional("REGISTRY", place, "a file or a URL").mandatory().completes(cli::Completer::file);
    args.flag("-p,--allow-private-ip", allow_private, "allow a registry at an address that is not public");
}

Task<> ConfigSetRegistry::run(registry::Registry& registry, Console& console) const {
    const auto source = co_await registry.choose(place, allow_private);
    console.say(sentence(source));
}

void ConfigGetRegistry::declare(Args& args) {
    output.declare(args);
}

Task<> ConfigGetRegistry::run(registry::Registry& registry, Console& console) const {
    const auto source = registry.source();
    const nlohmann::ordered_json document{{"type", registry::kind_word(source.kind)},
                                          {"location", source.place},
                                          {"allow_private_ip", source.allow_private}};
    cli::print_thing(output, source.place, document, [&] { console.print(sentence(source)); }, console);
    co_return;
}

void ConfigUnsetRegistry::declare(Args&) {}

Task<> ConfigUnsetRegistry::run(registry::Registry& registry, Console& console) const {
    registry.reset();
    console.say(sentence(Source{}));
    co_return;
}

} // namespace thv::commands
