// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template.hpp"

#include "cli/template_tree.hpp"

#include <utility>

namespace thv::cli {

Template::Template(std::shared_ptr<const templates::Tree> tree)
    : tree_(std::move(tree)) {}

Template Template::parse(std::string_view text) {
    return Template{std::make_shared<const templates::Tree>(templates::parse(text))};
}

std::string Template::render(const nlohmann::ordered_json& data) const {
    return templates::render(*tree_, data);
}

std::string Template::heading() const {
    return templates::heading(*tree_);
}

} // namespace thv::cli
