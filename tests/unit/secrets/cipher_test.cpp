// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "secrets/cipher.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace thv;
using namespace thv::secrets;

namespace {

// Sealed with Python's cryptography package under the password "correct horse".
constexpr std::string_view plaintext = R"({"secrets":{"A":"1","B":"two\n"}})";
constexpr std::string_view toolhive_file =
    "000102030405060708090a0b74e58f05683606559ad639c95d27318bb308e3f56aa80bad4c2f2755e88fe3c233cb4f5dcbae9f178603dcbdcd"
    "53f5f86c";
constexpr std::string_view usual_file =
    "7468762d73656372657473010f08036465666768696a6b6c6d6e6f70717273000102030405060708090a0be088dfbc41283ba7c6cfeb214461"
    "f381dece6a19e20c771942c71a1ca743f57b17a3226253a6abb7a6e495b5160000fdf5";
constexpr std::string_view cheap_file =
    "7468762d73656372657473010a08016465666768696a6b6c6d6e6f70717273000102030405060708090a0b0d9816e1397e7d32cb879fec5fe8"
    "04a742fcf9352b71659a0416c301f89093dd21b3d84455a7212c002e97132338625109";
constexpr std::size_t header = 43;

std::string bytes_of(std::string_view hex) {
    std::string bytes;
    for (std::size_t at = 0; at < hex.size(); at += 2)
        bytes += static_cast<char>(std::stoi(std::string{hex.substr(at, 2)}, nullptr, 16));
    return bytes;
}

} // namespace

TEST_CASE("files that another program has sealed are opened, and only with their password") {
    const auto [hex, format] = GENERATE(table<std::string_view, Format>(
        {{toolhive_file, Format::toolhive}, {usual_file, Format::thv}, {cheap_file, Format::thv}}));
    const auto file = bytes_of(hex);
    CHECK(format_of(file) == format);
    CHECK(unseal(file, "correct horse") == plaintext);
    CHECK_FALSE(unseal(file, "correct horsf"));
    CHECK_FALSE(unseal(file, ""));
}

TEST_CASE("a key that is kept opens its own file only, and only for its password") {
    KeptKey kept;
    const auto cheap = bytes_of(cheap_file);
    CHECK_FALSE(unseal(cheap, "wrong", &kept));
    CHECK_FALSE(unseal(cheap, "", &kept));
    CHECK(kept.find("wrong", std::string_view{cheap}.substr(0, header - 12)) == nullptr);
    for (int time = 0; time < 2; ++time) {
        CHECK(unseal(cheap, "correct horse", &kept) == plaintext);
        CHECK(kept.find("correct horse", std::string_view{cheap}.substr(0, header - 12)) != nullptr);
        CHECK_FALSE(unseal(cheap, "correct horsf", &kept));
        CHECK(unseal(bytes_of(usual_file), "correct horse", &kept) == plaintext);
        CHECK(kept.find("correct horse", std::string_view{cheap}.substr(0, header - 12)) == nullptr);
    }
}

TEST_CASE("what is sealed is opened again, and never looks the same twice") {
    const auto format = GENERATE(Format::thv, Format::toolhive);
    const auto text = GENERATE(std::string{}, std::string{"a"}, std::string(100'000, 'x'), std::string("\0\n\xff", 3));
    const auto sealed = seal(text, "pw", format);
    CHECK(format_of(sealed) == format);
    CHECK(unseal(sealed, "pw") == text);
    CHECK(seal(text, "pw", format) != sealed);
    CHECK((text.size() < 100 || sealed.find(text.substr(0, 8)) == std::string::npos)); // less may be there by chance
}

TEST_CASE("a bit that is flipped anywhere is noticed, also in the header") {
    const auto file = bytes_of(GENERATE(toolhive_file, cheap_file));
    const auto bit = GENERATE(0, 3, 7);
    for (std::size_t at = 0; at < file.size(); ++at) {
        auto flipped = file;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
        CAPTURE(at, bit);
        std::optional<std::string> opened;
        try {
            opened = unseal(flipped, "correct horse");
        } catch (const Error& error) {
            CHECK((error.fault() == Fault::usage || error.fault() == Fault::unsupported));
        }
        CHECK_FALSE(opened);
    }
}

TEST_CASE("a file that is cut off anywhere is not opened") {
    const auto file = bytes_of(GENERATE(toolhive_file, cheap_file));
    for (std::size_t size = 1; size < file.size(); ++size) {
        CAPTURE(size);
        std::optional<std::string> opened;
        try {
            opened = unseal(std::string_view{file}.substr(0, size), "correct horse");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::usage);
        }
        CHECK_FALSE(opened);
    }
}

TEST_CASE("a header that asks for too much memory or time is refused before any is spent") {
    const auto [log_n, r, p] = GENERATE(table<int, int, int>({{0, 8, 1},
                                                              {15, 0, 1},
                                                              {15, 8, 0},
                                                              {18, 9, 1},
                                                              {24, 1, 1},
                                                              {25, 1, 1},
                                                              {63, 255, 255},
                                                              {255, 8, 1},
                                                              {15, 8, 33}}));
    auto file = bytes_of(usual_file);
    file[12] = static_cast<char>(log_n);
    file[13] = static_cast<char>(r);
    file[14] = static_cast<char>(p);
    const auto error = test::error_of([&] { unseal(file, "correct horse"); });
    CHECK(error.fault() == Fault::usage);
    CHECK_THAT(error.message(), ContainsSubstring("too much memory or time"));
}

TEST_CASE("formats of later versions are told from damage") {
    auto later = bytes_of(cheap_file);
    later[11] = 2;
    for (const auto& file : {later, "THVSEC\x01" + std::string(header, 'x')}) {
        const auto error = test::error_of([&] { unseal(file, "correct horse"); });
        CHECK(error.fault() == Fault::unsupported);
        CHECK_THAT(error.message(), ContainsSubstring("later version"));
    }
}

TEST_CASE("more than 32 MiB are neither sealed nor opened") {
    CHECK(test::error_of([] { seal(std::string(most_plaintext + 1, 'x'), "pw", Format::toolhive); }).fault() ==
          Fault::usage);
    CHECK(test::error_of([] { unseal(std::string(most_sealed + 1, 'x'), "pw"); }).fault() == Fault::usage);
    const std::string largest(most_plaintext, 'x');
    CHECK(unseal(seal(largest, "pw", Format::toolhive), "pw")->size() == most_plaintext);
}
