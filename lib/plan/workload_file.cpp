// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "plan/workload_file.hpp"

#include "core/json.hpp"
#include "core/name.hpp"
#include "plan/entry.hpp"
#include "plan/profile.hpp"
#include "plan/profile_file.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace thv::plan {

namespace {

using nlohmann::ordered_json;

constexpr int version = 1;

/// Reads the sources one after the other into one Wanted.
class Reader {
public:
    Reader(const Reading& reading, std::vector<Error>& mistakes)
        : reading_(reading)
        , mistakes_(mistakes) {}

    void read(const Source& source) {
        attempt([&] {
            for (const auto& document : yaml_documents(source.text, source.name))
                read_document(document, source);
        });
    }

    Wanted finish() {
        std::map<int, std::string> ports;
        for (const auto& config : wanted_.workloads) {
            if (config.port == 0 || reading_.on_cluster) continue;
            const auto [first, fresh] = ports.emplace(config.port, key(config));
            if (!fresh)
                mistake(
                    fmt::format("{} and {} have the same port {}", first->second, places_[key(config)], config.port));
        }
        return std::move(wanted_);
    }

private:
    template <typename Work>
    void attempt(Work work) {
        try {
            work();
        } catch (const Error& error) {
            mistakes_.push_back(error);
        }
    }

    void mistake(std::string message) { mistakes_.emplace_back(Fault::usage, std::move(message)); }

    void read_document(const ordered_json& document, const Source& source) {
        const auto& where = source.name;
        const Fields fields{document, where};
        const auto* const said = fields.find("version");
        if (said == nullptr || *said != version) {
            mistake(fmt::format("{}: field 'version' must be {}", where, version));
            return;
        }
        for (const auto& [name, value] : document.items())
            if (name != "version" && name != "groups" && name != "profiles" && name != "workloads")
                mistake(fmt::format("{}: there is no field '{}'", where, name));
        attempt([&] { read_groups(fields, where); });
        std::map<std::string, PermissionProfile> profiles;
        attempt([&] { profiles = read_profiles(fields, where); });
        const auto* const workloads = fields.find("workloads");
        if (workloads == nullptr) return;
        if (!workloads->is_object()) {
            mistake(fmt::format("{}: field 'workloads' must be a table of names and workloads", where));
            return;
        }
        for (const auto& [name, entry] : workloads->items())
            attempt([&] { read_workload(name, entry, profiles, source); });
    }

    void read_groups(const Fields& fields, const std::string& where) {
        for (const auto& name : fields.texts("groups")) {
            const auto parsed = GroupName::parse(name);
            if (!parsed)
                mistakes_.push_back(parsed.error().within(fmt::format("{}: field 'groups'", where)));
            else if (name != default_group && std::ranges::find(wanted_.groups, name) == wanted_.groups.end())
                wanted_.groups.push_back(name);
        }
    }

    std::map<std::string, PermissionProfile> read_profiles(const Fields& fields, const std::string& where) {
        std::map<std::string, PermissionProfile> profiles;
        const auto* const table = fields.find("profiles");
        if (table == nullptr) return profiles;
        if (!table->is_object())
            throw Error{Fault::usage, fmt::format("{}: field 'profiles' must be a table of names and profiles", where)};
        for (const auto& [name, value] : table->items()) {
            if (builtin_profile(name))
                mistake(fmt::format("{}: profiles.{}: that is the name of a built-in profile", where, name));
            attempt([&] {
                const auto place = fmt::format("{}: profiles.{}", where, name);
                const auto wrong = profile_mistakes(value, place);
                mistakes_.insert(mistakes_.end(), wrong.begin(), wrong.end());
                if (!wrong.empty()) return;
                auto profile = profile_from_json(value, place);
                if (profile.name.empty()) profile.name = name;
                profile.document = to_document(profile);
                profiles.emplace(name, std::move(profile));
            });
        }
        return profiles;
    }

