// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// The grammars of mounts.
#include "core/permissions.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace thv {

namespace {

std::string clean(std::string_view path) {
    auto text = std::filesystem::path{path}.lexically_normal().string();
    if (text.size() > 1 && text.ends_with('/')) text.pop_back();
    return text;
}

} // namespace

Result<Mount> parse_mount_declaration(std::string_view text, bool read_only) {
    const auto wrong = [text](std::string_view why) {
        return fail(Fault::usage, fmt::format("'{}' is not a mount of a permission profile: {}", text, why),
                    "use '/path' or '/host/path:/container/path'");
    };
    // The characters that upstream's grammar refuses, and those that end a line.
    if (text.find_first_of(std::string_view{"$&;|`\0\n\r", 8}) != std::string_view::npos)
        return fail(Fault::usage, "a mount of a permission profile contains one of $ & ; | ` or a control character");
    if (text.find("://") != std::string_view::npos)
        return fail(Fault::unsupported, fmt::format("'{}': mounts other than host paths are not supported", text));
    const auto colon = text.find(':');
    const bool both = colon != std::string_view::npos;
    const auto source = text.substr(0, colon);
    const auto target = both ? text.substr(colon + 1) : source;
    if (target.find(':') != std::string_view::npos) return wrong("it has more than one colon");
    if (!source.starts_with('/')) return wrong("its source is not an absolute path");
    if (!target.starts_with('/')) return wrong("its target is not an absolute path");
    Mount mount{.source = clean(source), .target = clean(target), .read_only = read_only};
    if (mount.target == "/") return wrong("its target is the container's root");
    return mount;
}

std::string declared_volume(const Mount& mount) {
    return fmt::format("{}:{}{}", mount.source, mount.target, mount.read_only ? ":ro" : "");
}

} // namespace thv
