// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/console.hpp"
#include "io/environment.hpp"
#include "registry/registry.hpp"
#include "secrets/manager.hpp"
#include "thv/run_flags.hpp"
#include "workload/platform.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::commands {

/// A server that `thv run` was told by its name in a registry.
struct KnownServer {
    registry::Entry entry;
    registry::Source source;
};

/// Whether what is to be run can be a name in a registry: neither a URL nor a reference with '/', a tag or a digest.
/// Nothing else is ever looked for in one.
bool can_be_known(std::string_view image);

/// The server of that name; none when the registry does not have it. Throws what Registry::find throws, so that a
/// registry that is away makes nobody run an image that happens to have the name.
Task<std::optional<KnownServer>> look_up(registry::Registry& registry, std::string name, cli::Console& console);

/// The flags with what the registry knows where they say nothing. Fault::denied for an entry that wants more of this
/// machine than the network, unless a permission profile was given; Fault::usage for arguments that only the user
/// knows; Fault::unsupported for a remote server that lets people in by OAuth only.
RunFlags completed(RunFlags flags, const KnownServer& server);

/// The required variables (of a remote server: headers) that neither the flags nor the registry give a value for.
std::vector<registry::Variable> missing(const RunFlags& flags, const KnownServer& server,
                                        const Environment& environment);

/// The store for secrets that are typed; empty where nothing may be stored.
using SecretStore = std::function<secrets::Manager&()>;

/// Asks for what is missing on a terminal, and keeps secrets in the store; elsewhere Fault::usage, with the flags that
/// give it. Throws Fault::unsupported when no store has been set up.
void ask_for_missing(RunFlags& flags, const KnownServer& server, const std::vector<registry::Variable>& variables,
                     cli::Console& console, const SecretStore& store);

/// Puts into the run config what has no flag: variables' defaults, the permission profile, and where all of it is from.
/// `flags` are those that the config was made of. Warns of what the platform does not do.
void put_known(RunConfig& config, const RunFlags& flags, const KnownServer& server, Platform platform,
               cli::Console& console);

/// What a permission profile says of the network, in a few words: "api.example.com, port 443".
std::string network_of(const nlohmann::ordered_json& permissions);

/// Says what has to be known of where a listing came from: a copy, entries that cannot be used.
void warn_about(const registry::Listing& listing, cli::Console& console);

} // namespace thv::commands
