// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/change_flags.hpp"

#include "core/permissions.hpp"
#include "plan/profile.hpp"
#include "plan/profile_file.hpp"
#include "thv/labels.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::commands {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_absent(const RunConfig& config, std::string_view flag, const std::string& name) {
    throw Error{Fault::usage, fmt::format("{}: '{}' has no '{}'", flag, key(config), name)}.hint(
        fmt::format("'thv export {}' shows what it has", key(config)));
}

/// Removes what has one of these names. Fault::usage for a name that nothing has.
template <typename List, typename Has>
void remove_named(const RunConfig& config, List& list, std::string_view flag, const std::vector<std::string>& names,
                  Has has) {
    for (const auto& name : names)
        if (std::erase_if(list, [&](const auto& item) { return has(item, name); }) == 0)
            throw_absent(config, flag, name);
}

void change_variables(RunConfig& config, const ChangeFlags& change, const Environment& environment) {
    const auto named = [](const auto& item, const std::string& name) { return item.first == name; };
    remove_named(config, config.env_vars, "--env-rm", change.removed_variables, named);
    for (auto& [name, value] : variables_from(change.set, environment))
        config.env_vars.insert_or_assign(name, std::move(value));
}

void change_secrets(RunConfig& config, const ChangeFlags& change) {
    const auto sets = [](const std::string& text, const std::string& variable) {
        const auto use = parse_secret_use(text);
        return use && (use->target == variable || secret_variable(*use) == variable);
    };
    remove_named(config, config.secrets, "--secret-rm", change.removed_secrets, sets);
    for (const auto& text : change.set.secrets) {
        const auto use = checked("--secret", parse_secret_use(text));
        std::erase_if(config.secrets, [&](const std::string& other) { return sets(other, use.target); });
        config.secrets.push_back(text);
    }
}

void change_labels(RunConfig& config, const ChangeFlags& change) {
    for (const auto& name : change.removed_labels)
        if (name == "toolhive" || name.starts_with("toolhive-"))
            throw Error{Fault::usage, fmt::format("--label-rm: '{}' is a label of thv's own", name)};
    const auto named = [](const auto& item, const std::string& name) { return item.first == name; };
    remove_named(config, config.container_labels, "--label-rm", change.removed_labels, named);
    for (auto& [name, value] : parse_labels(change.set.labels))
        config.container_labels.insert_or_assign(name, std::move(value));
}

/// The volumes of a run config with those that were asked for, one for each place in the container.
std::vector<Mount> changed_volumes(const RunConfig& config, const ChangeFlags& change, const fs::path& cwd,
                                   Platform platform) {
    std::vector<Mount> mounts;
    mounts.reserve(config.volumes.size());
    for (const auto& volume : config.volumes)
        mounts.push_back(value_or_throw(parse_volume(volume, "/")));
    const auto at = [](const Mount& mount, const std::string& target) { return mount.target == target; };
    remove_named(config, mounts, "--volume-rm", change.removed_volumes, at);
    for (auto& mount : mounts_from(change.set, cwd, platform)) {
        std::erase_if(mounts, [&](const Mount& other) { return at(other, mount.target); });
        mounts.push_back(std::move(mount));
    }
    return mounts;
}

/// The volumes are a part of the profile, too.
void change_profile(RunConfig& config, const ChangeFlags& change, const fs::path& cwd, Platform platform) {
    const auto& flags = change.set;
    const bool changes =
        flags.permission_profile || flags.network || !flags.volumes.empty() || !change.removed_volumes.empty();
    if (!changes) return;
    const auto mounts = changed_volumes(config, change, cwd, platform);
    if (platform == Platform::engine) {
        if (flags.permission_profile) config.permission_profile_name = *flags.permission_profile;
        // A new profile brings its own network: an older --network must not open what it closes.
        auto profile = flags.permission_profile ? profile_from(flags, {}, cwd) : plan::without_mounts(config);
        if (flags.network) profile.network_mode = checked_network(*flags.network);
        config.permission_profile = plan::with_mounts(std::move(profile), "", mounts);
        if (flags.permission_profile) plan::put_profile_limits(config.limits, *config.permission_profile);
    }
    config.volumes.clear();
    for (const auto& mount : mounts)
        config.volumes.push_back(declared_volume(mount));
}

