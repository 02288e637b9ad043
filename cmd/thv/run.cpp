// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/commands.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::commands {

constexpr Doc Run::doc{
    .name = "run",
    .summary = "run an MCP server from an image",
    .description =
        "Creates a workload, starts its server in a container with a proxy in front of it, and waits until the "
        "server answers. Then the URL for clients is printed. The workload goes on running; 'thv ls' shows "
        "it.\n\nWhen the server does not come up, nothing of the workload stays.",
    .examples = "thv run --name weather ghcr.io/acme/weather-mcp:1.4\n"
                "thv run --transport stdio -e API_KEY -v ./data:/data:ro mcp/files -- /data\n"
                "# serve in this terminal until Ctrl-C\nthv run --foreground mcp/fetch",
};

Caller::Caller(const cli::Ports& ports)
    : environment(ports.get<const Environment>())
    , globals(ports.get<const cli::Globals>())
    , folder(std::filesystem::current_path()) {}

void Run::declare(Args& args) {
    flags.declare(args);
    args.flag("-f,--foreground", stay, "serve in this process; when it ends, nothing of the workload stays");
    args.option("--timeout", patience, "how long the server may take until it answers (5m)");
}

namespace {

Task<> require_group(Grouping& grouping, std::string name) {
    if (name == default_group) co_return;
    const auto groups = co_await grouping.groups();
    if (std::ranges::find(groups, name, &Group::name) == groups.end())
        throw Error{Fault::not_found, fmt::format("no group named '{}'", name)}.hint(
            fmt::format("run 'thv group create {}' first", name));
}

void warn_about_exposure(const RunConfig& config, Console& console) {
    if (config.host.starts_with("127.") || config.host == "::1") return;
    console.warn(fmt::format("whoever reaches {} can use this server without a password", config.host));
    if (config.allowed_origins.empty())
        console.warn("any web page can, too, as long as --allowed-origins does not say which may");
}

} // namespace

Task<int> Run::run(Caller caller, Grouping& grouping, Ways ways, Console& console) const {
    auto chosen = flags;
    if (needs_target_port(chosen)) chosen.target_port = choose_port();
    auto config = run_config_from(chosen, caller.environment, caller.folder);
    config.debug = caller.globals.debug;
    co_await require_group(grouping, config.group);
    warn_about_exposure(config, console);

    const auto progress = [&console](std::string_view line) { console.say(line); };
    const auto name = config.name;
    if (!stay) {
        const auto url =
            co_await ways.lifecycle().run(std::move(config), {.limit = patience, .wait = true, .progress = progress});
        console.print(url);
        console.say(fmt::format("{} is ready", name));
        co_return 0;
    }
    const auto ready = [&console](std::string_view url) {
        console.print(url);
        console.say("Press Ctrl-C to stop it");
    };
    const int code = co_await ways.foreground().run(std::move(config), patience, progress, ready);
    co_return code;
}

} // namespace thv::commands
