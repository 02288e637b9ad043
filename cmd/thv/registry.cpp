// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.hpp"
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
    .examples = "thv search web\nthv search database sql --format json",
};

constexpr Doc RegistryList::doc{
    .name = "registry list",
    .summary = "list the servers of the registry",
    .description = "Shows every server that 'thv run NAME' knows: of the catalogue that comes with thv, or of the "
                   "registry that 'thv config set-registry' has chosen. What a remote registry answers is kept for an "
                   "hour, and used with a warning when it cannot be reached later on.",
    .examples = "thv registry list\nthv registry list --refresh --format json",
    .aliases = "ls",
};

constexpr Doc RegistryInfo::doc{
    .name = "registry info",
    .summary = "show what a server of the registry is and needs",
    .description = "Shows one server: its image or URL, the variables that it takes, and what it may do.\n\nWith "
                   "--format json it is printed as it stands in a registry file.",
    .examples = "thv registry info fetch\nthv registry info github --format json",
};

namespace {

using Json = nlohmann::ordered_json;
using registry::Entry;

void declare_output(Args& args, std::string& format, bool& refresh) {
    args.option("--format", format, "how to print").placeholder("FORMAT").one_of({"text", "json"});
    args.flag("--refresh", refresh, "ask the registry itself, not the copy of its last answer");
}

std::string count(int number) {
    return number == 0 ? "" : fmt::to_string(number);
}

void print_all(const std::vector<Entry>& entries, const std::string& format, Console& console) {
    if (format == "json") {
        Json list = Json::array();
        for (const auto& entry : entries)
            list.push_back(registry::to_json(entry));
        console.write(json_text(list));
        return;
    }
    cli::Columns columns{{"NAME", "TYPE", "DESCRIPTION", "TIER", "STARS"}};
    columns.keep("NAME");
    for (const auto& entry : entries)
        columns.add(
            {entry.name, entry.remote() ? "remote" : "container", entry.description, entry.tier, count(entry.stars)});
    console.write(columns.render(console.terminal()));
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
    declare_output(args, format, refresh);
}

Task<> Search::run(registry::Registry& registry, Console& console) const {
    auto listing = co_await registry.list(query, refresh);
    warn_about(listing, console);
    auto found = registry::search(listing.catalogue.entries, query);
    // An API knows more of its servers than is in its answer, so what it found counts.
    if (listing.source.kind == registry::Source::Kind::api)
        for (auto& entry : listing.catalogue.entries)
            if (std::ranges::find(found, entry.name, &Entry::name) == found.end()) found.push_back(std::move(entry));
    if (found.empty() && format == "text")
        console.say(fmt::format("No server of {} has to do with '{}'", to_string(listing.source), query));
    else
        print_all(found, format, console);
}

void RegistryList::declare(Args& args) {
    declare_output(args, format, refresh);
}

Task<> RegistryList::run(registry::Registry& registry, Console& console) const {
    const auto listing = co_await registry.list({}, refresh);
    warn_about(listing, console);
    if (listing.catalogue.entries.empty() && format == "text")
        console.say(fmt::format("There are no servers in {}", to_string(listing.source)));
    else
        print_all(listing.catalogue.entries, format, console);
}

void RegistryInfo::declare(Args& args) {
    args.positional("NAME", name, "the server").mandatory().completes(cli::Completer::server);
    declare_output(args, format, refresh);
}

Task<> RegistryInfo::run(registry::Registry& registry, Console& console) const {
    registry::Listing listing;
    const auto entry = co_await registry.find(name, refresh, &listing);
    warn_about(listing, console);
    if (!entry)
        throw Error{Fault::not_found, fmt::format("there is no server '{}' in {}", name, to_string(listing.source))}
            .hint("'thv search' looks for a word in names and descriptions");
    if (format == "json")
        console.write(json_text(registry::to_json(*entry)));
    else
        show(*entry, console);
}

} // namespace thv::commands
