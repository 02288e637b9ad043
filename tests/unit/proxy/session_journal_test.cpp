// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/session_journal.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace thv;
using proxy::SessionJournal;
using proxy::SessionRecord;
using proxy::SessionRecords;

namespace {

struct Place {
    test::TempFolder folder;
    std::filesystem::path file = folder.path() / "sessions";
    SessionJournal journal(std::size_t limit = 100) const { return SessionJournal{file, limit}; }
};

const SessionRecord able{
    .facts = {.sampling = true, .elicitation = false, .roots = true, .level = 4, .uris = {"a:b", "c:d"}},
    .primes = true,
    .principal = "https://issuer.example\nmary",
    .streams = {{3, {.number = 17, .id = "\"a\"", .token = "1"}}, {5, {.number = 4, .id = "2"}}},
    .next_stream = 6};

} // namespace

TEST_CASE("sessions are what they were, after a death at any moment") {
    const Place place;
    {
        auto journal = place.journal();
        journal.put("one", {});
        journal.put("two", able);
        journal.put("three", {.facts = {.elicitation = true}});
        auto changed = able;
        changed.facts.level = 7;
        changed.facts.uris = {"c:d", "e:f"};
        journal.end_stream("two", 3);
        journal.begin_stream("two", 8, {.number = 30, .id = "3"});
        journal.put("two", changed);
        journal.put("one", {.facts = {.level = 2}});
        journal.erase("three");
        journal.erase("nobody");
    }
    const auto journal = place.journal();
    auto expected = able;
    expected.facts.level = 7;
    expected.facts.uris = {"c:d", "e:f"};
    expected.streams = {{5, {.number = 4, .id = "2"}}, {8, {.number = 30, .id = "3"}}};
    expected.next_stream = 9;
    CHECK(journal.sessions() == SessionRecords{{"one", {.facts = {.level = 2}}}, {"two", expected}});
}

TEST_CASE("a line that was cut off, or is none of ours, hides nothing but itself") {
    const Place place;
    {
        place.journal().put("one", able);
    }
    const auto bytes = test::slurp(place.file);
    const auto* const spoilt = GENERATE("", "x\n", "{}\n", "[]\n", "{\"id\":1}\n", "{\"id\":\"one\",\"level\":\"x\"}\n",
                                        "{\"id\":\"nobody\",\"add\":\"x\"}\n");
    test::spill(place.file, spoilt + bytes + spoilt + R"({"id":"two","sampling":tr)");
    CHECK(place.journal().sessions() == SessionRecords{{"one", able}});
    // What is appended next does not continue the cut line.
    place.journal().put("three", {});
    CHECK(place.journal().sessions() == SessionRecords{{"one", able}, {"three", {}}});
}

TEST_CASE("nobody else may read the ids of sessions") {
    const Place place;
    auto journal = place.journal();
    journal.put("one", {});
    CHECK(static_cast<unsigned>(std::filesystem::status(place.file).permissions()) == 0600);
}

TEST_CASE("history is forgotten") {
    const Place place;
    auto journal = place.journal();
    journal.put("lasting", able);
    for (int i = 0; i < 100'000; ++i) {
        journal.put("passing", {});
        journal.erase("passing");
    }
    CHECK(std::filesystem::file_size(place.file) < (3U << 20U));
    CHECK(place.journal().sessions() == SessionRecords{{"lasting", able}});
}

TEST_CASE("no more sessions are taken over than there may be") {
    const Place place;
    {
        auto journal = place.journal();
        for (int i = 0; i < 10; ++i)
            journal.put(std::to_string(i), {});
    }
    CHECK(place.journal(4).sessions().size() == 4);
}

TEST_CASE("where it cannot be written there is no journal, and sessions go on without it") {
    const Place place;
    test::spill(place.folder.path() / "no folder", "");
    SessionJournal journal{place.folder.path() / "no folder" / "sessions", 10};
    journal.put("one", able);
    CHECK(journal.sessions().size() == 1);
}

TEST_CASE("a journal that is discarded leaves nothing") {
    const Place place;
    auto journal = place.journal();
    journal.put("one", able);
    journal.discard();
    journal.put("two", able);
    CHECK_FALSE(std::filesystem::exists(place.file));
}
