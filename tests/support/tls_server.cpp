// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/tls_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <system_error>

namespace thv::test {

namespace {

X509* read_certificate(const std::string& pem) {
    auto* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    auto* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    if (certificate == nullptr) throw std::runtime_error{"not a certificate"};
    return certificate;
}

EVP_PKEY* read_key(const std::string& pem) {
    auto* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    auto* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    if (key == nullptr) throw std::runtime_error{"not a key"};
    return key;
}

SSL_CTX* make_context(const TlsServer::Options& options) {
    auto* context = SSL_CTX_new(TLS_server_method());
    auto* certificate = read_certificate(options.identity.certificate);
    auto* key = read_key(options.identity.key);
    if (SSL_CTX_use_certificate(context, certificate) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1)
        throw std::runtime_error{"the identity cannot be used"};
    X509_free(certificate);
    EVP_PKEY_free(key);
    if (options.newest != 0) {
        // An old version needs old ciphers too.
        SSL_CTX_set_min_proto_version(context, 0);
        SSL_CTX_set_max_proto_version(context, options.newest);
        SSL_CTX_set_security_level(context, 0);
    }
    if (!options.client_authority.empty()) {
        auto* authority = read_certificate(options.client_authority);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
        X509_free(authority);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    }
    return context;
}

} // namespace

std::string TlsPeer::read_request() {
    std::string bytes;
    std::array<char, 4096> chunk{};
    while (bytes.find("\r\n\r\n") == std::string::npos) {
        const auto got = SSL_read(&ssl_, chunk.data(), chunk.size());
        if (got <= 0) return {};
        bytes.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return bytes;
}

bool TlsPeer::send(std::string_view bytes) {
    return SSL_write(&ssl_, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
}

void TlsPeer::farewell() {
    SSL_shutdown(&ssl_);
}

void TlsPeer::send_ticket() {
    if (SSL_new_session_ticket(&ssl_) != 1 || SSL_do_handshake(&ssl_) != 1)
        throw std::runtime_error{"cannot send a session ticket"};
}

std::string TlsPeer::client() const {
    auto* certificate = SSL_get1_peer_certificate(&ssl_);
    if (certificate == nullptr) return {};
    std::array<char, 200> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
    X509_free(certificate);
    return name.data();
}

std::string TlsPeer::server_name() const {
    const auto* name = SSL_get_servername(&ssl_, TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
}

TlsServer::TlsServer(const Options& options, std::vector<Script> scripts)
    : context_(make_context(options))
    , scripts_(std::move(scripts)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, generic, &size) != 0)
        throw std::system_error{errno, std::generic_category(), "listening"};
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread{[this] { serve(); }};
}

TlsServer::~TlsServer() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    SSL_CTX_free(context_);
}

void TlsServer::serve() {
    for (const auto& script : scripts_) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) break;
        ++accepted_;
        const timeval patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        const int at_once = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
        auto* ssl = SSL_new(context_);
        SSL_set_fd(ssl, socket);
        if (SSL_accept(ssl) == 1) {
            TlsPeer peer{*ssl};
            script(peer);
        } else {
            // Closing with unread input would reset the connection, and the client might lose the alert.
            ::shutdown(socket, SHUT_WR);
            std::array<char, 256> rest{};
            while (::recv(socket, rest.data(), rest.size(), 0) > 0) {
            }
        }
        SSL_free(ssl);
        ERR_clear_error();
        ::close(socket);
    }
    ::close(listener_);
}

} // namespace thv::test
