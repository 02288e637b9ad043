// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "plan/profile_file.hpp"

#include "core/permissions.hpp"
#include "plan/scalar.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace thv::plan {

namespace {

using nlohmann::ordered_json;

bool is_port(const ordered_json& value) {
    return value.is_number_integer() && value >= 1 && value <= 65535;
}

/// A host name, one with a leading dot for all below it, or an address.
bool is_host(const ordered_json& value) {
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    const auto odd = [](unsigned char byte) {
        return std::isalnum(byte) == 0 && byte != '.' && byte != '-' && byte != '_' && byte != ':' && byte != '[' &&
               byte != ']' && byte != '*';
    };
    return !text.empty() && text.size() <= 253 && std::ranges::none_of(text, odd);
}

bool is_mount(const ordered_json& value) {
    return value.is_string() && parse_mount_declaration(value.get_ref<const std::string&>(), true).has_value();
}

/// Looks at a profile field by field and keeps what is wrong.
class Checker {
public:
    explicit Checker(std::string_view where)
        : where_(where) {}

    std::vector<Error> run(const ordered_json& document) {
        if (!table(document, "", {"name", "read", "write", "network", "privileged", "limits"})) return mistakes_;
        text(document, "", "name");
        flag(document, "", "privileged");
        each(document, "", "read", is_mount, "an absolute path, or /host/path:/container/path");
        each(document, "", "write", is_mount, "an absolute path, or /host/path:/container/path");
        if (has(document, "network")) network(document["network"]);
        if (has(document, "limits")) limits(document["limits"]);
        return mistakes_;
    }

private:
    static bool has(const ordered_json& object, const char* name) {
        return object.contains(name) && !object[name].is_null();
    }

    static std::string place(std::string_view path, std::string_view name) {
        return path.empty() ? std::string{name} : fmt::format("{}.{}", path, name);
    }

    void mistake(std::string_view place, std::string_view must) {
        mistakes_.emplace_back(Fault::usage, fmt::format("{}: {} must be {}", where_, place, must));
    }

    bool table(const ordered_json& value, std::string_view path, std::initializer_list<std::string_view> known) {
        if (!value.is_object()) {
            mistake(path.empty() ? "the profile" : path, "a table of fields");
            return false;
        }
        for (const auto& [name, field] : value.items())
            if (std::ranges::find(known, name) == known.end())
                mistakes_.emplace_back(Fault::usage,
                                       fmt::format("{}: there is no field '{}'", where_, place(path, name)));
        return true;
    }

    void text(const ordered_json& object, std::string_view path, const char* name) {
        if (has(object, name) && !object[name].is_string()) mistake(place(path, name), "a text");
    }

    void flag(const ordered_json& object, std::string_view path, const char* name) {
        if (has(object, name) && !object[name].is_boolean()) mistake(place(path, name), "true or false");
    }

    void each(const ordered_json& object, std::string_view path, const char* name, bool (*fine)(const ordered_json&),
              std::string_view must) {
        if (!has(object, name)) return;
        const auto& list = object[name];
        if (!list.is_array()) {
            mistake(place(path, name), "a list");
            return;
        }
        for (std::size_t at = 0; at < list.size(); ++at)
            if (!fine(list[at])) mistake(fmt::format("{}[{}]", place(path, name), at), must);
    }

    void network(const ordered_json& value) {
        if (!table(value, "network", {"mode", "outbound", "inbound"})) return;
        text(value, "network", "mode");
        if (has(value, "outbound") &&
            table(value["outbound"], "network.outbound", {"insecure_allow_all", "allow_host", "allow_port"})) {
            flag(value["outbound"], "network.outbound", "insecure_allow_all");
            each(value["outbound"], "network.outbound", "allow_host", is_host, "a host name or an address");
            each(value["outbound"], "network.outbound", "allow_port", is_port, "a port, from 1 to 65535");
        }
        if (has(value, "inbound") && table(value["inbound"], "network.inbound", {"allow_host"}))
            each(value["inbound"], "network.inbound", "allow_host", is_host, "a host name or an address");
    }

    void limits(const ordered_json& value) {
        if (!table(value, "limits", {"memory", "cpus", "pids"})) return;
        if (has(value, "memory") && !parse_memory(written(value["memory"])))
            mistake("limits.memory", "an amount of memory, such as 512m");
        if (has(value, "cpus") && !parse_cpus(written(value["cpus"])))
            mistake("limits.cpus", "a number of CPUs, such as 0.5");
        if (has(value, "pids") && !parse_pids(written(value["pids"]))) mistake("limits.pids", "a number of at least 1");
    }

    std::string_view where_;
    std::vector<Error> mistakes_;
};

} // namespace

std::vector<Error> profile_mistakes(const ordered_json& document, std::string_view where) {
    return Checker{where}.run(document);
}

PermissionProfile profile_from_text(std::string_view text, std::string_view where) {
    const auto document = yaml_to_json(text, where);
    const auto mistakes = profile_mistakes(document, where);
    if (!mistakes.empty())
        throw Error{mistakes.front()}.hint(
            mistakes.size() == 1 ? ""
                                 : fmt::format("'thv profile check' tells all {} mistakes in it", mistakes.size()));
    return profile_from_json(document, where);
}

void put_profile_limits(ResourceLimits& limits, const PermissionProfile& profile) {
    const auto& document = profile.document;
    if (!document.is_object() || !document.contains("limits") || !document["limits"].is_object()) return;
    const auto& said = document["limits"];
    const auto fill = [&](auto& limit, const char* name, auto parse) {
        if (limit || !said.contains(name) || said[name].is_null()) return;
        limit = value_or_throw(parse(written(said[name])));
    };
    fill(limits.memory, "memory", parse_memory);
    fill(limits.milli_cpus, "cpus", parse_cpus);
    fill(limits.pids, "pids", parse_pids);
}

} // namespace thv::plan
