// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace thv::cluster {

using Json = nlohmann::json;

// Reads the JSON of an API server. metadata.managedFields, which is about half of many objects and which hardly
// anybody asks for, is passed over while parsing. Everything throws Fault::internal for what is not JSON or is nested
// deeper than 128, and never quotes it. `from` names the server in errors.

/// One object. `managed_fields`: with them.
Json read_object(std::string_view text, std::string_view from, bool managed_fields = false);

/// One event of a watch: {"type": …, "object": {…}}.
Json read_event(std::string_view text, std::string_view from);

/// What a page of a list says about the list.
struct PageEnd {
    std::string version; ///< metadata.resourceVersion
    std::string next;    ///< metadata.continue; empty on the last page
};
/// Hands over the objects of a page one by one, so that there is never more than one of them in memory besides the
/// text. Elements that are no objects are passed over.
PageEnd read_page(std::string_view text, std::string_view from, const std::function<void(Json object)>& sink);

} // namespace thv::cluster
