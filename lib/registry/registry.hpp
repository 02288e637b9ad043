// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/environment.hpp"
#include "io/paths.hpp"
#include "io/task.hpp"
#include "registry/cache.hpp"
#include "registry/entry.hpp"
#include "registry/source.hpp"
#include "store/app_config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace thv::registry {

/// What was asked for, and what has to be said about it.
struct Listing {
    Source source;
    Catalogue catalogue;
    std::optional<Duration> age = {}; ///< of the copy that it was taken from; none: it is fresh
    std::optional<Error> stale = {};  ///< why the registry itself could not be asked
    std::vector<std::string> warnings = {};
};

/// The registry that the user has chosen. Nothing is read before it is asked for.
class Registry {
public:
    Registry(const Paths& paths, Environment environment);

    Source source() const;
    /// Makes sure that there is a registry at `place` (a file, or a URL), finds out which kind, and has it used from
    /// now on. Throws what list() throws, and keeps the old one then.
    Task<Source> choose(std::string place, bool allow_private);
    /// Back to the catalogue that comes with the program; false when that was used already.
    bool reset();

    /// All servers, or, of an API, those for which it answers a query (empty: all). A copy of at most an hour serves
    /// instead of the registry, an older one when the registry cannot be reached; with `refresh` neither does.
    ///
    /// Throws Fault::usage for settings or a file of a wrong form, Fault::not_found for a file that is not there,
    /// Fault::internal for a registry that answers with something else or with too much, and what fetch() throws.
    Task<Listing> list(std::string query = {}, bool refresh = false);

    /// The server of that name, or the only one whose name ends with "/NAME"; none when there is none. Fault::conflict
    /// when several do. `listing`, if given, gets what was looked at.
    Task<std::optional<Entry>> find(std::string name, bool refresh = false, Listing* listing = nullptr);

    /// What can be had without the network, however old: the catalogue, a file, or what was last answered. Empty when
    /// there is nothing.
    Catalogue at_hand() const;

private:
    Task<Listing> load(Source source, std::string query, bool refresh);

    AppConfig config_;
    Cache cache_;
    Environment environment_;
};

/// The entry of a name in a catalogue, as find() tells it.
std::optional<Entry> pick(const Catalogue& catalogue, std::string_view name);

} // namespace thv::registry
