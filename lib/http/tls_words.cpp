// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0

// The handshake, and what its failures mean in plain words.
#include "http/tls.hpp"
#include "http/tls_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

namespace thv::http {

namespace {

using boost::system::error_code;

constexpr std::size_t most_names = 5;
constexpr std::size_t longest_name = 100;

/// A name from a certificate that nobody has vouched for.
std::string printable(std::string_view name) {
    std::string text{name.substr(0, longest_name)};
    std::ranges::replace_if(text, [](char c) { return c <= ' ' || c > '~'; }, '?');
    return text;
}

std::string text_of(const GENERAL_NAME& name) {
    int kind = 0;
    const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(&name, &kind));
    const auto* data = ASN1_STRING_get0_data(value);
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(value));
    if (kind == GEN_DNS) return printable({reinterpret_cast<const char*>(data), size});
    if (size == 4) return asio::ip::address_v4{{data[0], data[1], data[2], data[3]}}.to_string();
    asio::ip::address_v6::bytes_type bytes{};
    if (size != bytes.size()) return "?";
    std::copy_n(data, size, bytes.begin());
    return asio::ip::address_v6{bytes}.to_string();
}

std::string names_of(const X509* certificate) {
    auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    std::string text;
    std::size_t count = 0;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const auto* name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
        if (++count > most_names) {
            text += ", …";
            break;
        }
        text += (text.empty() ? "" : ", ") + text_of(*name);
    }
    GENERAL_NAMES_free(names);
    return text;
}

std::string day_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return fmt::format(" on {:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

void note(Refusal& refusal, X509_STORE_CTX* verification) {
    refusal.code = X509_STORE_CTX_get_error(verification);
    const auto* certificate = X509_STORE_CTX_get_current_cert(verification);
    if (refusal.code == X509_V_ERR_CERT_HAS_EXPIRED && certificate != nullptr)
        refusal.date = day_of(X509_get0_notAfter(certificate));
    if (refusal.code == X509_V_ERR_CERT_NOT_YET_VALID && certificate != nullptr)
        refusal.date = day_of(X509_get0_notBefore(certificate));
    if (const auto* own = X509_STORE_CTX_get0_cert(verification)) refusal.names = names_of(own);
}

Error refused(const Refusal& refusal, const std::string& where, const std::string& name, bool system) {
    const auto said = [&](std::string what) {
        return Error{Fault::unreachable, fmt::format("the certificate of {} {}", where, what)};
    };
    switch (refusal.code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return said("expired" + refusal.date).hint("renew it on the server, and check this machine's clock");
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return said("becomes valid only" + refusal.date).hint("check this machine's clock");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return said(refusal.names.empty() ? fmt::format("names no server, so it is not for {}", name)
                                          : fmt::format("is for other names ({}), not for {}", refusal.names, name))
            .hint("use one of its names as the server's address, or set the name that it is to be checked for");
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_UNTRUSTED:
        if (system)
            return said("is not signed by an authority that this system trusts")
                .hint("name the server's CA certificate, or install the package ca-certificates");
        return said("is not signed by the given CA").hint("check that the CA certificate is that of this server");
    default:
        return said(fmt::format("is not accepted: {}", X509_verify_cert_error_string(refusal.code)));
    }
}

/// What to check the certificate for; RFC 6066 allows no address and no final dot in SNI.
void expect(SSL* ssl, std::string name) {
    if (name.ends_with('.')) name.pop_back();
    auto* parameters = SSL_get0_param(ssl);
    error_code not_an_address;
    asio::ip::make_address(name, not_an_address);
    bool taken = true;
    if (not_an_address) {
        X509_VERIFY_PARAM_set_hostflags(parameters,
                                        X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
        taken = X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), 0) == 1 &&
                SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
    } else {
        taken = X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1;
    }
    if (!taken || name.empty()) throw Error{Fault::usage, "not a name that a certificate can be checked for"};
}

} // namespace

Task<> encrypt(Connection& connection, TlsEndpoint endpoint) {
    const auto shared = endpoint.tls ? endpoint.tls : make_tls({});
    connection.tls = std::make_unique<TlsStream>(connection.socket, shared);
    auto& tls = *connection.tls;
    const auto name = endpoint.server_name.empty() ? endpoint.host : endpoint.server_name;
    expect(tls.stream.native_handle(), name);
    if (SSL_get_verify_mode(tls.stream.native_handle()) != SSL_VERIFY_NONE) {
        tls.stream.set_verify_callback([&tls](bool good, asio::ssl::verify_context& verification) {
            if (!good) note(tls.refusal, verification.native_handle());
            return good;
        });
    }
    const auto [failure] =
        co_await tls.stream.async_handshake(asio::ssl::stream_base::client, asio::as_tuple(asio::use_awaitable));
    if (!failure) co_return;
    if (failure == asio::error::operation_aborted) throw boost::system::system_error{failure};
    const auto where = to_string(endpoint);
    if (tls.refusal.code != 0) throw refused(tls.refusal, where, printable(name), shared->system_roots);
    if (failure == asio::error::eof || failure == asio::ssl::error::stream_truncated)
        throw Error{Fault::unreachable, where + " closed the connection during the TLS handshake"};
    throw tls_error(failure, where);
}

Error tls_error(error_code failure, const std::string& where) {
    const auto broke = [&](std::string_view what) {
        return Error{Fault::unreachable, fmt::format("{} {}", where, what)};
    };
    if (failure.category() != asio::error::get_ssl_category())
        return Error{Fault::unreachable, fmt::format("the connection to {} broke: {}", where, failure.message())};
    switch (ERR_GET_REASON(static_cast<unsigned long>(failure.value()))) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_HTTP_REQUEST:
        return broke("does not speak TLS").hint("if the server has no TLS, write http:// in its address");
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return broke("speaks no TLS of version 1.2 or later");
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        return broke("asks for a client certificate");
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        return broke("says that the client certificate has expired");
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
        return broke("does not accept the client certificate, or asks for one");
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
        return broke("refused the TLS handshake: no cipher in common, or a client certificate is missing");
    default:
        return Error{Fault::unreachable, fmt::format("TLS with {} failed: {}", where, failure.message())};
    }
}

} // namespace thv::http
