// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "secrets/encrypted_file.hpp"

#include "io/files.hpp"
#include "store/folder.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace thv::secrets {

namespace {

using nlohmann::json;

constexpr std::chrono::seconds lock_patience{5};

[[noreturn]] void no_secrets(const std::filesystem::path& path) {
    throw Error{Fault::usage, fmt::format("'{}' could be opened, but does not hold secrets", path.string())};
}

/// A file's document; other fields than the secrets are kept.
struct Opened {
    json document = json::object();
    Table table;
};

std::optional<Opened> open(const std::filesystem::path& path, const std::string& bytes, std::string_view password,
                           KeptKey& key) {
    Opened opened;
    if (bytes.empty()) return opened;
    auto plain = unseal(bytes, password, &key);
    if (!plain) return std::nullopt;
    opened.document = json::parse(*plain, nullptr, false);
    wipe(*plain);
    if (!opened.document.is_object()) no_secrets(path);
    const auto secrets = opened.document.value("secrets", json{});
    if (secrets.is_null()) return opened;
    if (!secrets.is_object()) no_secrets(path);
    for (const auto& [name, value] : secrets.items()) {
        if (!value.is_string()) no_secrets(path);
        opened.table.emplace(name, value.get<std::string>());
    }
    return opened;
}

/// Whether JSON can hold it: whether it is UTF-8.
bool is_text(const std::string& bytes) {
    try {
        auto text = json(bytes).dump();
        wipe(text);
        return true;
    } catch (const json::type_error&) {
        return false;
    }
}

/// What of the table no JSON can hold.
std::string odd_one(const Table& table) {
    for (const auto& [name, value] : table)
        if (is_text(name) && !is_text(value)) return fmt::format("the secret '{}'", name);
    return "the name of a secret";
}

std::string text_of(Opened opened) {
    opened.document["secrets"] = opened.table; // an empty table is {}, which upstream writes, too
    if (opened.table.empty()) opened.document["secrets"] = json::object();
    try {
        return opened.document.dump();
    } catch (const json::type_error&) {
        throw Error{Fault::usage,
                    fmt::format("{} is not UTF-8 text, and cannot be kept as it is", odd_one(opened.table))}
            .hint("store it encoded, for example by 'base64 --wrap=0'");
    }
}

} // namespace

std::optional<Format> EncryptedFile::format() const {
    const auto bytes = read_file(path_, most_sealed).value_or("");
    if (bytes.empty()) return std::nullopt;
    return format_of(bytes);
}

std::optional<Table> EncryptedFile::read(std::string_view password) const {
    auto opened = open(path_, read_file(path_, most_sealed).value_or(""), password, key_);
    if (!opened) return std::nullopt;
    return std::move(opened->table);
}

bool EncryptedFile::update(std::string_view password, std::optional<Format> wanted,
                           const std::function<void(Table&)>& change) {
    auto lock_path = path_;
    lock_path += ".lock";
    const auto lock = lock_or_throw(lock_path, lock_patience, "the file of secrets");
    const auto bytes = read_file(path_, most_sealed).value_or("");
    auto opened = open(path_, bytes, password, key_);
    if (!opened) return false;
    const auto now = bytes.empty() ? Format::thv : format_of(bytes);
    change(opened->table);
    auto text = text_of(*std::move(opened));
    const auto sealed = seal(text, password, wanted.value_or(now));
    wipe(text);
    write_atomic(path_, sealed);
    return true;
}

} // namespace thv::secrets
