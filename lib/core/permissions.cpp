// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/permissions.hpp"

#include "core/json.hpp"

#include <fmt/format.h>

namespace thv {
namespace {

using nlohmann::ordered_json;

PermissionProfile built_in(std::string_view name, ordered_json outbound) {
    const ordered_json network{{"outbound", std::move(outbound)}, {"inbound", ordered_json::object()}};
    return profile_from_json(ordered_json{{"name", name}, {"network", network}}, name);
}

void put(ordered_json& object, const char* field, ordered_json value, bool empty) {
    if (empty) {
        object.erase(field);
    } else {
        object[field] = std::move(value);
    }
}

} // namespace

Result<PermissionProfile> builtin_profile(std::string_view name) {
    if (name == "none" || name == "stdio") return built_in("none", ordered_json::object());
    if (name == "network") return built_in("network", ordered_json{{"insecure_allow_all", true}});
    return fail(Fault::not_found, fmt::format("no built-in permission profile named '{}'", name),
                "use 'none', 'network', or the path of a profile");
}

PermissionProfile profile_from_json(const ordered_json& document, std::string_view where) {
    const Fields fields{document, where};
    PermissionProfile profile;
    profile.name = fields.text("name");
    profile.read = fields.texts("read");
    profile.write = fields.texts("write");
    profile.privileged = fields.flag("privileged");
    if (const auto* network = fields.find("network")) {
        profile.network_mode = Fields{*network, fmt::format("{}: network", where)}.text("mode");
    }
    profile.document = document;
    return profile;
}

ordered_json to_document(const PermissionProfile& profile) {
    ordered_json document = profile.document;
    put(document, "name", profile.name, profile.name.empty());
    put(document, "read", profile.read, profile.read.empty());
    put(document, "write", profile.write, profile.write.empty());
    put(document, "privileged", profile.privileged, !profile.privileged);
    const bool has_network = document.contains("network") && document["network"].is_object();
    if (has_network || !profile.network_mode.empty()) {
        put(document["network"], "mode", profile.network_mode, profile.network_mode.empty());
    }
    return document;
}

Outbound outbound_of(const PermissionProfile& profile) {
    const auto& document = profile.document;
    if (!document.is_object() || !document.contains("network")) return Outbound::nothing;
    const auto& network = document["network"];
    if (!network.is_object() || !network.contains("outbound")) return Outbound::nothing;
    const auto& outbound = network["outbound"];
    if (!outbound.is_object()) return Outbound::nothing;
    const auto all = outbound.find("insecure_allow_all");
    if (all != outbound.end() && *all == true) return Outbound::everything;
    const auto filled = [&](const char* name) {
        const auto list = outbound.find(name);
        return list != outbound.end() && list->is_array() && !list->empty();
    };
    return filled("allow_host") || filled("allow_port") ? Outbound::listed : Outbound::nothing;
}

} // namespace thv