void change_options(RunConfig& config, const ChangeFlags& change) {
    auto& options = config.container_options;
    if (change.read_only) options.read_only = *change.read_only;
    const auto& user = change.set.options.user;
    if (!user.empty()) options.user = checked("--user", parse_user(user));
    for (const auto& text : change.set.options.tmpfs) {
        const auto tmpfs = checked("--tmpfs", parse_tmpfs(text));
        const auto same = [&](const std::string& other) {
            const auto parsed = parse_tmpfs(other);
            return parsed && parsed->target == tmpfs.target;
        };
        std::erase_if(options.tmpfs, same);
        options.tmpfs.push_back(text);
    }
    change.set.limits.put(config);
}

void change_serving(RunConfig& config, const ChangeFlags& change) {
    const auto& flags = change.set;
    if (change.proxy_port) config.port = checked_port("--proxy-port", *change.proxy_port);
    if (flags.session_ttl) config.session_ttl = checked_ttl(flags.session_ttl);
    std::ranges::for_each(flags.allowed_origins, check_origin);
    if (!flags.allowed_origins.empty()) config.allowed_origins = flags.allowed_origins;
    if (!flags.publish.empty()) config.publish = flags.publish;
    for (const auto& text : flags.publish)
        checked("--publish", parse_publish(text));
}

/// A remote server has no container that these could be about.
void check_change_of_remote(const RunConfig& config, const ChangeFlags& change) {
    if (config.remote_url.empty()) return;
    ChangeFlags allowed;
    allowed.set.labels = change.set.labels;
    allowed.set.session_ttl = change.set.session_ttl;
    allowed.set.allowed_origins = change.set.allowed_origins;
    allowed.removed_labels = change.removed_labels;
    allowed.proxy_port = change.proxy_port;
    if (change != allowed)
        throw Error{Fault::usage,
                    fmt::format("'{}' is a remote server, and takes no flags for a container", key(config))}
            .hint(fmt::format("write it to a file with 'thv export {0} FILE', change that, and give it with "
                              "--from-config",
                              key(config)));
}

} // namespace

void ChangeFlags::declare(cli::Args& args) {
    args.option("--image", set.image, "the image from now on").placeholder("IMAGE").completes(cli::Completer::image);
    set.declare_container(args);
    args.flag("--read-only", read_only, "whether the server may write to its volumes and tmpfs only");
    args.option("--env-rm", removed_variables, "no longer set this variable; repeat for more").placeholder("NAME");
    args.option("--volume-rm", removed_volumes, "take away the volume at this path in the container; repeat for more")
        .placeholder("DST");
    args.option("--secret-rm", removed_secrets, "no longer set this variable to a secret; repeat for more")
        .placeholder("VAR");
    args.option("--label-rm", removed_labels, "remove a label; repeat for more").placeholder("KEY");
    args.flag("--no-args", no_arguments, "run the server without arguments of its own");
    args.option("--proxy-port", proxy_port, "the port that clients use from now on");
    args.option("--allowed-origins", set.allowed_origins,
                "let web pages of this origin in, and no longer those that were; repeat for more")
        .placeholder("ORIGIN");
    args.option("--session-ttl", set.session_ttl, "end a client's session after this time without a request")
        .placeholder("DURATION");
    args.rest("ARG", set.arguments, "the server's own arguments from now on");
}

void ChangeFlags::put(RunConfig& config, const Environment& environment, const fs::path& cwd, Platform platform) const {
    check_change_of_remote(config, *this);
    if (platform == Platform::cluster) put_cluster_profile(config, set);
    if (no_arguments && !set.arguments.empty()) throw Error{Fault::usage, "--no-args and arguments exclude each other"};
    if (!set.image.empty()) config.image = set.image;
    if (no_arguments || !set.arguments.empty()) config.cmd_args = set.arguments;
    change_variables(config, *this, environment);
    change_secrets(config, *this);
    change_labels(config, *this);
    change_profile(config, *this, cwd, platform);
    change_options(config, *this);
    change_serving(config, *this);
}

} // namespace thv::commands
