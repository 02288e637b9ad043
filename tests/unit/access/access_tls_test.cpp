// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/access.hpp"
#include "core/base64.hpp"
#include "core/error.hpp"
#include "http/client.hpp"
#include "support/catch.hpp"
#include "support/drive.hpp"
#include "support/temp_folder.hpp"
#include "support/tls_server.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

using namespace thv;
using namespace thv::cluster;
using test::spill;
using test::TempFolder;
using test::TlsPeer;

namespace {

/// A cluster's API server that tells who has called, and the files of those who may.
class World {
public:
    World()
        : server_({.identity = authority.sign(), .client_authority = authority.certificate()},
                  {&World::answer, &World::answer}) {
        spill(folder.path() / "ca.crt", authority.certificate());
    }

    std::string server() const { return "server: \"https://127.0.0.1:" + std::to_string(server_.port()) + "\""; }

    /// What the server says to somebody with this kubeconfig.
    std::string ask(const std::string& cluster, const std::string& user) {
        spill(folder.path() / "config", "{current-context: x, contexts: [{name: x, context: {cluster: c, user: u}}], "
                                        "clusters: [{name: c, cluster: {" +
                                            cluster + "}}], users: [{name: u, user: {" + user + "}}]}");
        const Environment environment{{{"KUBECONFIG", (folder.path() / "config").string()}, {"PATH", "/usr/bin:/bin"}}};
        auto access = Access::from(environment, {});
        asio::io_context context{1};
        const auto headers = test::drive(context, access.headers());
        http::Client client{access.endpoint()};
        return test::drive(context, client.request({.headers = headers})).body;
    }

    test::Authority authority{"thv test authority"};
    TempFolder folder;

private:
    static void answer(TlsPeer& peer) {
        const auto request = peer.read_request();
        const auto body =
            peer.client() +
            (request.find("\r\nAuthorization: Bearer abc\r\n") == std::string::npos ? std::string{} : " with a token");
        peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                  "\r\n\r\n" + body);
    }

    test::TlsServer server_;
};

} // namespace

TEST_CASE("a client certificate proves who we are, be it in files or in data") {
    World world;
    const auto own = world.authority.sign();
    spill(world.folder.path() / "own.crt", own.certificate);
    spill(world.folder.path() / "own.key", own.key);
    spill(world.folder.path() / "wrong", "not read, because data beats it");
    CHECK(world.ask(world.server() + ", certificate-authority: ca.crt",
                    "token: abc, client-certificate: own.crt, client-key: own.key") == "thv test with a token");
    CHECK(world.ask(world.server() + ", certificate-authority: wrong, certificate-authority-data: " +
                        base64_encode(world.authority.certificate()),
                    "client-certificate: wrong, client-key: wrong, client-certificate-data: " +
                        base64_encode(own.certificate) + ", client-key-data: " + base64_encode(own.key)) == "thv test");
}

TEST_CASE("a plugin's client certificate is used for connections") {
    World world;
    const auto own = world.authority.sign();
    const auto plugin = world.folder.path() / "plugin";
    const nlohmann::json answer{
        {"kind", "ExecCredential"},
        {"apiVersion", "client.authentication.k8s.io/v1"},
        {"status", {{"token", "abc"}, {"clientCertificateData", own.certificate}, {"clientKeyData", own.key}}}};
    spill(plugin, "#!/bin/sh\ncat <<'END'\n" + answer.dump() + "\nEND\n");
    std::filesystem::permissions(plugin, std::filesystem::perms::owner_all);
    CHECK(world.ask(world.server() + ", certificate-authority: ca.crt",
                    "exec: {command: ./plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}") ==
          "thv test with a token");
}

TEST_CASE("a kubeconfig's certificate that is unusable is named with its context") {
    World world;
    spill(world.folder.path() / "own.crt", "rubbish");
    spill(world.folder.path() / "own.key", "rubbish");
    try {
        world.ask(world.server() + ", certificate-authority: ca.crt",
                  "client-certificate: own.crt, client-key: own.key");
        FAIL("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        CHECK(error.message() == "context 'x': the client certificate holds no certificate in PEM form");
    }
}
