// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.hpp"
#include "registry/entry.hpp"

namespace thv::registry {

/// What every entry has to be, whatever form it came in. Throws Fault::usage, with `where` in front.
void check(const Entry& entry, std::string_view where);

/// Variables or headers of a field; `flags` are the names of "required" and "secret" in that form. Throws Fault::usage.
struct VariableForm {
    const char* required;
    const char* secret;
};
std::vector<Variable> variables_of(const Fields& fields, std::string_view key, VariableForm form,
                                   std::string_view where);

/// What upstream says of a server in both forms: permissions, login, tools, tags, tier, status and popularity.
void read_particulars(Entry& entry, const Fields& fields, std::string_view where);

/// The servers of a list in the form of the official registry, added to the catalogue.
void add_official(Catalogue& catalogue, const nlohmann::ordered_json& servers, std::string_view where);

} // namespace thv::registry
