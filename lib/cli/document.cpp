// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/document.hpp"

#include "yaml/yaml.hpp"

#include <nlohmann/json.hpp>

namespace thv::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr auto replace = Json::error_handler_t::replace;

} // namespace

std::string json_text(const Json& document) {
    return document.dump(2, ' ', false, replace) + "\n";
}

std::string json_line(const Json& document) {
    return document.dump(-1, ' ', false, replace) + "\n";
}

std::string yaml_text(const Json& document) {
    return json_to_yaml(Json::parse(document.dump(-1, ' ', false, replace)));
}

} // namespace thv::cli
