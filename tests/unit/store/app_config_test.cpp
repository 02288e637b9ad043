// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/files.hpp"
#include "store/app_config.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/temp_folder.hpp"

#include <sys/stat.h>

using namespace thv;
using namespace thv::test;
using nlohmann::ordered_json;

namespace {

struct Settings {
    TempFolder temp;
    AppConfig config{Paths{.config = temp.path() / "toolhive", .state = {}, .data = {}, .cache = {}, .runtime = {}}};

    std::filesystem::path file() const { return temp.path() / "toolhive" / "config.yaml"; }
};

} // namespace

TEST_CASE("without a file there are no settings, and reading makes none") {
    const Settings settings;
    CHECK(settings.config.read() == ordered_json::object());
    CHECK(std::filesystem::is_empty(settings.temp.path()));
}

TEST_CASE("a setting is written for its owner alone, and read again") {
    const Settings settings;
    settings.config.update([](ordered_json& all) { all["registry_url"] = "https://registry.example/r.json"; });
    CHECK(settings.config.read() == ordered_json{{"registry_url", "https://registry.example/r.json"}});
    CHECK(slurp(settings.file()) == "registry_url: https://registry.example/r.json\n");
    struct stat info{};
    REQUIRE(::stat(settings.file().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0600U);
    CHECK_FALSE(FileLock::held(settings.file().string() + ".lock"));
}

TEST_CASE("what others keep in the file stays, in its order") {
    const Settings settings;
    spill(settings.file(), "secrets:\n    provider_type: encrypted\n    setup_completed: true\nclients:\n"
                           "    registered_clients: []\notel:\n    sampling-rate: 0.25\n    insecure: false\n"
                           "registry_auth:\n    oauth:\n        cached_token_expiry: 2026-01-02T03:04:05Z\n");
    settings.config.update([](ordered_json& all) { all["local_registry_path"] = "/r.json"; });
    CHECK(slurp(settings.file()) ==
          "secrets:\n  provider_type: encrypted\n  setup_completed: true\nclients:\n  registered_clients: []\n"
          "otel:\n  sampling-rate: 0.25\n  insecure: false\nregistry_auth:\n  oauth:\n"
          "    cached_token_expiry: \"2026-01-02T03:04:05Z\"\nlocal_registry_path: /r.json\n");
}

TEST_CASE("a change that changes nothing leaves the file's bytes alone") {
    const Settings settings;
    spill(settings.file(), "# mine\nregistry_url:   https://a.example\n");
    settings.config.update([](ordered_json& all) { all["registry_url"] = "https://a.example"; });
    CHECK(slurp(settings.file()) == "# mine\nregistry_url:   https://a.example\n");
}

TEST_CASE("a file that is no settings is named, not quoted, and stays") {
    const auto [text, message] = GENERATE(table<std::string, std::string>({
        {"a: [s3cret", "config.yaml:"},
        {"- s3cret\n", "config.yaml: must be a mapping"},
        {"s3cret", "config.yaml: must be a mapping"},
        {"a: 1\na: s3cret\n", "a key that this mapping has already"},
        {std::string(2U << 20U, '#'), "larger than"},
    }));
    const Settings settings;
    spill(settings.file(), text);
    try {
        settings.config.update([](ordered_json& all) { all["x"] = 1; });
        FAIL("it was accepted");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        CHECK_THAT(error.message(), ContainsSubstring(message) && !ContainsSubstring("s3cret"));
        CHECK_THAT(error.hint(), ContainsSubstring("repair"));
    }
    CHECK(slurp(settings.file()) == text);
}

TEST_CASE("a link stays a link") {
    const Settings settings;
    const auto real = settings.temp.path() / "dotfiles.yaml";
    spill(real, "a: 1\n");
    std::filesystem::create_directories(settings.file().parent_path());
    std::filesystem::create_symlink(real, settings.file());
    settings.config.update([](ordered_json& all) { all["b"] = 2; });
    CHECK(std::filesystem::is_symlink(settings.file()));
    CHECK(slurp(real) == "a: 1\nb: 2\n");
}

TEST_CASE("processes that change different settings at once lose none") {
    const Settings settings;
    std::vector<Child> children;
    for (const std::string who : {"a", "b", "c", "d"}) {
        children.emplace_back([&, who] {
            for (int i = 0; i < 10; ++i)
                settings.config.update([&](ordered_json& all) { all[who + std::to_string(i)] = i; });
            return std::string{"done"};
        });
    }
    for (auto& child : children)
        CHECK(child.answer() == "done");
    CHECK(settings.config.read().size() == 40);
}
