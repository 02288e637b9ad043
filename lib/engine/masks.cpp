// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/masks.hpp"

#include "core/error.hpp"
#include "engine/ignore_rules.hpp"
#include "io/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace thv::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_masks = 1000;        ///< each is a mount of the container
constexpr std::size_t most_entries = 1'000'000; ///< that are looked at
constexpr std::size_t largest_rules = 1U << 20U;

/// The rules of one folder on the way from the mounted one down.
struct Level {
    fs::path folder; ///< relative to the mounted one; empty for that itself
    IgnoreRules rules;
};

class Walk {
public:
    explicit Walk(fs::path root)
        : root_(std::move(root)) {}

    std::vector<fs::path> run(const std::string& global_rules) {
        levels_.push_back({fs::path{}, IgnoreRules{global_rules}});
        visit(fs::path{});
        std::ranges::sort(hidden_);
        hidden_.erase(std::ranges::unique(hidden_).begin(), hidden_.end());
        return std::move(hidden_);
    }

private:
    void hide(fs::path path) {
        hidden_.push_back(std::move(path));
        if (hidden_.size() > most_masks)
            throw Error{Fault::usage, fmt::format("more than {} files of '{}' are to be hidden by {}", most_masks,
                                                  root_.string(), ignore_file)}
                .hint("hide whole folders, or mount less");
    }

    void visit(const fs::path& folder) {
        const auto own = read_file(root_ / folder / ignore_file, largest_rules);
        if (own) {
            levels_.push_back({folder, IgnoreRules{*own}});
            hide(folder / ignore_file);
        }
        std::error_code failure;
        fs::directory_iterator entries{root_ / folder, failure};
        // What has gone meanwhile needs not be hidden; anything else that cannot be read may have to be.
        if (failure && failure != std::errc::no_such_file_or_directory)
            throw fs::filesystem_error{"cannot be read", root_ / folder, failure};
        for (const auto& entry : entries) {
            if (++seen_ > most_entries)
                throw Error{Fault::usage, fmt::format("'{}' has more than {} files, too many to look for those that "
                                                      "are to be hidden",
                                                      root_.string(), most_entries)};
            std::error_code gone;
            const auto status = entry.symlink_status(gone);
            if (status.type() != fs::file_type::not_found) look_at(folder / entry.path().filename(), status);
        }
        if (own) levels_.pop_back();
    }

    void look_at(const fs::path& path, const fs::file_status& status) {
        const bool is_folder = status.type() == fs::file_type::directory;
        if (ignored(path, is_folder)) {
            if (status.type() == fs::file_type::symlink)
                hide_target(path);
            else
                hide(path);
        } else if (is_folder) {
            visit(path);
        }
    }

    /// The innermost file that says anything decides.
    bool ignored(const fs::path& path, bool is_folder) const {
        for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
            const auto inside = level->folder.empty() ? path : path.lexically_relative(level->folder);
            const auto verdict = level->rules.verdict(inside.generic_string(), is_folder);
            if (verdict != IgnoreRules::Verdict::nothing) return verdict == IgnoreRules::Verdict::ignored;
        }
        return false;
    }

    /// A mount onto a link would cover what it leads to in the container. What is outside is not of this folder.
    void hide_target(const fs::path& link) {
        std::error_code failure;
        const auto target = fs::canonical(root_ / link, failure);
        if (failure) return; // it leads nowhere
        const auto inside = target.lexically_relative(fs::canonical(root_));
        if (!inside.empty() && inside != "." && *inside.begin() != "..") hide(inside);
    }

    fs::path root_;
    std::vector<Level> levels_;
    std::vector<fs::path> hidden_;
    std::size_t seen_ = 0;
};

/// Folders below a hidden one need no mask, and could not be given one.
std::vector<fs::path> outermost(const std::vector<fs::path>& sorted) {
    std::vector<fs::path> kept;
    for (const auto& path : sorted) {
        const auto covers = [&](const fs::path& other) {
            const auto rest = path.lexically_relative(other);
            return !rest.empty() && *rest.begin() != "..";
        };
        if (std::ranges::none_of(kept, covers)) kept.push_back(path);
    }
    return kept;
}

} // namespace

std::vector<fs::path> hidden_in(const fs::path& folder, const std::string& global_rules) {
    std::error_code failure;
    const auto own = fs::symlink_status(folder / ignore_file, failure);
    if (global_rules.empty() && own.type() == fs::file_type::not_found) return {};
    try {
        return outermost(Walk{folder}.run(global_rules));
    } catch (const fs::filesystem_error& error) {
        throw Error{Fault::denied,
                    fmt::format("'{}' cannot be read: {}", error.path1().string(), error.code().message())}
            .hint(fmt::format("what {} is to hide could not be found out, so '{}' is not mounted", ignore_file,
                              folder.string()));
    }
}

std::vector<Mount> masks_for(const std::vector<Mount>& mounts, const std::string& global_rules,
                             const fs::path& own_folder) {
    std::vector<Mount> masks;
    for (const auto& mount : mounts) {
        std::error_code failure;
        if (!fs::is_directory(mount.source, failure)) continue;
        for (const auto& path : hidden_in(mount.source, global_rules)) {
            const bool is_folder = fs::is_directory(fs::path{mount.source} / path, failure);
            const auto cover = own_folder / (is_folder ? "folder" : "file");
            masks.push_back({.source = cover, .target = fs::path{mount.target} / path, .read_only = true});
        }
    }
    if (masks.empty()) return masks;
    if (own_folder.empty()) throw Error{Fault::internal, "there is no place for what hides files from a server"};
    make_folder(own_folder / "folder");
    write_atomic(own_folder / "file", "");
    // A server of any user is to find them empty, not closed.
    fs::permissions(own_folder / "folder", fs::perms{0555});
    fs::permissions(own_folder / "file", fs::perms{0444});
    return masks;
}

} // namespace thv::engine
