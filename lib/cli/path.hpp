// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace thv::cli {

/// Where something is in a JSON document, as kubectl's custom columns write it: ".labels.team", ".tools[0].name",
/// ".tools[*].name", ".labels['app.kubernetes.io/name']"; braces around it and the first dot may be left out, and a
/// dot within a key is written "\.". Keys are found as templates find fields.
class Path {
public:
    /// Throws Fault::usage, which quotes the text.
    static Path parse(std::string_view text);

    /// What is there, in order; nothing when a key or an element is missing. The pointers are into the document.
    std::vector<const nlohmann::ordered_json*> in(const nlohmann::ordered_json& document) const;
    /// "labels.team": the keys, for a person.
    std::string str() const;

private:
    struct Every {};
    using Step = std::variant<std::string, std::size_t, Every>;
    std::vector<Step> steps_;
};

/// A JSON value as a cell of a table: strings as they are, all else as JSON.
std::string cell_of(const nlohmann::ordered_json& value);

} // namespace thv::cli
