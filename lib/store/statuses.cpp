// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "store/statuses.hpp"

#include "core/json.hpp"
#include "core/name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace thv {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::ordered_json;

namespace {

constexpr auto patience = 1s;
constexpr std::size_t longest_context = 4096;
/// How Go writes a time that was never set.
constexpr std::string_view no_time = "0001-01-01T00:00:00Z";

void check_name(std::string_view name) {
    static_cast<void>(value_or_throw(WorkloadName::parse(name)));
}

Time time_of(const Fields& fields, std::string_view field) {
    const auto time = parse_rfc3339(fields.text(field));
    if (!time) fields.wrong(field, "a time such as 2026-03-01T09:30:00Z");
    return *time;
}

/// Messages of engines and servers end up here, and they may hold any bytes.
std::string as_utf8(std::string_view text) {
    std::string cut{text.substr(0, longest_context)};
    std::ranges::replace(cut, '\0', ' ');
    const ordered_json value = std::move(cut);
    const auto repaired = value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    return ordered_json::parse(repaired).get<std::string>();
}

} // namespace

Status status_from_json(std::string_view text, std::string_view where) {
    Status status;
    status.document = parse_json(text, where);
    const Fields fields{status.document, where};
    const auto word = fields.text("status");
    if (word.empty()) fields.wrong("status", "a state");
    status.state = parse_state(word);
    status.context = fields.text("status_context");
    status.created_at = time_of(fields, "created_at");
    const auto updated = fields.text("updated_at", no_time);
    status.updated_at = updated == no_time ? status.created_at : time_of(fields, "updated_at");
    status.process_id = fields.integer("process_id", 0, std::numeric_limits<int>::max());
    return status;
}

std::string to_json(const Status& status) {
    ordered_json out{{"status", to_string(status.state)}};
    if (!status.context.empty()) out["status_context"] = status.context;
    out["created_at"] = format_rfc3339(status.created_at);
    out["updated_at"] = format_rfc3339(status.updated_at);
    out["process_id"] = status.process_id;
    for (const auto& [field, value] : status.document.items()) {
        if (field != "status_context" && !out.contains(field)) out[field] = value;
    }
    return to_go_json(out);
}

Statuses::Statuses(fs::path folder)
    : folder_(std::move(folder)) {}

std::vector<std::string> Statuses::names() const {
    auto names = folder_.names();
    std::erase_if(names, [](const auto& name) { return !WorkloadName::parse(name); });
    return names;
}

std::optional<Status> Statuses::load(std::string_view name) const {
    check_name(name);
    const auto text = folder_.read(name);
    if (!text) return std::nullopt;
    return status_from_json(*text, folder_.file(name).string());
}

void Statuses::put(std::string_view name, State state, std::string_view context) {
    check_name(name);
    const auto held = lock(name);
    std::optional<Status> status;
    try {
        status = load(name);
    } catch (const Error& error) {
        if (error.fault() != Fault::usage) throw;
        set_aside(name);
    }
    const auto moment = now();
    if (!status) status.emplace().created_at = moment;
    status->state = state;
    status->context = as_utf8(context);
    status->updated_at = moment;
    write_atomic(folder_.file(name), to_json(*status));
}

bool Statuses::set_pid(std::string_view name, int pid) {
    check_name(name);
    if (!folder_.contains(name)) return false;
    const auto held = lock(name);
    auto status = load(name);
    if (!status) return false;
    status->process_id = pid;
    status->updated_at = now();
    write_atomic(folder_.file(name), to_json(*status));
    return true;
}

bool Statuses::clear_pid(std::string_view name, int pid) {
    check_name(name);
    if (!folder_.contains(name)) return false;
    const auto held = lock(name);
    auto status = load(name);
    if (!status || status->process_id != pid) return false;
    status->process_id = 0;
    status->updated_at = now();
    write_atomic(folder_.file(name), to_json(*status));
    return true;
}

bool Statuses::quarantine(std::string_view name) {
    check_name(name);
    if (!folder_.contains(name)) return false;
    const auto held = lock(name);
    try {
        static_cast<void>(load(name));
        return false;
    } catch (const Error& error) {
        if (error.fault() != Fault::usage) throw;
    }
    set_aside(name);
    return true;
}

bool Statuses::erase(std::string_view name) {
    check_name(name);
    if (!folder_.has_traces(name)) return false;
    auto held = lock(name);
    const bool removed = folder_.erase(name);
    FileLock::discard(std::move(held));
    return removed;
}

FileLock Statuses::lock(std::string_view name) const {
    return lock_or_throw(folder_.path() / fmt::format("{}.lock", name), patience,
                         fmt::format("the status of '{}'", name));
}

void Statuses::set_aside(std::string_view name) const {
    const auto file = folder_.file(name);
    std::error_code why;
    fs::rename(file, file.string() + ".corrupted", why);
    if (why) throw Error{Fault::internal, fmt::format("cannot move '{}' aside: {}", file.string(), why.message())};
}

} // namespace thv
