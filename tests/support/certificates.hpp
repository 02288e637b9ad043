// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace thv::test {

/// A certificate and its private key, both PEM.
struct Identity {
    std::string certificate;
    std::string key;
};

/// What a certificate is to say.
struct Subject {
    std::string names = std::string{"IP:127.0.0.1,DNS:localhost"}; ///< subjectAltName; empty: none
    std::chrono::hours from = std::chrono::hours{-1};              ///< its validity, counted from now
    std::chrono::hours to = std::chrono::hours{24};
};

/// A certificate authority made for one test.
class Authority {
public:
    explicit Authority(const std::string& name);
    ~Authority();
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    const std::string& certificate() const { return certificate_; }
    Identity sign(const Subject& subject = {}) const;

private:
    struct Keys;
    std::unique_ptr<Keys> keys_;
    std::string certificate_;
};

} // namespace thv::test
