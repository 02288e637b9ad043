// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "auth/static_token.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <sys/stat.h>

#include <fstream>
#include <thread>

using namespace thv;
using namespace thv::auth;

namespace {

void put(const std::filesystem::path& path, const std::string& text, unsigned mode = 0600) {
    const auto next = path.string() + ".next";
    std::ofstream{next} << text;
    ::chmod(next.c_str(), mode);
    std::filesystem::rename(next, path);
}

bool takes(Authenticator& authenticator, const std::string& token) {
    return authenticator.at_once(token)->has_value();
}

} // namespace

TEST_CASE("only the token itself is taken") {
    const auto authenticator = make_static_token("0123456789abcdef\n", "a test");
    CHECK(takes(*authenticator, "0123456789abcdef"));
    for (const auto* token : {"", "0123456789abcdeF", "0123456789abcde", "0123456789abcdef0", "0123456789abcdef\n"}) {
        INFO(token);
        CHECK_FALSE(takes(*authenticator, token));
    }
}

TEST_CASE("what is too short or no token is refused at the start, without being told") {
    for (const auto* text : {"", "\n", "secret", "0123456789abcdef with spaces", "0123456789\nabcdefghij"}) {
        INFO(text);
        try {
            make_static_token(text, "the variable TOKEN");
            FAIL("it was taken");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::usage);
            CHECK_THAT(error.message(), StartsWith("the variable TOKEN holds no bearer token"));
            if (std::string_view{text}.size() > 4) CHECK(error.message().find(text) == std::string::npos);
        }
    }
}

TEST_CASE("a token file that others may read is refused") {
    const test::TempFolder folder;
    const auto path = folder.path() / "token";
    CHECK_THROWS_AS(make_token_file(path), Error);
    put(path, "0123456789abcdef\n", 0644);
    CHECK_THROWS_AS(make_token_file(path), Error);
    put(path, "0123456789abcdef\n");
    CHECK(takes(*make_token_file(path), "0123456789abcdef"));
}

TEST_CASE("a token file that is replaced counts soon, and a broken one changes nothing") {
    const test::TempFolder folder;
    const auto path = folder.path() / "token";
    put(path, "0123456789abcdef\n");
    const auto authenticator = make_token_file(path);
    REQUIRE(takes(*authenticator, "0123456789abcdef"));
    put(path, "short");
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{1100};
    while (std::chrono::steady_clock::now() < end) {
        CHECK(takes(*authenticator, "0123456789abcdef"));
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    put(path, "fedcba9876543210");
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!takes(*authenticator, "fedcba9876543210") && std::chrono::steady_clock::now() < limit)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    CHECK(takes(*authenticator, "fedcba9876543210"));
    CHECK_FALSE(takes(*authenticator, "0123456789abcdef"));
}
