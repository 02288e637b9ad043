// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/environment.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace thv::secrets {

/// Where the password may be kept between logins: one entry, the same that upstream has.
struct Keyring {
    virtual ~Keyring() = default;
    /// As people know it: "the Secret Service", "the kernel's keyring".
    virtual std::string_view name() const = 0;
    /// None when it holds no password. Fault::denied when it is locked, Fault::unreachable when it does not answer.
    virtual std::optional<std::string> get() = 0;
    virtual void put(const std::string& password) = 0;
    /// False when there was none.
    virtual bool remove() = 0;
};

/// The desktop's keyring (GNOME Keyring, KWallet, KeePassXC) over D-Bus, through libsecret where that is installed
/// and may be loaded; null when there is none.
std::unique_ptr<Keyring> secret_service(const Environment& environment);
/// The kernel's keyring of this user, which is empty after a reboot; null where it may not be used.
std::unique_ptr<Keyring> kernel_keyring();
/// The two of them: the desktop's, and the kernel's where that one is not there or does not work. Null without any.
std::unique_ptr<Keyring> find_keyring(const Environment& environment);

} // namespace thv::secrets
