// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/known_server.hpp"

#include "cli/suggest.hpp"
#include "core/permissions.hpp"
#include "core/run_config_defaults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

namespace thv::commands {

namespace {

using registry::Entry;
using registry::Source;
using registry::Variable;

/// What a profile from a registry may not decide: it is somebody else's word about this machine.
std::vector<std::string> excess_of(const Entry& entry) {
    std::vector<std::string> wants;
    if (entry.permissions.is_null()) return wants;
    const auto profile = profile_from_json(entry.permissions, entry.name);
    if (!profile.read.empty()) wants.push_back(fmt::format("read {}", fmt::join(profile.read, ", ")));
    if (!profile.write.empty()) wants.push_back(fmt::format("write {}", fmt::join(profile.write, ", ")));
    if (profile.privileged) wants.emplace_back("be privileged");
    const auto& mode = profile.network_mode;
    if (!mode.empty() && mode != "none" && mode != "bridge" && mode != "default")
        wants.push_back(fmt::format("use the network '{}'", mode));
    return wants;
}

void check_excess(const RunFlags& flags, const Entry& entry) {
    const auto wants = excess_of(entry);
    if (flags.permission_profile || wants.empty()) return;
    throw Error{Fault::denied, fmt::format("by its registry '{}' is to {}", entry.name, fmt::join(wants, " and to "))}
        .hint("give it what it may have with --permission-profile network and --volume");
}

bool lets_in(const RemoteFlags& flags) {
    return flags.bearer_secret || flags.bearer_file || !flags.secret_headers.empty();
}

/// The names of headers that were given, in small letters.
std::set<std::string> given_headers(const RunFlags& flags) {
    std::set<std::string> names;
    if (flags.remote.bearer_secret || flags.remote.bearer_file) names.insert("authorization");
    for (const auto* list : {&flags.remote.secret_headers, &flags.remote.headers})
        for (const auto& text : *list) {
            auto name = text.substr(0, text.find('='));
            std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
            names.insert(std::move(name));
        }
    return names;
}

/// The names of variables that are given, as values or as secrets.
std::set<std::string> given_variables(const RunFlags& flags, const Environment& environment) {
    std::set<std::string> names;
    for (const auto& [name, value] : variables_from(flags, environment))
        if (!value.empty()) names.insert(name);
    for (const auto& text : flags.secrets)
        if (const auto use = parse_secret_use(text)) names.insert(use->target);
    return names;
}

std::string described(const Variable& variable) {
    return variable.description.empty() ? variable.name
                                        : fmt::format("{} ({})", variable.name, cli::printable(variable.description));
}

std::string flag_for(const Variable& variable, bool remote) {
    if (remote) return fmt::format("--remote-{} {}=…", variable.secret ? "header" : "forward-headers", variable.name);
    if (variable.secret) return fmt::format("--secret …,target={0}, or --env {0}", variable.name);
    return fmt::format("--env {}=…", variable.name);
}

Error needs(const KnownServer& server, const std::vector<Variable>& variables) {
    std::vector<std::string> what;
    std::vector<std::string> flags;
    for (const auto& variable : variables) {
        what.push_back(described(variable));
        flags.push_back(flag_for(variable, server.entry.remote()));
    }
    return Error{Fault::usage, fmt::format("'{}' needs {}", server.entry.name, fmt::join(what, ", "))}.hint(
        fmt::format("give {}", fmt::join(flags, "; ")));
}

void put_permissions(RunConfig& config, const RunFlags& flags, const Entry& entry, cli::Console& console) {
    if (flags.permission_profile || entry.permissions.is_null() || !config.permission_profile) return;
    const auto given = *config.permission_profile; // with the volumes and the network of the flags
    auto profile = profile_from_json(entry.permissions, entry.name);
    std::ranges::copy(given.read, std::back_inserter(profile.read));
    std::ranges::copy(given.write, std::back_inserter(profile.write));
    if (!given.network_mode.empty()) profile.network_mode = given.network_mode;
    if (config.transport != Transport::stdio && profile.network_mode.empty() &&
        outbound_of(profile) == Outbound::nothing) {
        console.warn(
            fmt::format("'{}' needs nothing of the network, but is reached over HTTP and so gets one", entry.name));
        profile.network_mode = "bridge";
    }
    profile.document = to_document(profile);
    config.permission_profile = std::move(profile);
}

/// An MCPServer has a place for built-in profiles only, and the operator holds no pod to any: Run::config tells of
/// those.
void put_cluster_permissions(RunConfig& config, const RunFlags& flags, const Entry& entry, cli::Console& console) {
    if (flags.permission_profile || entry.permissions.is_null()) return;
    const auto outbound = outbound_of(profile_from_json(entry.permissions, entry.name));
    if (outbound == Outbound::everything) return;
    if (outbound == Outbound::nothing && config.transport == Transport::stdio)
        config.permission_profile_name = "none";
    else
        console.warn(fmt::format("nothing holds '{}' to what it needs of the network by its registry ({}); a "
                                 "NetworkPolicy can",
                                 entry.name, cli::printable(network_of(entry.permissions))));
}

void put_origin(RunConfig& config, const KnownServer& server) {
    say_defaults(config);
    auto& document = config.document;
    if (server.source.kind == Source::Kind::api) document["registry_api_url"] = server.source.place;
    if (server.source.kind == Source::Kind::url) document["registry_url"] = server.source.place;
    document["registry_server_name"] = server.entry.name;
}

void check_tools(const RunFlags& flags, const Entry& entry, cli::Console& console) {
    if (entry.tools.empty() || flags.gate.tools_override) return;
    for (const auto& tool : flags.gate.tools)
        if (std::ranges::find(entry.tools, tool) == entry.tools.end())
            console.warn(fmt::format("the registry knows of no tool '{}' of '{}'", tool, entry.name));
}

/// Asks for a secret, or whether the one of that name is meant: a registry may not choose among the user's secrets.
void ask_for_secret(RunFlags& flags, const KnownServer& server, const Variable& variable, cli::Console& console,
                    secrets::Manager& store) {
    store.require_store();
    const auto& name = variable.name;
    if (store.contains(name)) {
        const auto question =
            fmt::format("{}: give '{}' the secret '{}'?", described(variable), server.entry.name, name);
        if (!console.confirm(question, flag_for(variable, false))) throw needs(server, {variable});
    } else {
        auto typed = console.ask_hidden(fmt::format("{}: ", described(variable)));
        if (!typed || typed->empty()) throw needs(server, {variable});
        store.set(name, *typed);
        secrets::wipe(*typed);
        console.say(fmt::format("Stored as the secret '{}'", name));
    }
    flags.secrets.push_back(fmt::format("{0},target={0}", name));
}

} // namespace

std::string network_of(const nlohmann::ordered_json& permissions) {
    const auto none = "none";
    const auto* at = &permissions;
    for (const auto* key : {"network", "outbound"}) {
        if (!at->is_object() || !at->contains(key)) return none;
        at = &(*at)[key];
    }
    if (!at->is_object()) return none;
    if (at->contains("insecure_allow_all") && (*at)["insecure_allow_all"] == true) return "everything";
    std::vector<std::string> places;
    for (const auto* key : {"allow_host", "allow_port"}) {
        if (!at->contains(key) || !(*at)[key].is_array()) continue;
        for (const auto& place : (*at)[key])
            places.push_back(place.is_string() ? place.get<std::string>() : "port " + place.dump());
    }
    return places.empty() ? none : fmt::format("{}", fmt::join(places, ", "));
}

bool can_be_known(std::string_view image) {
    const auto in_name = [](unsigned char byte) {
        return std::isalnum(byte) != 0 || byte == '.' || byte == '_' || byte == '-';
    };
    return !image.empty() && std::ranges::all_of(image, in_name);
}

Task<std::optional<KnownServer>> look_up(registry::Registry& registry, std::string name, cli::Console& console) {
    registry::Listing listing;
    auto entry = co_await registry.find(name, false, &listing);
    warn_about(listing, console);
    if (!entry) {
        std::vector<std::string> names;
        names.reserve(listing.catalogue.entries.size());
        for (const auto& other : listing.catalogue.entries)
            names.push_back(other.name);
        const auto near = cli::nearest(name, names);
        if (!near.empty())
            console.warn(fmt::format("the registry has no '{}', but '{}'; this is taken for the name of an image", name,
                                     fmt::join(near, "', '")));
        co_return std::nullopt;
    }
    co_return KnownServer{.entry = *std::move(entry), .source = std::move(listing.source)};
}

RunFlags completed(RunFlags flags, const KnownServer& server) {
    const auto& entry = server.entry;
    check_excess(flags, entry);
    if (entry.oauth && !lets_in(flags.remote))
        throw Error{Fault::unsupported,
                    fmt::format("'{}' lets people in by OAuth, which this version of thv cannot do", entry.name)}
            .hint("where it takes a token as well, give that with --remote-bearer-secret");
    if (!entry.open_args.empty() && flags.arguments.empty())
        throw Error{Fault::usage, fmt::format("'{}' needs arguments: {}", entry.name, fmt::join(entry.open_args, ", "))}
            .hint("give them behind '--'");
    if (!flags.name) {
        auto name = entry.name;
        std::ranges::replace_if(name, [](char c) { return c == '.' || c == '/'; }, '-');
        flags.name = std::move(name);
    }
    flags.image = entry.remote() ? entry.url : entry.image;
    if (!flags.transport) flags.transport = std::string{to_string(entry.transport)};
    if (flags.proxy_port == 0) flags.proxy_port = entry.proxy_port;
    if (entry.remote()) return flags;
    if (flags.arguments.empty()) flags.arguments = entry.args;
    if (flags.target_port == 0 && flags.transport != "stdio") flags.target_port = entry.target_port;
    return flags;
}

std::vector<Variable> missing(const RunFlags& flags, const KnownServer& server, const Environment& environment) {
    const bool remote = server.entry.remote();
    const auto given = remote ? given_headers(flags) : given_variables(flags, environment);
    auto wanted = remote ? server.entry.headers : server.entry.variables;
    const auto has = [&](const Variable& variable) {
        auto name = variable.name;
        if (remote) std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
        return !variable.required || variable.value || given.contains(name);
    };
    std::erase_if(wanted, has);
    return wanted;
}

void ask_for_missing(RunFlags& flags, const KnownServer& server, const std::vector<Variable>& variables,
                     cli::Console& console, const SecretStore& store) {
    if (variables.empty()) return;
    const bool secret = std::ranges::any_of(variables, &Variable::secret);
    if (!console.terminal().in || server.entry.remote() || (secret && !store)) throw needs(server, variables);
    for (const auto& variable : variables) {
        if (variable.secret) {
            ask_for_secret(flags, server, variable, console, store());
            continue;
        }
        const auto answer = console.ask(fmt::format("{}: ", described(variable)));
        if (!answer || answer->empty()) throw needs(server, {variable});
        flags.env.push_back(fmt::format("{}={}", variable.name, *answer));
    }
}

void put_known(RunConfig& config, const RunFlags& flags, const KnownServer& server, Platform platform,
               cli::Console& console) {
    const auto& entry = server.entry;
    check_tools(flags, entry, console);
    if (!entry.remote()) {
        std::set<std::string> secrets;
        for (const auto& text : config.secrets)
            if (const auto use = parse_secret_use(text)) secrets.insert(use->target);
        for (const auto& variable : entry.variables)
            if (variable.value && !secrets.contains(variable.name))
                config.env_vars.emplace(variable.name, *variable.value);
        if (platform == Platform::engine)
            put_permissions(config, flags, entry, console);
        else
            put_cluster_permissions(config, flags, entry, console);
    }
    put_origin(config, server);
}

void warn_about(const registry::Listing& listing, cli::Console& console) {
    if (listing.stale) {
        const bool known = listing.age && *listing.age != Duration::max();
        console.warn(fmt::format("the registry cannot be asked: {}; this is its answer of {}", listing.stale->message(),
                                 known ? fmt::format("{} ago", human_span(*listing.age)) : "an unknown time ago"));
    }
    for (const auto& warning : listing.warnings)
        console.warn(warning);
}

} // namespace thv::commands
