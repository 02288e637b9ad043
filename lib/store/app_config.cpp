// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "store/app_config.hpp"

#include "io/files.hpp"
#include "store/folder.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>

#include <system_error>

namespace thv {

using nlohmann::ordered_json;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t largest_file = 1U << 20U;
constexpr auto patience = 5s;

/// A link, such as into a folder under version control, stays one.
std::filesystem::path target_of(const std::filesystem::path& file) {
    std::error_code why;
    auto target = std::filesystem::canonical(file, why);
    return why ? file : target;
}

} // namespace

ordered_json AppConfig::read() const {
    const auto where = file_.string();
    try {
        const auto text = read_file(file_, largest_file);
        if (!text) return ordered_json::object();
        auto document = yaml_to_json(*text, where, {.bytes = largest_file});
        if (document.is_null()) return ordered_json::object();
        if (!document.is_object()) throw Error{Fault::usage, fmt::format("{}: must be a mapping", where)};
        return document;
    } catch (const Error& error) {
        if (error.fault() != Fault::usage) throw;
        throw error.hint("repair the file, or move it out of the way");
    }
}

void AppConfig::update(const std::function<void(ordered_json&)>& change) const {
    const auto lock = lock_or_throw(file_.string() + ".lock", patience, fmt::format("'{}'", file_.string()));
    const auto before = read();
    auto after = before;
    change(after);
    if (after != before) write_atomic(target_of(file_), json_to_yaml(after));
}

} // namespace thv
