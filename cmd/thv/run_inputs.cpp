// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// The parts of a run config that come from elsewhere: files, the environment, the machine.
#include "io/files.hpp"
#include "plan/profile.hpp"
#include "plan/profile_file.hpp"
#include "secrets/values.hpp"
#include "thv/config_file.hpp"
#include "thv/run_flags.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <stdexcept>
#include <utility>

namespace thv::commands {

namespace {

namespace fs = std::filesystem;
using Variables = std::map<std::string, std::string>;

/// Never quotes the text: it may be a secret.
Error bad_variable(std::string_view where) {
    return Error{Fault::usage, fmt::format("{}: a variable has no usable name", where)}.hint(
        "write it as NAME=VALUE, or as NAME to pass on your own");
}

bool is_variable_name(std::string_view name) {
    const auto odd = [](unsigned char byte) {
        return std::isspace(byte) != 0 || std::iscntrl(byte) != 0 || byte == '=';
    };
    return !name.empty() && std::ranges::none_of(name, odd);
}

/// "NAME=VALUE", or "NAME" for the caller's own value.
void put_variable(Variables& variables, std::string_view text, const Environment& environment) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    if (!is_variable_name(name)) throw bad_variable("--env");
    if (equals != std::string_view::npos)
        variables.insert_or_assign(std::string{name}, std::string{text.substr(equals + 1)});
    else if (auto own = environment.get(name))
        variables.insert_or_assign(std::string{name}, *std::move(own));
}

/// The lines of an env file, which errors call `source`, that name variables.
std::vector<std::string> variable_lines(std::string_view text, std::string_view source) {
    std::vector<std::string> lines;
    if (text.find('\0') != std::string_view::npos)
        throw Error{Fault::usage, fmt::format("--env-file: '{}' contains a NUL", source)};
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    for (int number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto start = line.find_first_not_of(" \t");
        if (start == std::string_view::npos || line[start] == '#') continue;
        line.remove_prefix(start);
        if (!is_variable_name(line.substr(0, line.find('='))))
            throw bad_variable(fmt::format("--env-file {}, line {}", source, number));
        lines.emplace_back(line);
    }
    return lines;
}

PermissionProfile named_profile(const std::string& name, const fs::path& cwd) {
    if (auto profile = builtin_profile(name)) return *std::move(profile);
    const auto path = cwd / name;
    const auto bytes = read_input("--permission-profile", path);
    return plan::profile_from_text(bytes, path.string());
}

} // namespace

void take_env_files(RunFlags& flags, const fs::path& cwd, cli::Console& console) {
    std::vector<std::string> variables;
    for (const auto& file : std::exchange(flags.env_files, {}))
        std::ranges::move(variable_lines(read_input("--env-file", file, cwd, console), called(file)),
                          std::back_inserter(variables));
    flags.env.insert(flags.env.begin(), std::make_move_iterator(variables.begin()),
                     std::make_move_iterator(variables.end()));
}

Variables variables_from(const RunFlags& flags, const Environment& environment) {
    if (!flags.env_files.empty()) throw std::logic_error{"the env files have not been taken"};
    Variables variables;
    for (const auto& text : flags.env)
        put_variable(variables, text, environment);
    return variables;
}

void check_variable_names(const RunConfig& config) {
    for (const auto& [name, value] : config.env_vars)
        if (!is_variable_name(name))
            throw Error{Fault::usage, fmt::format("field 'env': '{}' is no name of a variable", name)};
}

void check_targets(const RunConfig& config) {
    for (const auto& volume : config.volumes) {
        const auto mount = parse_volume(volume, "/");
        const auto same = [&](const std::string& text) {
            const auto tmpfs = parse_tmpfs(text);
            return mount && tmpfs && tmpfs->target == mount->target;
        };
        if (std::ranges::any_of(config.container_options.tmpfs, same))
            throw Error{Fault::usage, fmt::format("'{}' cannot be both a volume and a tmpfs", mount->target)};
    }
}

void put_secret_uses(RunConfig& config) {
    std::set<std::string> targets;
    for (auto& text : config.secrets) {
        try {
            const auto use = value_or_throw(parse_secret_use(text));
            secrets::check_name(use.name);
            text = to_string(use);
            const auto target = secret_variable(use);
            if (config.env_vars.contains(target) || !targets.insert(target).second)
                throw Error{Fault::usage, fmt::format("the variable {} is set twice", target)};
        } catch (const Error& error) {
            throw error.within("--secret");
        }
    }
}

std::string checked_network(std::string name) {
    if (name.empty() || name.starts_with('-'))
        throw Error{Fault::usage, "--network needs the name of a network, or none, host or bridge"};
    return name;
}

PermissionProfile profile_from(const RunFlags& flags, const std::vector<Mount>& mounts, const fs::path& cwd) {
    auto profile = named_profile(flags.permission_profile.value_or("network"), cwd);
    if (flags.network) profile.network_mode = checked_network(*flags.network);
    return plan::with_mounts(std::move(profile), "", mounts);
}

int choose_port() {
    const Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool chosen =
        socket.open() && ::bind(socket.get(), generic, size) == 0 && ::getsockname(socket.get(), generic, &size) == 0;
    if (!chosen) throw Error{Fault::internal, "no free port can be found"}.hint("give one with --target-port");
    return ntohs(address.sin_port);
}

} // namespace thv::commands
