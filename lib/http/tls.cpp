// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "http/tls.hpp"

#include "http/tls_stream.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string_view>

namespace thv::http {

namespace {

constexpr std::size_t pem_limit = 4U << 20U;

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Certificate = std::unique_ptr<X509, Free>;

std::unique_ptr<BIO, Free> reader(std::string_view pem) {
    if (pem.size() > pem_limit) throw Error{Fault::usage, "certificates and keys of more than 4 MiB are not read"};
    std::unique_ptr<BIO, Free> bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    if (!bio) throw std::bad_alloc{};
    return bio;
}

/// OpenSSL's default asks on the terminal.
int no_password(char*, int, int, void*) {
    return -1;
}

std::vector<Certificate> certificates_in(std::string_view pem, std::string_view what) {
    const auto bio = reader(pem);
    std::vector<Certificate> found;
    ERR_clear_error();
    while (Certificate certificate{PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)})
        found.push_back(std::move(certificate));
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (found.empty() || !at_end)
        throw Error{Fault::usage, fmt::format("{} {} in PEM form", what, at_end ? "holds no certificate" : "is not")};
    return found;
}

void trust(SSL_CTX* context, const std::string& pem) {
    auto* store = SSL_CTX_get_cert_store(context);
    for (const auto& certificate : certificates_in(pem, "the CA certificate"))
        X509_STORE_add_cert(store, certificate.get()); // its own reference; the same one twice is fine
    // Whatever was given is trusted, also an intermediate authority or the server's own certificate.
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
}

/// A program whose OpenSSL was built for another distribution looks for certificates in the wrong place.
void trust_system(SSL_CTX* context) {
    SSL_CTX_set_default_verify_paths(context);
    std::error_code ignored; // an unreadable place is as good as none
    const auto there = [&](const char* path) { return std::filesystem::exists(path, ignored); };
    const bool chosen = std::getenv(X509_get_default_cert_file_env()) != nullptr ||
                        std::getenv(X509_get_default_cert_dir_env()) != nullptr;
    if (chosen || there(X509_get_default_cert_file()) || there(X509_get_default_cert_dir())) return;
    for (const auto* bundle : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                               "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"})
        if (there(bundle) && SSL_CTX_load_verify_locations(context, bundle, nullptr) == 1) return;
}

void identify(SSL_CTX* context, const TlsOptions& options) {
    constexpr std::string_view what = "the client certificate";
    if (options.key.empty()) throw Error{Fault::usage, "the client certificate has no key"};
    const auto chain = certificates_in(options.certificate, what);
    const auto bio = reader(options.key);
    const std::unique_ptr<EVP_PKEY, Free> key{PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr)};
    const bool encrypted = !key && options.key.contains("ENCRYPTED");
    if (encrypted) throw Error{Fault::usage, "the client key is encrypted"}.hint("give it without a password");
    if (!key) throw Error{Fault::usage, "the client key is not in PEM form"};
    if (X509_check_private_key(chain.front().get(), key.get()) != 1)
        throw Error{Fault::usage, "the client key does not belong to the client certificate"};
    bool taken = SSL_CTX_use_certificate(context, chain.front().get()) == 1;
    taken = taken && SSL_CTX_use_PrivateKey(context, key.get()) == 1;
    for (std::size_t i = 1; taken && i < chain.size(); ++i)
        taken = SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
    if (!taken) throw Error{Fault::usage, "the client certificate is too weak or of an unknown kind"};
}

} // namespace

std::shared_ptr<const TlsContext> make_tls(const TlsOptions& options) {
    auto shared = std::make_shared<TlsContext>(!options.authorities);
    auto* context = shared->context.native_handle();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    constexpr std::array<unsigned char, 9> http{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_CTX_set_alpn_protos(context, http.data(), http.size());
    SSL_CTX_set_verify(context, options.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
    if (!options.insecure) {
        if (options.authorities)
            trust(context, *options.authorities);
        else
            trust_system(context);
    }
    if (!options.certificate.empty() || !options.key.empty()) identify(context, options);
    ERR_clear_error();
    return shared;
}

} // namespace thv::http
