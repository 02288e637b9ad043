// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace thv::test {

namespace {

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

void must(bool worked, const char* what) {
    if (!worked) throw std::runtime_error{std::string{"making a certificate: "} + what};
}

std::string drained(const std::unique_ptr<BIO, Free>& bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem(X509& certificate) {
    const std::unique_ptr<BIO, Free> bio{BIO_new(BIO_s_mem())};
    must(PEM_write_bio_X509(bio.get(), &certificate) == 1, "PEM");
    return drained(bio);
}

std::string pem(EVP_PKEY& key) {
    const std::unique_ptr<BIO, Free> bio{BIO_new(BIO_s_mem())};
    must(PEM_write_bio_PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "PEM");
    return drained(bio);
}

void extend(X509& certificate, int kind, const std::string& value) {
    const std::unique_ptr<X509_EXTENSION, Free> extension{X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str())};
    must(extension && X509_add_ext(&certificate, extension.get(), -1) == 1, "an extension");
}

Certificate blank(EVP_PKEY& key, const std::string& name, const Subject& subject) {
    static long serial = 0;
    Certificate certificate{X509_new()};
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    using std::chrono::seconds;
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), seconds{subject.from}.count());
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds{subject.to}.count());
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    auto* whom = X509_get_subject_name(certificate.get());
    must(X509_NAME_add_entry_by_txt(whom, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1, "a name");
    must(X509_set_pubkey(certificate.get(), &key) == 1, "a key");
    return certificate;
}

} // namespace

struct Authority::Keys {
    Key key{EVP_EC_gen("P-256")};
    Certificate certificate;
};

Authority::Authority(const std::string& name)
    : keys_(std::make_unique<Keys>()) {
    keys_->certificate = blank(*keys_->key, name, {});
    auto& own = *keys_->certificate;
    X509_set_issuer_name(&own, X509_get_subject_name(&own));
    extend(own, NID_basic_constraints, "critical,CA:TRUE");
    must(X509_sign(&own, keys_->key.get(), EVP_sha256()) > 0, "signing");
    certificate_ = pem(own);
}

Authority::~Authority() = default;

Identity Authority::sign(const Subject& subject) const {
    const Key key{EVP_EC_gen("P-256")};
    const auto certificate = blank(*key, "thv test", subject);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(keys_->certificate.get()));
    extend(*certificate, NID_basic_constraints, "CA:FALSE");
    if (!subject.names.empty()) extend(*certificate, NID_subject_alt_name, subject.names);
    must(X509_sign(certificate.get(), keys_->key.get(), EVP_sha256()) > 0, "signing");
    return {pem(*certificate), pem(*key)};
}

} // namespace thv::test
