// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "http/server.hpp"
#include "support/catch.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <unistd.h>

using namespace thv;
using namespace thv::http;

namespace {

struct Nobody final : Handler {
    void request(Visit&) override {}
    void gone(Visit&) override {}
};

struct Site {
    Site() { server.bind("127.0.0.1", 0); }
    boost::asio::io_context context{1};
    Nobody handler;
    Server server{context.get_executor(), handler};
};

} // namespace

TEST_CASE("a busy port is a conflict that names who holds it") {
    Site site;
    try {
        Server server{site.context.get_executor(), site.handler};
        server.bind("127.0.0.1", site.server.port());
        FAIL("two servers listen on one port");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::conflict);
        CHECK_THAT(error.message(), ContainsSubstring(fmt::format("port 127.0.0.1:{} is in use by process {} (",
                                                                  site.server.port(), ::getpid())));
        CHECK_FALSE(error.hint().empty());
    }
}

TEST_CASE("only local addresses can be listened on") {
    Site site;
    for (const auto* host : {"example.com", "", "192.0.2.1"}) {
        INFO(host);
        Server server{site.context.get_executor(), site.handler};
        try {
            server.bind(host, 0);
            FAIL("listening on a foreign address");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::usage);
        }
    }
}
