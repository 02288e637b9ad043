// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "io/environment.hpp"
#include "secrets/keyring.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace thv::secrets {

/// Who sits at the terminal, if anybody does.
struct Person {
    /// Asks for something that is not shown while it is typed; none where nobody can be asked.
    std::function<std::optional<std::string>(std::string_view question)> ask;
    /// Tells what went wrong beside the work.
    std::function<void(std::string_view text)> warn;
};

/// Finds the password of the encrypted secrets: in TOOLHIVE_SECRETS_PASSWORD, in the file that
/// THV_SECRETS_PASSWORD_FILE names, in the keyring, or with whoever sits at the terminal. The first place that has one
/// counts; only one in the keyring that does not fit (any more) is followed by a question.
class Passwords {
public:
    /// Opens what is to be opened; false: the password is wrong.
    using Try = std::function<bool(const std::string& password)>;

    /// `keyring` is called when it comes to that.
    Passwords(Environment environment, std::function<std::unique_ptr<Keyring>()> keyring, Person person)
        : environment_(std::move(environment))
        , find_keyring_(std::move(keyring))
        , person_(std::move(person)) {}
    ~Passwords();
    Passwords(const Passwords&) = delete;
    Passwords& operator=(const Passwords&) = delete;

    /// Calls `attempt` until a password fits, and returns that one. Throws Fault::denied when none does, or when there
    /// is none. One that was typed is kept in the keyring, if there is one, and only when it fits. For a store that is
    /// `new_one`, whoever types has to do it twice. What `attempt` throws is passed on.
    std::string open(const Try& attempt, bool new_one);

    /// Takes the password out of the keyring; false when it held none. Fault::unsupported without a keyring.
    bool forget();

private:
    struct Given {
        std::string password;
        std::string source;
    };
    std::optional<Given> given() const;
    std::optional<std::string> typed(bool new_one);
    std::optional<std::string> kept(std::optional<Error>& failure);
    void keep(const std::string& password);
    Keyring* keyring();

    Environment environment_;
    std::function<std::unique_ptr<Keyring>()> find_keyring_;
    Person person_;
    std::unique_ptr<Keyring> keyring_;
    bool keyring_sought_ = false;
    std::string fitting_; ///< so that nobody is asked twice
};

inline constexpr std::string_view password_variable = "TOOLHIVE_SECRETS_PASSWORD";
inline constexpr std::string_view password_file_variable = "THV_SECRETS_PASSWORD_FILE";

} // namespace thv::secrets
