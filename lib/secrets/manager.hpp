// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/paths.hpp"
#include "secrets/encrypted_file.hpp"
#include "secrets/passwords.hpp"
#include "secrets/settings.hpp"
#include "secrets/values.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace thv::secrets {

/// The secrets of this user, with the provider that was set up: TOOLHIVE_SECRETS_PROVIDER, or upstream's config.yaml.
/// Where none was set up secrets are variables of the environment. With the encrypted one they are looked for there,
/// too, when the store does not hold them, unless TOOLHIVE_DISABLE_ENV_FALLBACK is true; this is upstream's rule.
class Manager : public Values {
public:
    struct Parts {
        Environment environment;
        Paths paths;
        std::function<std::unique_ptr<Keyring>()> keyring;
        Person person;
    };
    explicit Manager(Parts parts);

    std::map<std::string, std::string> values(const std::vector<std::string>& names) override;
    std::map<std::string, std::string> handover(const std::vector<std::string>& names) override;

    /// None when none was set up. Fault::unsupported for one that this version does not have.
    std::optional<ProviderKind> provider() const;
    /// Sets up the encrypted provider: the store is made, or opened and, if another format is asked for, written anew
    /// in that one.
    void set_up(std::optional<Format> format);
    /// Sets up the provider that reads the environment.
    void use_environment();
    /// The names in the store but those of upstream's own, sorted. Fault::unsupported where they cannot be listed.
    std::vector<std::string> names();
    /// Whether there is such a secret in the store.
    bool contains(const std::string& name);
    /// Fault::unsupported where nothing can be stored, as `remove`. Fault::usage for a value that is not UTF-8.
    void set(const std::string& name, const std::string& value);
    /// Fault::not_found when there is none.
    void remove(const std::string& name);
    /// As Passwords::forget.
    bool forget_password() { return passwords_.forget(); }
    /// Throws when there is no store that secrets could be put into.
    void require_store() const;
    const std::filesystem::path& file() const { return file_.path(); }
    std::optional<Format> format() const { return file_.format(); }

private:
    Table open();
    void change(std::optional<Format> format, const std::function<void(Table&)>& change);
    bool falls_back() const;

    Environment environment_;
    EnvironmentValues variables_;
    Settings settings_;
    EncryptedFile file_;
    Passwords passwords_;
    std::string password_; ///< the one that opened the store
};

} // namespace thv::secrets
