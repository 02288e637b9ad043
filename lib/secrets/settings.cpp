// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "secrets/settings.hpp"

#include "core/error.hpp"
#include "core/json.hpp"

#include <fmt/format.h>

namespace thv::secrets {

std::string_view to_string(ProviderKind kind) {
    switch (kind) {
    case ProviderKind::encrypted:
        return "encrypted";
    case ProviderKind::environment:
        return "environment";
    case ProviderKind::onepassword:
        break;
    }
    return "1password";
}

ProviderKind parse_provider(std::string_view text) {
    if (text == "encrypted" || text == "basic") return ProviderKind::encrypted; // what old versions called it
    if (text == "environment") return ProviderKind::environment;
    if (text == "1password") return ProviderKind::onepassword;
    throw Error{Fault::usage, fmt::format("'{}' is no provider of secrets", text)}.hint("use encrypted or environment");
}

std::optional<ProviderKind> Settings::provider() const {
    const auto document = config_.read();
    const auto where = config_.file().string();
    const Fields fields{document, where};
    const auto* secrets = fields.find("secrets");
    if (secrets == nullptr) return std::nullopt;
    const auto inside = where + ": secrets";
    const auto word = Fields{*secrets, inside}.text("provider_type");
    if (word.empty()) return std::nullopt;
    try {
        return parse_provider(word);
    } catch (const Error& error) {
        throw error.within(inside);
    }
}

void Settings::choose(ProviderKind kind) {
    config_.update([kind](nlohmann::ordered_json& document) {
        auto& secrets = document["secrets"];
        if (!secrets.is_object()) secrets = nlohmann::ordered_json::object();
        secrets["provider_type"] = to_string(kind);
        secrets["setup_completed"] = true;
    });
}

} // namespace thv::secrets
