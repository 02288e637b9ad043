// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "secrets/cipher.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <memory>

namespace thv::secrets {

namespace {

// Our file: magic, version, log2(N), r, p (a byte each), salt, nonce, ciphertext, tag. All before the ciphertext is
// authenticated with it.
constexpr std::string_view magic = "thv-secrets";
constexpr char version = 1;
constexpr std::size_t parameters_at = magic.size() + 1;
constexpr std::size_t salt_at = parameters_at + 3;
constexpr std::size_t salt_size = 16;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::size_t header_size = salt_at + salt_size + nonce_size;
/// The beginning of what later versions of upstream write.
constexpr std::string_view newer_magic = "THVSEC";

struct Cost {
    unsigned log_n;
    unsigned r;
    unsigned p;
};
/// 32 MiB and about a third of a second: what OWASP recommends for scrypt where memory is scarce.
constexpr Cost usual_cost{.log_n = 15, .r = 8, .p = 3};
constexpr std::uint64_t most_memory = 256U << 20U;
constexpr std::uint64_t most_work = 1U << 23U; // blocks mixed: N * r * p

using Key = KeptKey::Bytes;

/// A key that is overwritten when it is not needed any more.
class WipedKey {
public:
    WipedKey() = default;
    WipedKey(const WipedKey&) = delete;
    WipedKey& operator=(const WipedKey&) = delete;
    ~WipedKey() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
    Key bytes{};
};

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

[[noreturn]] void broken(std::string_view doing) {
    throw Error{Fault::internal, fmt::format("the cryptographic library failed while {}", doing)};
}

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(bytes_of(bytes), static_cast<int>(count)) != 1) broken("making random bytes");
    return bytes;
}

void derive(Key& key, std::string_view password, std::string_view salt, Cost cost) {
    const auto n = std::uint64_t{1} << cost.log_n;
    const auto memory = std::uint64_t{128} * cost.r * (n + cost.p + 2) + (1U << 20U);
    const int made = EVP_PBE_scrypt(password.data(), password.size(), bytes_of(salt), salt.size(), n, cost.r, cost.p,
                                    memory, key.data(), key.size());
    if (made != 1) broken("making a key of the password");
}

void hash(Key& key, std::string_view password) {
    SHA256(bytes_of(password), password.size(), key.data());
}

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Context new_context() {
    Context context{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    if (!context) broken("making room for a cipher");
    return context;
}

/// Ciphertext and tag.
std::string encrypt(const Key& key, std::string_view nonce, std::string_view header, std::string_view plaintext) {
    const auto context = new_context();
    std::string out(plaintext.size() + tag_size, '\0');
    int size = 0;
    int rest = 0;
    bool fine = EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes_of(nonce)) == 1;
    if (!header.empty())
        fine = fine &&
               EVP_EncryptUpdate(context.get(), nullptr, &size, bytes_of(header), static_cast<int>(header.size())) == 1;
    fine = fine && EVP_EncryptUpdate(context.get(), bytes_of(out), &size, bytes_of(plaintext),
                                     static_cast<int>(plaintext.size())) == 1;
    fine = fine && EVP_EncryptFinal_ex(context.get(), bytes_of(out) + size, &rest) == 1;
    fine = fine && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_size),
                                       bytes_of(out) + plaintext.size()) == 1;
    if (!fine) broken("sealing");
    return out;
}

std::optional<std::string> decrypt(const Key& key, std::string_view nonce, std::string_view header,
                                   std::string_view sealed) {
    const auto context = new_context();
    const auto ciphertext = sealed.substr(0, sealed.size() - tag_size);
    std::string tag{sealed.substr(ciphertext.size())};
    std::string out(ciphertext.size(), '\0');
    int size = 0;
    int rest = 0;
    bool fine = EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes_of(nonce)) == 1;
    if (!header.empty())
        fine = fine &&
               EVP_DecryptUpdate(context.get(), nullptr, &size, bytes_of(header), static_cast<int>(header.size())) == 1;
    fine = fine && EVP_DecryptUpdate(context.get(), bytes_of(out), &size, bytes_of(ciphertext),
                                     static_cast<int>(ciphertext.size())) == 1;
    fine = fine &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_size), bytes_of(tag)) == 1;
    if (!fine) broken("opening");
    if (EVP_DecryptFinal_ex(context.get(), bytes_of(out) + size, &rest) == 1) return out;
    wipe(out); // nobody has vouched for it
    return std::nullopt;
}

