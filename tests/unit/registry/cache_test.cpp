// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/cache.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <sys/stat.h>

using namespace thv;
using namespace thv::registry;
using namespace thv::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr auto url = "https://registry.example";

Catalogue one(const std::string& name) {
    Catalogue catalogue;
    catalogue.entries.push_back({.name = name, .image = "img:1"});
    return catalogue;
}

void make_older(const fs::path& file, std::chrono::hours span) {
    fs::last_write_time(file, fs::last_write_time(file) - span);
}

} // namespace

TEST_CASE("what was kept is read again, with its age, in upstream's file") {
    const TempFolder temp;
    const Cache cache{temp.path() / "cache"};
    CHECK_FALSE(cache.read(url));
    CHECK_FALSE(fs::exists(temp.path() / "cache"));
    cache.write(url, one("fetch"));
    // The first four bytes of the URL's SHA-256.
    CHECK(cache.file(url) == temp.path() / "cache" / "registry-c3968a18.json");
    struct stat info{};
    REQUIRE(::stat(cache.file(url).c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0600U);
    auto cached = cache.read(url);
    REQUIRE(cached);
    CHECK(cached->catalogue.entries == one("fetch").entries);
    CHECK(cached->age < 1min);
    CHECK_FALSE(cache.read("https://other.example"));
    make_older(cache.file(url), 3h);
    cached = cache.read(url);
    REQUIRE(cached);
    CHECK(cached->age > 2h);
    CHECK(cached->age < 4h);
}

TEST_CASE("a copy that is too old, broken, or from the future is none, or of unknown age") {
    const TempFolder temp;
    const Cache cache{temp.path()};
    cache.write(url, one("fetch"));
    make_older(cache.file(url), -24h);
    CHECK(cache.read(url)->age == Duration::max());
    make_older(cache.file(url), 24h * 10);
    CHECK_FALSE(cache.read(url));
    spill(cache.file(url), "{");
    CHECK_FALSE(cache.read(url));
    cache.write(url, one("time"));
    CHECK(cache.read(url)->catalogue.entries == one("time").entries);
}

TEST_CASE("what is old goes, and the oldest first when there is too much") {
    const TempFolder temp;
    const Cache cache{temp.path()};
    const auto big = [&](const char* name, std::chrono::hours age) {
        const auto file = temp.path() / name;
        spill(file, "");
        fs::resize_file(file, 20U << 20U);
        make_older(file, age);
        return file;
    };
    const auto ancient = big("registry-00000000.json", 24h * 8);
    const auto old = big("registry-00000001.json", 24h * 3);
    const auto newer = big("registry-00000002.json", 24h * 2);
    const auto newest = big("registry-00000003.json", 24h);
    const auto foreign = big("skills.json", 24h * 30);
    cache.write(url, one("fetch"));
    CHECK_FALSE(fs::exists(ancient));
    CHECK_FALSE(fs::exists(old));
    CHECK(fs::exists(newer));
    CHECK(fs::exists(newest));
    CHECK(fs::exists(foreign));
    CHECK(cache.read(url));
}
