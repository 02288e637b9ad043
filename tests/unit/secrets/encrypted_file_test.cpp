// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/files.hpp"
#include "secrets/encrypted_file.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_folder.hpp"

#include <sys/stat.h>

using namespace thv;
using namespace thv::secrets;

namespace {

struct Store {
    test::TempFolder folder;
    EncryptedFile file{folder.path() / "toolhive" / "secrets_encrypted"};

    bool put(const std::string& name, const std::string& value, std::optional<Format> format = {},
             const std::string& password = "pw") {
        return file.update(password, format, [&](Table& table) { table[name] = value; });
    }
    std::string bytes() const { return test::slurp(file.path()); }
};

} // namespace

TEST_CASE("a store that is not there or empty holds nothing, and any password opens it") {
    Store store;
    CHECK(store.file.read("any")->empty());
    CHECK_FALSE(store.file.format());
    test::spill(store.file.path(), "");
    CHECK(store.file.read("any")->empty());
    CHECK(store.put("A", "1"));
    CHECK(store.file.format() == Format::thv);
    CHECK(store.file.read("pw") == Table{{"A", "1"}});
    CHECK_FALSE(store.file.read("any"));
}

TEST_CASE("values come back as they were, whatever text they are") {
    const auto format = GENERATE(Format::thv, Format::toolhive);
    Store store;
    const Table table{{"lines", "a\nb\n"}, {"nul", std::string("a\0b", 3)},
                      {"empty", ""},       {"unicode", "grüß \U0001f600"},
                      {"html", "<&>\"\\"}, {"large", std::string(1U << 20U, 'x')}};
    for (const auto& [name, value] : table)
        REQUIRE(store.put(name, value, format));
    CHECK(store.file.read("pw") == table);
    CHECK(store.file.format() == format);
    struct stat info{};
    REQUIRE(::stat(store.file.path().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("a wrong password changes nothing, not a byte") {
    Store store;
    REQUIRE(store.put("A", "1", GENERATE(Format::thv, Format::toolhive)));
    const auto before = store.bytes();
    CHECK_FALSE(store.put("A", "2", {}, "wrong"));
    CHECK_FALSE(store.file.read("wrong"));
    CHECK(store.bytes() == before);
}

TEST_CASE("a value that is no text is refused, and nothing is written") {
    Store store;
    REQUIRE(store.put("A", "1"));
    const auto before = store.bytes();
    const auto error = test::error_of([&] { store.put("B", "\xff\xfe-value"); });
    CHECK(error.fault() == Fault::usage);
    CHECK_THAT(error.message(), !ContainsSubstring("-value"));
    CHECK_THAT(error.hint(), ContainsSubstring("base64"));
    CHECK(store.bytes() == before);
}

TEST_CASE("a file keeps its format until another one is asked for") {
    Store store;
    REQUIRE(store.put("A", "1", Format::toolhive));
    REQUIRE(store.put("B", "2"));
    CHECK(store.file.format() == Format::toolhive);
    REQUIRE(store.put("C", "3", Format::thv));
    REQUIRE(store.put("D", "4"));
    CHECK(store.file.format() == Format::thv);
    CHECK(store.file.read("pw")->size() == 4);
}

TEST_CASE("what upstream wrote beside the secrets survives") {
    Store store;
    const auto written =
        GENERATE(R"({"secrets":null,"later":[1]})", R"({"later":[1]})", R"({"secrets":{},"later":[1]})");
    test::spill(store.file.path(), seal(written, "pw", Format::toolhive));
    REQUIRE(store.put("A", "1"));
    CHECK(unseal(store.bytes(), "pw") == R"({"later":[1],"secrets":{"A":"1"}})");
    REQUIRE(store.file.update("pw", {}, [](Table& table) { table.clear(); }));
    CHECK(unseal(store.bytes(), "pw") == R"({"later":[1],"secrets":{}})");
}

TEST_CASE("a file that opens to something else is told from a wrong password") {
    Store store;
    for (const auto* text : {"", "[]", "{", R"({"secrets":[]})", R"({"secrets":{"A":1}})"}) {
        CAPTURE(text);
        test::spill(store.file.path(), seal(text, "pw", Format::toolhive));
        const auto before = store.bytes();
        CHECK(test::error_of([&] { store.file.read("pw"); }).fault() == Fault::usage);
        CHECK(test::error_of([&] { store.put("A", "1"); }).fault() == Fault::usage);
        CHECK(store.bytes() == before);
    }
}

TEST_CASE("a writer waits for another one's lock, and gives up") {
    Store store;
    REQUIRE(store.put("A", "1"));
    auto path = store.file.path();
    path += ".lock";
    const auto held = FileLock::acquire(path, Duration::zero());
    REQUIRE(held);
    const auto before = std::chrono::steady_clock::now();
    const auto error = test::error_of([&] { store.put("B", "2"); });
    CHECK(error.fault() == Fault::conflict);
    CHECK(std::chrono::steady_clock::now() - before >= std::chrono::seconds{5});
    CHECK(store.file.read("pw") == Table{{"A", "1"}}); // readers do not wait
}