    void read_workload(const std::string& name, const ordered_json& entry,
                       const std::map<std::string, PermissionProfile>& profiles, const Source& source) {
        const auto where = fmt::format("{}: workloads.{}", source.name, name);
        const auto parsed = WorkloadName::parse(name);
        if (!parsed) throw parsed.error().within(where);
        const auto [place, fresh] = places_.emplace(name, where);
        if (!fresh) throw Error{Fault::usage, fmt::format("{} and {} are the same workload", place->second, where)};
        if (!entry.is_object()) throw Error{Fault::usage, fmt::format("{}: it must be a table of fields", where)};
        for (const auto& field : unknown_fields(entry))
            mistake(fmt::format("{}: there is no field '{}'", where, field));
        auto config = config_of(name, entry, where, source.folder);
        if (config.image.empty() == config.remote_url.empty())
            throw Error{Fault::usage, fmt::format("{}: it must have one of 'image' and 'remote_url'", where)};
        if (!reading_.on_cluster && config.remote_url.empty())
            put_profile(config, entry, where, profiles, source);
        else
            put_profile_name(config, entry, where);
        try {
            if (reading_.check) reading_.check(config);
        } catch (const Error& error) {
            throw error.within(where);
        }
        wanted_.workloads.push_back(std::move(config));
    }

    static void put_profile_name(RunConfig& config, const ordered_json& entry, const std::string& where) {
        const Fields fields{entry, where};
        config.permission_profile_name = fields.text("profile");
        if (!config.permission_profile_name.empty() && !builtin_profile(config.permission_profile_name))
            fields.wrong("profile", "none or network here");
        if (!fields.text("network").empty()) fields.wrong("network", "left out here");
    }

    PermissionProfile profile_of_file(const std::string& name, const std::string& where, const Source& source) const {
        try {
            return reading_.profile_file(name, source.folder);
        } catch (const Error& error) {
            throw error.within(where);
        }
    }

    void put_profile(RunConfig& config, const ordered_json& entry, const std::string& where,
                     const std::map<std::string, PermissionProfile>& profiles, const Source& source) {
        const Fields fields{entry, where};
        const auto* const value = fields.find("profile");
        PermissionProfile profile;
        if (value != nullptr && value->is_object()) {
            const auto place = fmt::format("{}: profile", where);
            const auto wrong = profile_mistakes(*value, place);
            mistakes_.insert(mistakes_.end(), wrong.begin(), wrong.end());
            if (wrong.empty()) profile = profile_from_json(*value, place);
        } else {
            const auto name = fields.text("profile", "network");
            config.permission_profile_name = value == nullptr ? "" : name;
            if (const auto own = profiles.find(name); own != profiles.end())
                profile = own->second;
            else if (auto builtin = builtin_profile(name))
                profile = *std::move(builtin);
            else if (name.find('/') != std::string::npos && reading_.profile_file)
                profile = profile_of_file(name, where, source);
            else
                fields.wrong("profile", "none, network, one of 'profiles', or a path with a '/'");
            // A name of this file means nothing elsewhere, and the profile itself goes along.
            if (!builtin_profile(name)) config.permission_profile_name.clear();
        }
        put_profile_limits(config.limits, profile);
        std::vector<Mount> mounts;
        mounts.reserve(config.volumes.size());
        for (const auto& volume : config.volumes)
            mounts.push_back(value_or_throw(parse_volume(volume, source.folder)));
        config.permission_profile = with_mounts(std::move(profile), fields.text("network"), mounts);
    }

    const Reading& reading_;
    std::vector<Error>& mistakes_;
    Wanted wanted_;
    std::map<std::string, std::string> places_; ///< workload → where it is
};

} // namespace

Wanted read_files(const std::vector<Source>& sources, const Reading& reading, std::vector<Error>& mistakes) {
    Reader reader{reading, mistakes};
    for (const auto& source : sources)
        reader.read(source);
    return reader.finish();
}

std::string to_file(std::vector<std::string> groups, std::vector<RunConfig> workloads) {
    std::erase(groups, default_group);
    std::ranges::sort(groups);
    std::ranges::sort(workloads, {}, [](const RunConfig& config) { return key(config); });
    ordered_json document{{"version", version}};
    if (!groups.empty()) document["groups"] = std::move(groups);
    auto& table = document["workloads"] = ordered_json::object();
    for (const auto& config : workloads)
        table[key(config)] = entry_of(config);
    return json_to_yaml(document);
}

} // namespace thv::plan
