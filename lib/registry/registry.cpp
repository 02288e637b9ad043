// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/registry.hpp"

#include "http/message.hpp"
#include "io/files.hpp"
#include "registry/api.hpp"
#include "registry/fetch.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace thv::registry {

namespace {

using namespace std::chrono_literals;
using Kind = Source::Kind;

constexpr auto fresh_enough = 1h;
constexpr auto file_patience = 30s;

Catalogue read_local(const std::string& path) {
    const auto text = read_file(path, largest_registry);
    if (!text)
        throw Error{Fault::not_found, fmt::format("there is no registry file '{}'", path)}.hint(
            "'thv config set-registry FILE' names another one, 'thv config unset-registry' forgets it");
    return parse_catalogue(*text, path);
}

Task<Catalogue> read_url(std::string url, Reach reach) {
    const auto text = co_await fetch(url, std::move(reach), largest_registry, file_patience);
    co_return parse_catalogue(text, url.substr(0, url.find_first_of("?#")));
}

Task<Catalogue> read_remote(Source source, std::string query, Reach reach) {
    auto reading = source.kind == Kind::api ? read_api(source.place, std::move(query), std::move(reach))
                                            : read_url(source.place, std::move(reach));
    try {
        auto catalogue = co_await std::move(reading);
        co_return catalogue;
    } catch (const Error& error) {
        if (error.fault() != Fault::usage) throw;
        // It is not the user's text that is wrong.
        throw Error{Fault::internal, error.message()}.hint(error.hint());
    }
}

/// What is kept of an answer is kept by what was asked for.
std::string cache_key(const Source& source, const std::string& query) {
    return query.empty() ? source.place
                         : fmt::format("{}/v0.1/servers?search={}", source.place, http::percent_encode(query));
}

void warn_about_broken(Listing& listing) {
    const auto& broken = listing.catalogue.broken;
    if (broken.empty()) return;
    listing.warnings.push_back(fmt::format("{} of the registry's entries cannot be used; the first: {}", broken.size(),
                                           broken.front().error.message()));
}

Listing from_cache(Source source, Cached cached) {
    return {.source = std::move(source), .catalogue = std::move(cached.catalogue), .age = cached.age};
}

std::string absolute(std::string place) {
    constexpr std::string_view scheme = "file://";
    if (place.starts_with(scheme)) place.erase(0, scheme.size());
    return std::filesystem::absolute(place).lexically_normal().string();
}

bool is_url(std::string_view place) {
    return place.starts_with("http://") || place.starts_with("https://");
}

/// A URL whose path ends with .json is a file's, whatever it answers.
bool names_file(std::string_view url) {
    return url.substr(0, url.find_first_of("?#")).ends_with(".json");
}

} // namespace

Registry::Registry(const Paths& paths, Environment environment)
    : config_(paths)
    , cache_(paths.cache / "cache")
    , environment_(std::move(environment)) {}

Source Registry::source() const {
    return source_of(config_.read(), config_.file().string());
}

Task<Source> Registry::choose(std::string place, bool allow_private) {
    Source source{.kind = Kind::file, .place = std::move(place), .allow_private = allow_private};
    if (is_url(source.place)) {
        check_url(source.place);
        source.kind = Kind::url;
        auto base = source.place;
        while (base.ends_with('/'))
            base.pop_back();
        const bool file = names_file(base);
        const bool api = !file && co_await is_api(base, {environment_, allow_private});
        if (api) {
            source.kind = Kind::api;
            source.place = base;
        }
    } else {
        source.place = absolute(source.place);
    }
    // The first page was enough for an API; all of them would be the registry's whole content.
    if (source.kind != Kind::api) co_await load(source, {}, true);
    config_.update([&source](nlohmann::ordered_json& settings) { put(settings, source); });
    co_return source;
}

bool Registry::reset() {
    if (source().kind == Kind::embedded) return false;
    config_.update([](nlohmann::ordered_json& settings) { put(settings, Source{}); });
    return true;
}

Task<Listing> Registry::load(Source source, std::string query, bool refresh) {
    if (source.kind == Kind::embedded) co_return Listing{.source = source, .catalogue = embedded_catalogue()};
    if (source.kind == Kind::file) co_return Listing{.source = source, .catalogue = read_local(source.place)};
    const auto key = cache_key(source, query);
    auto cached = refresh ? std::nullopt : cache_.read(key);
    if (cached && cached->age < fresh_enough) co_return from_cache(std::move(source), *std::move(cached));
    std::optional<Error> failure;
    Listing listing{.source = source, .catalogue = {}};
    try {
        listing.catalogue = co_await read_remote(source, query, {environment_, source.allow_private});
    } catch (const Error& error) {
        // Who is not let in any more gets no copy from before, either.
        if (!cached || error.fault() == Fault::denied) throw;
        failure = error;
    }
    if (failure && cached) {
        listing = from_cache(std::move(source), *std::move(cached));
        listing.stale = std::move(failure);
        co_return listing;
    }
    try {
        cache_.write(key, listing.catalogue);
    } catch (const Error& error) {
        listing.warnings.push_back(fmt::format("the registry's answer is not kept: {}", error.message()));
    }
    co_return listing;
}

Task<Listing> Registry::list(std::string query, bool refresh) {
    auto source = this->source();
    if (source.kind != Kind::api) query.clear();
    auto listing = co_await load(std::move(source), std::move(query), refresh);
    warn_about_broken(listing);
    co_return listing;
}

Catalogue Registry::at_hand() const {
    const auto source = this->source();
    if (source.kind == Kind::embedded) return embedded_catalogue();
    if (source.kind == Kind::file) return read_local(source.place);
    auto cached = cache_.read(cache_key(source, ""));
    return cached ? std::move(cached->catalogue) : Catalogue{};
}

Task<std::optional<Entry>> Registry::find(std::string name, bool refresh, Listing* listing) {
    auto source = this->source();
    auto query = source.kind == Kind::api ? name : std::string{};
    auto found = co_await load(std::move(source), std::move(query), refresh);
    auto entry = pick(found.catalogue, name);
    if (listing != nullptr) *listing = std::move(found);
    co_return entry;
}

std::optional<Entry> pick(const Catalogue& catalogue, std::string_view name) {
    const auto ending = fmt::format("/{}", name);
    const auto meant = [&](const auto& item) { return item.name == name || item.name.ends_with(ending); };
    std::vector<const Entry*> found;
    for (const auto& entry : catalogue.entries) {
        if (entry.name == name) return entry;
        if (meant(entry)) found.push_back(&entry);
    }
    if (found.size() == 1) return *found.front();
    if (found.size() > 1) {
        std::vector<std::string> names;
        names.reserve(found.size());
        for (const auto* entry : found)
            names.push_back(entry->name);
        throw Error{Fault::conflict,
                    fmt::format("the registry has several servers '{}': {}", name, fmt::join(names, ", "))}
            .hint("'thv registry info' shows the image of each, which 'thv run' takes as well");
    }
    const auto broken = std::ranges::find_if(catalogue.broken, meant);
    if (broken != catalogue.broken.end()) throw broken->error;
    return std::nullopt;
}

} // namespace thv::registry
