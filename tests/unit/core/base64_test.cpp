// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/base64.hpp"
#include "support/catch.hpp"

using namespace thv;

TEST_CASE("base64 is written and read as RFC 4648 says") {
    const auto [bytes, text] = GENERATE(table<std::string, std::string>(
        {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe", "__4="}}));
    CHECK(base64_encode(bytes, true) == text);
    CHECK(base64_decode(text) == bytes);
    CHECK(base64_encode("\xff\xfe") == "//4=");
}

TEST_CASE("base64 is read in both alphabets, in several lines, and without its padding") {
    CHECK(base64_decode("//4=") == "\xff\xfe");
    CHECK(base64_decode("Zm9v\nYg==\r\n") == "foob");
    CHECK(base64_decode("Zm9vYg") == "foob");
}

TEST_CASE("what is not base64 is not read") {
    const auto* const text = GENERATE("a b", "Zg=", "Zg===", "Z", "Zg==Zg==", "Zm9v=", "Zm\xc3\xb6v", "=");
    CAPTURE(text);
    CHECK_FALSE(base64_decode(text));
}
