// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/permissions.hpp"
#include "http/url.hpp"
#include "thv/commands.hpp"
#include "thv/config_file.hpp"
#include "thv/known_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace thv::commands {

constexpr Doc Run::doc{
    .name = "run",
    .summary = "run an MCP server by its name or image, or serve a remote one",
    .description =
        "Creates a workload, starts its server in a container with a proxy in front of it, and waits until the "
        "server answers. Then the URL for clients is printed. The workload goes on running; 'thv ls' shows "
        "it.\n\nA bare name, such as fetch, is looked up in the registry (see thv search), which knows the image and "
        "what "
        "the server needs; flags win over it. What is missing is asked for on a terminal, and secrets are kept in the "
        "store of 'thv secret'. Anything with a '/' or a tag is an image.\n\nWhen the server does not "
        "come up, nothing of the workload stays.\n\nWith a URL instead of an image the "
        "server runs elsewhere, and only the proxy here; no container engine is needed. Later on, a remote server that "
        "does not answer is shown as unhealthy and used again when it does.\n\nSecrets are those of 'thv secret'. "
        "Their "
        "values are in the memory of the workload's proxy and in the container, never in a file on disk; with as=file "
        "'docker inspect' does not show them either.",
    .examples = "thv run fetch\n"
                "thv run --name weather ghcr.io/acme/weather-mcp:1.4\n"
                "thv run --transport stdio -e API_KEY -v ./data:/data:ro mcp/files -- /data\n"
                "thv run --secret GITHUB,target=GITHUB_TOKEN ghcr.io/acme/github-mcp:1\n"
                "thv run --remote-bearer-secret GITHUB https://mcp.example.com/mcp\n"
                "# on a Kubernetes cluster\n"
                "thv run --namespace tools --secret github/token,target=GITHUB_TOKEN ghcr.io/acme/github-mcp:1\n"
                "thv export fetch -o json | thv run --context prod --from-config -\n"
                "# serve in this terminal until Ctrl-C\nthv run --foreground mcp/fetch",
    .see_also = "thv-profile(5) thv-runconfig(5)",
};

Caller::Caller(const cli::Ports& ports)
    : environment(ports.get<const Environment>())
    , globals(ports.get<const cli::Globals>())
    , platform(ports.get<const Platform>())
    , folder(std::filesystem::current_path()) {}

void Run::declare(Args& args) {
    flags.declare(args);
    args.flag("-f,--foreground", stay, "serve in this process; when it ends, nothing of the workload stays");
    declare_from_config(args, from_config);
    args.flag("--dry-run", dry_run, "print what would be stored, and store nothing");
    args.flag("--no-wait", no_wait, "return when the cluster has taken it");
    args.option("--timeout", patience, "how long the server may take until it answers (5m)");
    progress.declare(args);
    args.daily({"--name", "--group", "--transport", "--env", "--env-file", "--volume", "--secret", "--memory", "--cpus",
                "--label", "--permission-profile", "--network", "--proxy-port", "--tools", "--foreground",
                "--from-config", "--dry-run", "--timeout"});
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
    if (!config.gateway.authenticates())
        console.warn(fmt::format("whoever reaches {} can use this server without a password", config.host));
    else
        console.warn(fmt::format("tokens come to {} in the clear; let a proxy with TLS stand in front", config.host));
}

void warn_about_clear_text(const RunConfig& config, Console& console) {
    if (!config.remote_url.starts_with("http://")) return;
    const auto parts = http::parse_url(config.remote_url);
    const bool here = parts && (parts->host == "localhost" || parts->host == "::1" || parts->host.starts_with("127."));
    if (!here) console.warn("what goes to the remote server can be read on the way; use https");
}

/// Whoever may write to an engine's socket may do anything on its machine.
void warn_about_sockets(const RunConfig& config, Console& console) {
    for (const auto& volume : config.volumes) {
        const auto mount = parse_volume(volume, "/");
        std::error_code failure;
        if (!mount || !std::filesystem::is_socket(mount->source, failure)) continue;
        const auto name = std::filesystem::path{mount->source}.filename();
        if (name == "docker.sock" || name == "podman.sock" || name == "containerd.sock")
            console.warn(
                fmt::format("'{}' is given '{}', and with it everything on this machine", key(config), mount->source));
    }
}

