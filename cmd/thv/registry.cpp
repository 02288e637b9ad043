// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/search.hpp"
#include "thv/format.hpp"
#include "thv/known_server.hpp"
#include "thv/registry_commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace thv::commands {

constexpr Doc Search::doc{
    .name = "search",
    .summary = "search the registry for servers",
    .description = "Finds servers that have every word in their name, description, tags or tools, the best first. "
                   "'thv run NAME' runs one, 'thv registry info NAME' says what it needs.\n\nA registry that is an API "
                   "is asked for the words, and decides itself what they find.",
    .examples = "thv search web\nthv search database sql -o json",
};

constexpr Doc RegistryList::doc{
    .name = "registry list",
    .summary = "list the servers of the registry",
    .description = "Shows every server that 'thv run NAME' knows: of the catalogue that comes with thv, or of the "
                   "registry that 'thv config set-registry' has chosen. What a remote registry answers is kept for an "
                   "hour, and used with a warning when it cannot be reached later on.",
    .examples = "thv registry list\nthv registry list --refresh -o json",
    .aliases = "ls",
};

constexpr Doc RegistryInfo::doc{
    .name = "registry info",
    .summary = "show what a server of the registry is and needs",
    .description = "Shows one server: its image or URL, the variables that it takes, and what it may do.\n\nWith "
                   "-o json it is printed as it stands in a registry file.",
    .examples = "thv registry info fetch\nthv registry info github -o json",
};

namespace {

using Json = nlohmann::ordered_json;
using registry::Entry;

void declare_refresh(Args& args, bool& refresh) {
    args.flag("--refresh", refresh, "ask the registry itself, not the copy of its last answer");
}

std::string count(int number) {
    return number == 0 ? "" : fmt::to_string(number);
}

cli::Shape shape(std::string none) {
    return {{{.heading = "NAME", .kept = true},
             {.heading = "TYPE"},
             {.heading = "DESCRIPTION"},
             {.heading = "TIER"},
             {.heading = "STARS"},
             {.heading = "IMAGE", .wide = true},
             {.heading = "URL", .wide = true}},
            std::move(none)};
}

void print_all(const std::vector<Entry>& entries, const cli::Output& output, std::string none, Console& console) {
    const auto records = cli::records_for(output, shape(std::move(none)), console);
    for (const auto& entry : entries) {
        const auto cells = [&entry] {
            return std::vector<std::string>{entry.name,         entry.remote() ? "remote" : "container",
                                            entry.description,  entry.tier,
                                            count(entry.stars), entry.image,
                                            entry.url};
        };
        records->add({entry.name, cells, [&entry] { return registry::to_json(entry); }});
    }
    records->finish();
}

/// Lines of "Key:  value", and below a key lines of their own.
class Sheet {
public:
    explicit Sheet(Console& console)
        : console_(console) {}
    void line(std::string_view key, std::string_view value) {
        if (!value.empty()) console_.print(fmt::format("{:<14}{}", fmt::format("{}:", key), cli::printable(value)));
    }
    void heading(std::string_view key) { console_.print(fmt::format("{}:", key)); }
    void item(std::string_view text) { console_.print(fmt::format("  {}", cli::printable(text))); }

private:
    Console& console_;
};

std::string joined(const std::vector<std::string>& texts) {
    return fmt::format("{}", fmt::join(texts, ", "));
}

void show_variables(Sheet& sheet, std::string_view heading, const std::vector<registry::Variable>& variables) {
    if (variables.empty()) return;
    sheet.heading(heading);
    for (const auto& variable : variables) {
        std::vector<std::string> notes;
        if (variable.required) notes.emplace_back("required");
        if (variable.secret) notes.emplace_back("secret");
        if (variable.value) notes.push_back(fmt::format("default {}", *variable.value));
        const auto about = notes.empty() ? "" : fmt::format(" ({})", joined(notes));
        sheet.item(fmt::format("{}{}{}{}", variable.name, about, variable.description.empty() ? "" : ": ",
                               variable.description));
    }
}

void show(const Entry& entry, Console& console) {
    Sheet sheet{console};
    sheet.line("Name", entry.name);
    sheet.line("Title", entry.title);
    sheet.line("Description", entry.description);
    sheet.line("Image", entry.image);
    sheet.line("URL", entry.url);
    sheet.line("Transport", to_string(entry.transport));
    sheet.line("Target port", count(entry.target_port));
    sheet.line("Arguments", fmt::format("{}", fmt::join(entry.args, " ")));
    sheet.line("Tier", entry.tier);
    sheet.line("Status", entry.status);
    sheet.line("Repository", entry.repository_url);
    sheet.line("Stars", count(entry.stars));
    sheet.line("Pulls", count(entry.pulls));
    sheet.line("Updated", entry.last_updated);
    sheet.line("Tags", joined(entry.tags));
    sheet.line("Tools", joined(entry.tools));
    if (!entry.permissions.is_null()) sheet.line("Network", network_of(entry.permissions));
    if (entry.oauth) sheet.line("Login", "OAuth");
    show_variables(sheet, "Variables", entry.variables);
    show_variables(sheet, "Headers", entry.headers);
}

} // namespace

void Search::declare(Args& args) {
    args.positional("QUERY", query, "a word, or several in quotes").mandatory();
    output.declare_list(args);
    declare_refresh(args, refresh);
}

Task<> Search::run(registry::Registry& registry, Console& console) const {
    auto listing = co_await registry.list(query, refresh);
    warn_about(listing, console);
    auto found = registry::search(listing.catalogue.entries, query);
    // An API knows more of its servers than is in its answer, so what it found counts.
    if (listing.source.kind == registry::Source::Kind::api)
        for (auto& entry : listing.catalogue.entries)
            if (std::ranges::find(found, entry.name, &Entry::name) == found.end()) found.push_back(std::move(entry));
    auto none = fmt::format("No server of {} has to do with '{}'", to_string(listing.source), query);
    print_all(found, output, std::move(none), console);
}

void RegistryList::declare(Args& args) {
    output.declare_list(args);
    declare_refresh(args, refresh);
}

Task<> RegistryList::run(registry::Registry& registry, Console& console) const {
    const auto listing = co_await registry.list({}, refresh);
    warn_about(listing, console);
    auto none = fmt::format("There are no servers in {}", to_string(listing.source));
    print_all(listing.catalogue.entries, output, std::move(none), console);
}

void RegistryInfo::declare(Args& args) {
    args.positional("NAME", name, "the server").mandatory().completes(cli::Completer::server);
    output.declare(args);
    declare_refresh(args, refresh);
}

Task<> RegistryInfo::run(registry::Registry& registry, Console& console) const {
    registry::Listing listing;
    const auto entry = co_await registry.find(name, refresh, &listing);
    warn_about(listing, console);
    if (!entry)
        throw Error{Fault::not_found, fmt::format("there is no server '{}' in {}", name, to_string(listing.source))}
            .hint("'thv search' looks for a word in names and descriptions");
    cli::print_thing(output, entry->name, registry::to_json(*entry), [&] { show(*entry, console); }, console);
}

} // namespace thv::commands
