// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "secrets/manager.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::secrets {

namespace {

Error not_set_up() {
    return Error{Fault::unsupported, "no store of secrets has been set up"}.hint("run 'thv secret setup' first");
}

Error missing(const std::string& name, const std::optional<ProviderKind>& provider) {
    const auto told = fmt::format("there is no secret '{}'", name);
    if (provider == ProviderKind::encrypted)
        return Error{Fault::not_found, told}.hint(fmt::format("store it with 'thv secret set {}'", name));
    auto hint = fmt::format("set the variable {} where thv is run", variable_of(name));
    if (!provider) hint += fmt::format(", or run 'thv secret setup' and 'thv secret set {}'", name);
    return Error{Fault::not_found, told}.hint(std::move(hint));
}

} // namespace

Manager::Manager(Parts parts)
    : environment_(std::move(parts.environment))
    , variables_(environment_)
    , settings_(parts.paths)
    , file_(parts.paths.data / "secrets_encrypted")
    , passwords_(environment_, std::move(parts.keyring), std::move(parts.person)) {}

std::optional<ProviderKind> Manager::provider() const {
    const auto word = environment_.get("TOOLHIVE_SECRETS_PROVIDER");
    const auto chosen = word ? std::optional{parse_provider(*word)} : settings_.provider();
    if (chosen == ProviderKind::onepassword)
        throw Error{Fault::unsupported, "secrets in 1Password are not supported by this version of thv"}.hint(
            "run 'thv secret setup', or 'thv secret provider environment'");
    return chosen;
}

bool Manager::falls_back() const {
    return environment_.get_or("TOOLHIVE_DISABLE_ENV_FALLBACK", "") != "true";
}

std::map<std::string, std::string> Manager::values(const std::vector<std::string>& names) {
    std::map<std::string, std::string> found;
    if (names.empty()) return found;
    std::ranges::for_each(names, check_name);
    const auto chosen = provider();
    const bool encrypted = chosen == ProviderKind::encrypted;
    auto table = encrypted ? open() : Table{};
    for (const auto& name : names) {
        const auto stored = table.find(name);
        if (stored != table.end()) {
            found.emplace(name, stored->second);
            continue;
        }
        auto value = encrypted && !falls_back() ? std::nullopt : environment_.get(variable_of(name));
        if (!value) throw missing(name, chosen);
        found.emplace(name, *std::move(value));
    }
    return found;
}

std::map<std::string, std::string> Manager::handover(const std::vector<std::string>& names) {
    if (names.empty()) return {};
    auto variables = variables_.handover(names);
    if (provider() != ProviderKind::encrypted) return variables;
    if (password_.empty()) open();
    if (!password_.empty()) variables.emplace(password_variable, password_);
    return variables;
}

Table Manager::open() {
    Table table;
    if (!file_.format()) return table; // nothing is in it, and any password would do
    password_ = passwords_.open(
        [&](const std::string& password) {
            auto opened = file_.read(password);
            if (!opened) return false;
            table = *std::move(opened);
            return true;
        },
        false);
    return table;
}

void Manager::change(std::optional<Format> format, const std::function<void(Table&)>& change) {
    const bool new_one = !file_.format();
    password_ =
        passwords_.open([&](const std::string& password) { return file_.update(password, format, change); }, new_one);
}

void Manager::require_store() const {
    const auto chosen = provider();
    if (!chosen) throw not_set_up();
    if (*chosen == ProviderKind::environment)
        throw Error{Fault::unsupported, "secrets of the environment can only be read"}.hint(
            "set variables TOOLHIVE_SECRET_NAME, or run 'thv secret setup' for a store");
}

void Manager::set_up(std::optional<Format> format) {
    change(format, [](Table&) {});
    settings_.choose(ProviderKind::encrypted);
}

void Manager::use_environment() {
    settings_.choose(ProviderKind::environment);
}

std::vector<std::string> Manager::names() {
    require_store();
    std::vector<std::string> found;
    for (const auto& [name, value] : open())
        if (!is_system_name(name)) found.push_back(name);
    return found;
}

bool Manager::contains(const std::string& name) {
    check_name(name);
    require_store();
    return open().contains(name);
}

void Manager::set(const std::string& name, const std::string& value) {
    check_name(name);
    require_store();
    change(std::nullopt, [&](Table& table) { table.insert_or_assign(name, value); });
}

void Manager::remove(const std::string& name) {
    check_name(name);
    require_store();
    change(std::nullopt, [&](Table& table) {
        if (table.erase(name) == 0)
            throw Error{Fault::not_found, fmt::format("there is no secret '{}'", name)}.hint(
                "'thv secret list' shows those that there are");
    });
}

} // namespace thv::secrets
