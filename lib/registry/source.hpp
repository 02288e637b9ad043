// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/entry.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace thv::registry {

/// Where the registry is.
struct Source {
    enum class Kind { embedded, file, url, api };
    Kind kind = Kind::embedded;
    std::string place = {};     ///< an absolute path, the URL of a file, or the URL that an API is under; no final '/'
    bool allow_private = false; ///< may be at an address that is not public
    bool operator==(const Source&) const = default;
};

/// "the catalogue of thv", "the file '/r.json'", "https://…" without its query, which may hold a key.
std::string to_string(const Source& source);
/// The word for its kind: "embedded", "file", "url", "api".
std::string_view kind_word(Source::Kind kind);

/// What the settings say, in upstream's keys and by its precedence: an API, then a URL, then a file. Throws
/// Fault::usage for settings of a wrong form; `where` names them.
Source source_of(const nlohmann::ordered_json& settings, std::string_view where);
/// Writes it into the settings, and takes out what said otherwise.
void put(nlohmann::ordered_json& settings, const Source& source);

} // namespace thv::registry
