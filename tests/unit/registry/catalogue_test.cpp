// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/name.hpp"
#include "registry/entry.hpp"
#include "registry/registry.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace thv::registry;

TEST_CASE("every server of the catalogue that comes with the program is sound") {
    const auto catalogue = embedded_catalogue();
    CHECK(catalogue.broken.empty());
    CHECK(catalogue.entries.size() >= 30);
    for (const auto& entry : catalogue.entries) {
        CAPTURE(entry.name);
        CHECK(WorkloadName::parse(entry.name));
        CHECK_FALSE(entry.description.empty());
        CHECK(entry.description.size() < 150);
        CHECK_FALSE(entry.tags.empty());
        CHECK(entry.status == "Active");
        CHECK((entry.tier == "Official" || entry.tier == "Community"));
        for (const auto& variable : entry.variables) {
            CHECK_FALSE(variable.description.empty());
            // A secret that everybody knows is none.
            CHECK_FALSE((variable.secret && variable.value));
        }
        if (entry.remote()) {
            CHECK(entry.url.starts_with("https://"));
            continue;
        }
        // A version, so that what runs is what was looked at.
        const auto tag = entry.image.rfind(':');
        REQUIRE(tag != std::string::npos);
        CHECK(entry.image.find('/', tag) == std::string::npos);
        CHECK(entry.image.substr(tag) != ":latest");
        CHECK(entry.image.substr(0, entry.image.find('/')).contains('.'));
        CHECK_FALSE(entry.permissions.is_null());
        const auto profile = profile_from_json(entry.permissions, entry.name);
        CHECK((profile.read.empty() && profile.write.empty() && !profile.privileged && profile.network_mode.empty()));
        CHECK((entry.transport == Transport::stdio) == (entry.target_port == 0));
    }
}

TEST_CASE("the servers that people look for first are there") {
    const auto catalogue = embedded_catalogue();
    for (const auto* name : {"fetch", "time", "filesystem", "memory", "everything", "git", "github", "playwright"})
        CHECK(pick(catalogue, name));
}
