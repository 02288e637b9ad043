// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "secrets/keyring.hpp"

#include "core/error.hpp"

namespace thv::secrets {

namespace {

/// The desktop's keyring, and the kernel's where that one does not work: a Secret Service may be there that has never
/// been set up, or that nobody can unlock.
class Both final : public Keyring {
public:
    Both(std::unique_ptr<Keyring> desktop, std::unique_ptr<Keyring> kernel)
        : desktop_(std::move(desktop))
        , kernel_(std::move(kernel))
        , used_(desktop_.get()) {}

    std::string_view name() const override { return used_->name(); }

    std::optional<std::string> get() override {
        std::optional<Error> failure;
        try {
            used_ = desktop_.get();
            if (auto password = desktop_->get()) return password;
        } catch (const Error& error) {
            failure = error;
        }
        auto password = kernel_->get();
        if (password) used_ = kernel_.get();
        if (!password && failure) throw Error{*failure};
        return password;
    }

    void put(const std::string& password) override {
        try {
            desktop_->put(password);
            used_ = desktop_.get();
        } catch (const Error&) {
            used_ = kernel_.get(); // which is found by the next look, as that one asks both
            kernel_->put(password);
        }
    }

    bool remove() override {
        const bool kernel = kernel_->remove(); // both are asked for the password
        const bool desktop = desktop_->remove();
        return kernel || desktop;
    }

private:
    std::unique_ptr<Keyring> desktop_;
    std::unique_ptr<Keyring> kernel_;
    Keyring* used_;
};

} // namespace

std::unique_ptr<Keyring> find_keyring(const Environment& environment) {
    auto desktop = secret_service(environment);
    auto kernel = kernel_keyring();
    if (!desktop) return kernel;
    if (!kernel) return desktop;
    return std::make_unique<Both>(std::move(desktop), std::move(kernel));
}

} // namespace thv::secrets
