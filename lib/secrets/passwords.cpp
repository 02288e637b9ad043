// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "secrets/passwords.hpp"

#include "io/files.hpp"
#include "secrets/cipher.hpp"

#include <fmt/format.h>

namespace thv::secrets {

namespace {

constexpr std::size_t longest_password = 4096;

Error wrong(std::string_view source) {
    return Error{Fault::denied, fmt::format("the password {} does not open the secrets", source)}.hint(
        "nothing was changed; give the right one");
}

Error none_there() {
    return Error{Fault::denied, "the secrets are locked, and there is no terminal to ask for their password"}.hint(
        fmt::format("set {} to the password, or {} to the path of a file that holds it", password_variable,
                    password_file_variable));
}

std::string line_of(const std::string& path) {
    std::optional<std::string> text;
    try {
        text = read_file(path, longest_password);
    } catch (const Error& error) {
        throw error.within(password_file_variable);
    }
    if (!text) throw Error{Fault::usage, fmt::format("{}: there is no file '{}'", password_file_variable, path)};
    if (text->ends_with('\n')) text->pop_back();
    if (text->ends_with('\r')) text->pop_back();
    if (text->empty()) throw Error{Fault::usage, fmt::format("{}: '{}' is empty", password_file_variable, path)};
    return *std::move(text);
}

} // namespace

Passwords::~Passwords() {
    wipe(fitting_);
}

std::optional<Passwords::Given> Passwords::given() const {
    if (auto password = environment_.get(password_variable))
        return Given{*std::move(password), fmt::format("in {}", password_variable)};
    if (const auto path = environment_.get(password_file_variable))
        return Given{line_of(*path), fmt::format("in '{}'", *path)};
    return std::nullopt;
}

Keyring* Passwords::keyring() {
    if (!keyring_sought_) keyring_ = find_keyring_();
    keyring_sought_ = true;
    return keyring_.get();
}

/// A keyring that is locked or does not answer is no reason not to ask a person who is there.
std::optional<std::string> Passwords::kept(std::optional<Error>& failure) {
    try {
        auto* ring = keyring();
        return ring == nullptr ? std::nullopt : ring->get();
    } catch (const Error& error) {
        failure = error;
        return std::nullopt;
    }
}

/// What the password was for has been done, so that a keyring that does not take it is only told of.
void Passwords::keep(const std::string& password) {
    try {
        if (auto* ring = keyring()) ring->put(password);
    } catch (const Error& error) {
        person_.warn(fmt::format("the password is not kept, and will be asked for again: {}", error.message()));
    }
}

std::optional<std::string> Passwords::typed(bool new_one) {
    auto password = person_.ask(new_one ? "New password for the secrets: " : "Password of the secrets: ");
    if (!password) return std::nullopt;
    if (password->empty()) throw Error{Fault::usage, "the password is empty"};
    if (!new_one) return password;
    const auto again = person_.ask("The same again: ");
    if (again != password) throw Error{Fault::usage, "the two passwords differ"};
    return password;
}

bool Passwords::forget() {
    if (auto* ring = keyring()) return ring->remove();
    throw Error{Fault::unsupported, "there is no keyring here, so that no password is kept"};
}

std::string Passwords::open(const Try& attempt, bool new_one) {
    if (!fitting_.empty() && attempt(fitting_)) return fitting_;
    if (auto explicitly = given()) {
        if (!attempt(explicitly->password)) throw wrong(explicitly->source);
        return fitting_ = std::move(explicitly->password);
    }
    std::optional<Error> failure;
    if (auto password = kept(failure)) {
        if (attempt(*password)) return fitting_ = *std::move(password);
        failure = wrong(fmt::format("in {}", keyring()->name()));
    }
    const auto password = typed(new_one);
    if (!password) throw failure ? *failure : none_there();
    if (!attempt(*password)) throw wrong("that was typed");
    keep(*password);
    return fitting_ = *password;
}

} // namespace thv::secrets
