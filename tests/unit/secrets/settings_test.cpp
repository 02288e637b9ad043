// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "secrets/settings.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_folder.hpp"

#include <sys/stat.h>

using namespace thv;
using namespace thv::secrets;

namespace {

struct Place {
    test::TempFolder folder;
    Paths paths = Paths::from(Environment{{{"HOME", folder.path().string()}}});
    std::filesystem::path path = paths.config / "config.yaml";
    Settings settings{paths};
};

} // namespace

TEST_CASE("a provider counts when the file names one") {
    const auto [text, provider] = GENERATE(table<const char*, std::optional<ProviderKind>>(
        {{"", std::nullopt},
         {"registry_url: x\n", std::nullopt},
         {"secrets:\n", std::nullopt},
         {"secrets:\n  provider_type: \"\"\n  setup_completed: false\n", std::nullopt},
         {"secrets:\n  provider_type: encrypted\n  setup_completed: true\n", ProviderKind::encrypted},
         {"secrets:\n  provider_type: basic\n", ProviderKind::encrypted},
         {"secrets:\n  provider_type: environment\n", ProviderKind::environment},
         {"secrets:\n  provider_type: 1password\n", ProviderKind::onepassword}}));
    Place place;
    CHECK_FALSE(place.settings.provider());
    test::spill(place.path, text);
    CHECK(place.settings.provider() == provider);
}

TEST_CASE("a choice leaves everything else in the file as it is") {
    Place place;
    test::spill(place.path, "secrets:\n  provider_type: environment\n  setup_completed: true\n  later: 1\n"
                            "clients:\n  registered_clients:\n  - vscode\notel:\n  sampling-rate: 0.1\n");
    place.settings.choose(ProviderKind::encrypted);
    CHECK(test::slurp(place.path) == "secrets:\n  provider_type: encrypted\n  setup_completed: true\n  later: 1\n"
                                     "clients:\n  registered_clients:\n  - vscode\notel:\n  sampling-rate: 0.1\n");
    struct stat info{};
    REQUIRE(::stat(place.path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("a new file holds what upstream reads") {
    Place place;
    place.settings.choose(ProviderKind::environment);
    CHECK(test::slurp(place.path) == "secrets:\n  provider_type: environment\n  setup_completed: true\n");
    CHECK(place.settings.provider() == ProviderKind::environment);
}

TEST_CASE("settings that cannot be read say so") {
    Place place;
    const auto* const text =
        GENERATE("secrets: [", "- a\n", "secrets: 1\n", "secrets:\n  provider_type: carrier-pigeon\n");
    test::spill(place.path, text);
    CHECK(test::error_of([&] { static_cast<void>(place.settings.provider()); }).fault() == Fault::usage);
}