[[noreturn]] void damaged(std::string_view why) {
    throw Error{Fault::usage, fmt::format("the file of secrets is damaged: {}", why)}.hint(
        "restore it from a backup; thv does not change it as it is");
}

Cost cost_of(std::string_view file) {
    const auto at = [file](std::size_t place) {
        return static_cast<unsigned>(static_cast<unsigned char>(file[parameters_at + place]));
    };
    const Cost cost{.log_n = at(0), .r = at(1), .p = at(2)};
    const bool numbers = cost.log_n >= 1 && cost.log_n <= 24 && cost.r >= 1 && cost.p >= 1;
    const auto n = numbers ? std::uint64_t{1} << cost.log_n : 0;
    if (!numbers || 128 * n * cost.r > most_memory || n * cost.r * cost.p > most_work)
        damaged("its header asks for a key that takes too much memory or time");
    return cost;
}

} // namespace

Result<Format> parse_format(std::string_view text) {
    if (text == "thv") return Format::thv;
    if (text == "toolhive") return Format::toolhive;
    return fail(Fault::usage, fmt::format("'{}' is no format of secrets", text), "use thv or toolhive");
}

std::string_view to_string(Format format) {
    return format == Format::thv ? "thv" : "toolhive";
}

Format format_of(std::string_view file) {
    if (file.starts_with(newer_magic))
        throw Error{Fault::unsupported, "the file of secrets was written by a later version of ToolHive"}.hint(
            "read it with that version; thv does not change it");
    if (!file.starts_with(magic)) return Format::toolhive;
    if (file.size() > magic.size() && file[magic.size()] != version)
        throw Error{Fault::unsupported, "the file of secrets was written by a later version of thv"}.hint(
            "use that version; this one does not change it");
    return Format::thv;
}

std::string seal(std::string_view plaintext, std::string_view password, Format format) {
    if (plaintext.size() > most_plaintext)
        throw Error{Fault::usage, "the secrets would take more than 32 MiB together"}.hint(
            "remove some with 'thv secret delete NAME'");
    WipedKey key;
    const auto nonce = random_bytes(nonce_size);
    if (format == Format::toolhive) {
        hash(key.bytes, password);
        return nonce + encrypt(key.bytes, nonce, {}, plaintext);
    }
    const auto salt = random_bytes(salt_size);
    std::string header{magic};
    header += version;
    for (const auto number : {usual_cost.log_n, usual_cost.r, usual_cost.p})
        header += static_cast<char>(number);
    header += salt;
    header += nonce;
    derive(key.bytes, password, salt, usual_cost);
    return header + encrypt(key.bytes, nonce, header, plaintext);
}

KeptKey::~KeptKey() {
    OPENSSL_cleanse(key_.data(), key_.size());
    wipe(password_);
}

const KeptKey::Bytes* KeptKey::find(std::string_view password, std::string_view way) const {
    return !way_.empty() && way == way_ && password == password_ ? &key_ : nullptr;
}

void KeptKey::keep(std::string_view password, std::string_view way, const Bytes& key) {
    wipe(password_);
    password_ = password;
    way_ = way;
    key_ = key;
}

std::optional<std::string> unseal(std::string_view file, std::string_view password, KeptKey* kept) {
    const auto format = format_of(file);
    const auto head = format == Format::thv ? header_size : nonce_size;
    if (file.size() < head + tag_size) damaged("it is cut off");
    if (file.size() > most_sealed) damaged("it is larger than 32 MiB");
    WipedKey key;
    const auto header = file.substr(0, head);
    const auto nonce = header.substr(head - nonce_size);
    if (format == Format::toolhive) {
        hash(key.bytes, password);
        return decrypt(key.bytes, nonce, {}, file.substr(head));
    }
    const auto cost = cost_of(file);
    const auto way = header.substr(0, head - nonce_size);
    if (const auto* known = kept == nullptr ? nullptr : kept->find(password, way))
        return decrypt(*known, nonce, header, file.substr(head));
    derive(key.bytes, password, file.substr(salt_at, salt_size), cost);
    auto opened = decrypt(key.bytes, nonce, header, file.substr(head));
    if (opened && kept != nullptr) kept->keep(password, way, key.bytes);
    return opened;
}

void wipe(std::string& text) {
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

} // namespace thv::secrets
