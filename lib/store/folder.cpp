// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "store/folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thv {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// More than any file that we or upstream write has.
constexpr std::size_t largest_file = 1U << 20U;
/// Locks are held for one read and one synced write; only a stopped process holds one for longer than this.
constexpr auto patience = 5s;

[[noreturn]] void cannot_list(const fs::path& folder, const std::error_code& why) {
    const auto fault = why == std::errc::permission_denied ? Fault::denied : Fault::internal;
    throw Error{fault, fmt::format("cannot list '{}': {}", folder.string(), why.message())};
}

} // namespace

JsonFolder::JsonFolder(fs::path path)
    : path_(std::move(path)) {}

std::vector<std::string> JsonFolder::names() const {
    std::vector<std::string> out;
    std::error_code why;
    fs::directory_iterator entry{path_, why};
    if (why == std::errc::no_such_file_or_directory) return out;
    while (!why && entry != fs::directory_iterator{}) {
        const auto& file = entry->path();
        const auto name = file.stem().string();
        std::error_code gone; // between listing and looking: then it is no folder either, and reading it finds nothing
        if (file.extension() == ".json" && !name.starts_with('.') && !entry->is_directory(gone)) out.push_back(name);
        entry.increment(why);
    }
    if (why) cannot_list(path_, why);
    std::ranges::sort(out);
    return out;
}

fs::path JsonFolder::file(std::string_view name) const {
    return path_ / fmt::format("{}.json", name);
}

bool JsonFolder::contains(std::string_view name) const {
    std::error_code why;
    const bool there = fs::exists(fs::symlink_status(file(name), why));
    if (!there && why && why != std::errc::no_such_file_or_directory && why != std::errc::not_a_directory) {
        cannot_list(path_, why);
    }
    return there;
}

std::optional<std::string> JsonFolder::read(std::string_view name) const {
    return read_file(file(name), largest_file);
}

/// The temp files of write_atomic() that were never renamed.
std::vector<fs::path> JsonFolder::unfinished(std::string_view name) const {
    std::vector<fs::path> out;
    const auto beginning = fmt::format(".{}.json.tmp-", name);
    std::error_code why;
    for (fs::directory_iterator entry{path_, why}; !why && entry != fs::directory_iterator{}; entry.increment(why))
        if (entry->path().filename().string().starts_with(beginning)) out.push_back(entry->path());
    if (why && why != std::errc::no_such_file_or_directory) cannot_list(path_, why);
    return out;
}

bool JsonFolder::has_traces(std::string_view name) const {
    return contains(name) || !unfinished(name).empty();
}

bool JsonFolder::erase(std::string_view name) const {
    for (const auto& file : unfinished(name))
        remove_file(file);
    return remove_file(file(name));
}

FileLock JsonFolder::lock(std::string_view name, std::string_view what) const {
    return lock_or_throw(path_ / ".locks" / fmt::format("{}.lock", name), patience, what);
}

FileLock lock_or_throw(const fs::path& path, Duration limit, std::string_view what) {
    auto lock = FileLock::acquire(path, limit);
    if (lock) return *std::move(lock);
    throw Error{Fault::conflict, fmt::format("another process keeps {} locked", what)}.hint("try again in a moment");
}

} // namespace thv
