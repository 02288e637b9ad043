// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "secrets/keyring.hpp"

#include <fmt/format.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace thv::secrets {

namespace {

constexpr const char* type = "user";
constexpr const char* description = "toolhive:toolhive";
constexpr std::size_t longest_password = 2048; // what upstream reads

[[noreturn]] void refused(std::string_view doing) {
    throw Error{Fault::denied, fmt::format("the kernel's keyring cannot be {}: {}", doing, std::strerror(errno))};
}

class KernelKeyring final : public Keyring {
public:
    std::string_view name() const override { return "the kernel's keyring"; }

    std::optional<std::string> get() override {
        const auto key = ::syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, type, description, 0);
        if (key < 0 && (errno == ENOKEY || errno == EKEYEXPIRED || errno == EKEYREVOKED)) return std::nullopt;
        if (key < 0) refused("searched");
        std::array<char, longest_password> bytes{};
        const auto size = ::syscall(SYS_keyctl, KEYCTL_READ, key, bytes.data(), bytes.size());
        if (size < 0) refused("read");
        if (static_cast<std::size_t>(size) > bytes.size())
            throw Error{Fault::denied, "the password in the kernel's keyring is too long"};
        std::string password(bytes.data(), static_cast<std::size_t>(size));
        bytes.fill('\0');
        if (password.empty()) return std::nullopt;
        return password;
    }

    void put(const std::string& password) override {
        if (password.size() > longest_password)
            throw Error{Fault::usage, "the password is too long for the kernel's keyring"};
        const auto key =
            ::syscall(SYS_add_key, type, description, password.data(), password.size(), KEY_SPEC_USER_KEYRING);
        if (key < 0) refused("written");
    }

    bool remove() override {
        const auto key = ::syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, type, description, 0);
        if (key < 0 && (errno == ENOKEY || errno == EKEYEXPIRED || errno == EKEYREVOKED)) return false;
        if (key < 0) refused("searched");
        if (::syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING) < 0) refused("changed");
        return true;
    }
};

} // namespace

std::unique_ptr<Keyring> kernel_keyring() {
    // A key can be read by whoever possesses it, and that is told by the keyrings of the session and of the thread:
    // a session that does not include the user's keyring, as a service manager may make them, would find the password
    // and not be allowed to read it.
    const auto ring = ::syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1);
    if (ring < 0) return nullptr;
    if (::syscall(SYS_keyctl, KEYCTL_LINK, ring, KEY_SPEC_THREAD_KEYRING) < 0) return nullptr;
    return std::make_unique<KernelKeyring>();
}

} // namespace thv::secrets