/// What a profile closes and this version does not is said, so that nobody relies on it. The operator keeps the
/// profile's name and makes the pod like any other.
void warn_about_profile(const RunConfig& config, Platform platform, Console& console) {
    const auto& profile = config.permission_profile;
    if (platform == Platform::engine) {
        if (profile && profile->network_mode.empty() && outbound_of(*profile) == Outbound::listed)
            console.warn(
                fmt::format("nothing holds '{}' to the hosts and ports of its permission profile yet; it has the "
                            "whole network",
                            key(config)));
        return;
    }
    if (config.permission_profile_name != "none") return;
    console.warn(fmt::format("nothing holds '{}' to its permission profile (none), which the operator only keeps; a "
                             "NetworkPolicy can",
                             key(config)));
}

/// One that serves elsewhere has no process here that could stay.
void check_combination(const Run& command, Platform platform) {
    if (command.stay && command.dry_run) throw Error{Fault::usage, "--foreground and --dry-run exclude each other"};
    if (command.stay && platform == Platform::cluster)
        throw Error{Fault::unsupported, "--foreground is not available on a cluster"}.hint(
            "'thv logs --follow NAME' shows what the server writes");
    if (!command.from_config && command.flags.image.empty())
        throw Error{Fault::usage, "'thv run' needs IMAGE"}.hint("see 'thv run --help'");
    if (command.from_config && command.flags != RunFlags{})
        throw Error{Fault::usage, "--from-config takes everything from the file, and goes with no image or flag of it"};
}

} // namespace

Task<RunConfig> Run::config(Caller caller, Lazy<registry::Registry> registry, Lazy<secrets::Manager> secrets,
                            Console& console) const {
    check_combination(*this, caller.platform);
    RunConfig config;
    if (from_config) {
        config = adopted(read_config(*from_config, caller.folder, console), caller.platform);
    } else {
        auto chosen = flags;
        take_env_files(chosen, caller.folder, console);
        std::optional<KnownServer> known;
        if (can_be_known(flags.image)) known = co_await look_up(registry(), flags.image, console);
        if (known) {
            chosen = completed(chosen, *known);
            SecretStore store;
            if (caller.platform == Platform::engine && !dry_run) store = [&secrets]() -> auto& { return secrets(); };
            ask_for_missing(chosen, *known, missing(chosen, *known, caller.environment), console, store);
        }
        if (caller.platform == Platform::engine && needs_target_port(chosen)) chosen.target_port = choose_port();
        config = run_config_from(chosen, caller.environment, caller.folder, caller.platform);
        if (known) put_known(config, chosen, *known, caller.platform, console);
    }
    warn_about_profile(config, caller.platform, console);
    config.debug = caller.globals.debug;
    co_return config;
}

Task<int> Run::run(Caller caller, Lazy<registry::Registry> registry, Lazy<secrets::Manager> secrets, Grouping& grouping,
                   Ways ways, Console& console) const {
    auto config = co_await this->config(caller, registry, secrets, console);
    if (dry_run) {
        const auto text = co_await ways.lifecycle().preview(std::move(config));
        console.write(text);
        co_return 0;
    }
    if (caller.platform == Platform::engine) {
        co_await require_group(grouping, config.group);
        warn_about_exposure(config, console);
        warn_about_clear_text(config, console);
        warn_about_sockets(config, console);
    }
    cli::ProgressDisplay display{console, progress};
    const auto name = key(config);
    if (!stay) {
        const Waiting waiting{.limit = patience, .wait = !no_wait, .progress = display.sink()};
        const auto url = co_await ways.lifecycle().run(std::move(config), waiting);
        console.print(url.empty() ? name : url);
        if (!no_wait) console.say(fmt::format("{} is ready", name));
        co_return 0;
    }
    const auto ready = [&console](std::string_view url) {
        console.print(url);
        console.say("Press Ctrl-C to stop it");
    };
    const int code = co_await ways.foreground().run(std::move(config), patience, display.sink(), ready);
    co_return code;
}

} // namespace thv::commands
