// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "auth/static_token.hpp"

#include "auth/digest.hpp"
#include "core/error.hpp"
#include "io/files.hpp"
#include "io/log.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace thv::auth {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t shortest = 16;
constexpr std::size_t file_limit = 8U << 10U;

/// What RFC 6750, 2.1 lets a client send.
bool is_token(std::string_view text) {
    return text.size() >= shortest && std::ranges::all_of(text, [](unsigned char byte) {
               return std::isalnum(byte) != 0 || std::string_view{"-._~+/="}.contains(static_cast<char>(byte));
           });
}

Digest checked(std::string_view text, std::string_view where) {
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.remove_suffix(1);
    if (is_token(text)) return digest_of(text);
    throw Error{Fault::usage,
                fmt::format("{} holds no bearer token of at least {} letters, digits and -._~+/=", where, shortest)}
        .hint("make one with: openssl rand -hex 32");
}

class StaticToken : public Authenticator {
public:
    explicit StaticToken(Digest token)
        : token_(std::move(token)) {}

    std::optional<Verdict> at_once(std::string_view token) override { return verdict(token); }
    Task<Verdict> check(std::string token) override { co_return verdict(token); }
    std::vector<std::string> issuers() const override { return {}; }
    std::vector<std::string> scopes() const override { return {}; }

private:
    Verdict verdict(std::string_view token) const {
        if (same(digest_of(token), token_)) return Identity{.issuer = "thv", .subject = "bearer-token"};
        return std::unexpected{Denial{.description = "the token is not the one that is wanted"}};
    }

protected:
    Digest token_;
};

/// A file as it is at one moment.
struct Stamp {
    ino_t inode = 0;
    timespec changed = {};
    bool operator==(const Stamp& other) const {
        return inode == other.inode && changed.tv_sec == other.changed.tv_sec &&
               changed.tv_nsec == other.changed.tv_nsec;
    }
};

class TokenFile final : public StaticToken {
public:
    explicit TokenFile(std::string path)
        : StaticToken({})
        , path_(std::move(path)) {
        stamp_ = stamp();
        load();
    }

    std::optional<Verdict> at_once(std::string_view token) override {
        const auto now = Clock::now();
        if (now >= next_look_) {
            next_look_ = now + std::chrono::seconds{1};
            look();
        }
        return StaticToken::at_once(token);
    }

private:
    Stamp stamp() const {
        struct stat info{};
        if (::stat(path_.c_str(), &info) != 0) throw Error{Fault::usage, fmt::format("there is no '{}'", path_)};
        if ((info.st_mode & 077U) != 0)
            throw Error{Fault::usage, fmt::format("others may read the token in '{}'", path_)}.hint(
                fmt::format("run: chmod 600 '{}'", path_));
        return {info.st_ino, info.st_mtim};
    }
    void load() {
        const auto text = read_file(path_, file_limit);
        if (!text) throw Error{Fault::usage, fmt::format("there is no '{}'", path_)};
        token_ = checked(*text, fmt::format("'{}'", path_));
    }
    /// A file that is being replaced badly changes nothing: the old token stays good until there is a new one.
    void look() {
        try {
            const auto now = stamp();
            if (now == stamp_) return;
            load();
            stamp_ = now;
            log::info("the bearer token was read anew");
        } catch (const Error& error) {
            if (error.message() != trouble_) log::warn("the bearer token stays as it was: {}", error.message());
            trouble_ = error.message();
        }
    }

    std::string path_;
    Stamp stamp_;
    Clock::time_point next_look_;
    std::string trouble_;
};

} // namespace

Digest digest_of(std::string_view text) {
    std::array<unsigned char, 32> bytes{};
    unsigned int size = 0;
    if (EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha256(), nullptr) != 1)
        throw Error{Fault::internal, "SHA-256 is not available"};
    return {bytes.begin(), bytes.begin() + size};
}

bool same(const Digest& one, const Digest& other) {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::shared_ptr<Authenticator> make_token_file(std::string path) {
    return std::make_shared<TokenFile>(std::move(path));
}

std::shared_ptr<Authenticator> make_static_token(std::string_view text, std::string_view where) {
    return std::make_shared<StaticToken>(checked(text, where));
}

} // namespace thv::auth
