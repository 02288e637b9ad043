// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/source.hpp"

#include "core/json.hpp"

#include <fmt/format.h>

#include <array>

namespace thv::registry {

namespace {

constexpr auto api_key = "registry_api_url";
constexpr auto url_key = "registry_url";
constexpr auto file_key = "local_registry_path";
constexpr auto private_key = "allow_private_registry_ip";

} // namespace

std::string_view kind_word(Source::Kind kind) {
    constexpr std::array<std::string_view, 4> words{"embedded", "file", "url", "api"};
    return words.at(static_cast<std::size_t>(kind));
}

std::string to_string(const Source& source) {
    switch (source.kind) {
    case Source::Kind::embedded:
        return "the catalogue of thv";
    case Source::Kind::file:
        return fmt::format("the file '{}'", source.place);
    case Source::Kind::url:
    case Source::Kind::api:
        break;
    }
    return source.place.substr(0, source.place.find_first_of("?#"));
}

Source source_of(const nlohmann::ordered_json& settings, std::string_view where) {
    const Fields fields{settings, where};
    Source source;
    source.allow_private = fields.flag(private_key);
    using Kind = Source::Kind;
    for (const auto& [key, kind] : {std::pair{api_key, Kind::api}, {url_key, Kind::url}, {file_key, Kind::file}}) {
        source.place = fields.text(key);
        source.kind = kind;
        if (!source.place.empty()) break;
        source.kind = Kind::embedded;
    }
    while (source.kind == Kind::api && source.place.ends_with('/'))
        source.place.pop_back();
    return source;
}

void put(nlohmann::ordered_json& settings, const Source& source) {
    for (const auto* key : {api_key, url_key, file_key, private_key})
        settings.erase(key);
    if (source.kind == Source::Kind::embedded) return;
    const auto* key = source.kind == Source::Kind::api   ? api_key
                      : source.kind == Source::Kind::url ? url_key
                                                         : file_key;
    settings[key] = source.place;
    if (source.allow_private) settings[private_key] = true;
}

} // namespace thv::registry
