// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/forbearance.hpp"
#include "cluster/membership.hpp"
#include "cluster/ownership.hpp"
#include "cluster/status_error.hpp"
#include "support/catch.hpp"

using namespace thv;
using namespace thv::cluster;

namespace {

Json entry(const std::string& manager, const std::string& operation, const Json& fields,
           const std::string& subresource = "") {
    Json made{{"manager", manager},
              {"operation", operation},
              {"apiVersion", "toolhive.stacklok.dev/v1beta1"},
              {"fieldsType", "FieldsV1"},
              {"fieldsV1", fields}};
    if (!subresource.empty()) made["subresource"] = subresource;
    return made;
}

Json managed(const Json& entries) {
    return {{"metadata", {{"resourceVersion", "7"}, {"managedFields", entries}}}};
}

Json after(const Json& entries) {
    const auto object = managed(entries);
    const auto patch = adoption_patch(object, "thv");
    REQUIRE(patch.is_array());
    CHECK(patch[1]["value"] == "7");
    return object.patch(patch)["metadata"]["managedFields"];
}

} // namespace

TEST_CASE("what a create has written becomes a server-side apply of the same manager") {
    const Json fields{{"f:spec", {{"f:image", Json::object()}}}};
    const auto theirs = entry("thv-operator", "Update", {{"f:status", Json::object()}}, "status");
    CHECK(after(Json::array({entry("thv", "Update", fields), theirs})) ==
          Json::array({theirs, entry("thv", "Apply", fields)}));
}

TEST_CASE("what was applied and what was written otherwise become one") {
    const Json applied{{"f:spec", {{".", Json::object()}, {"f:image", Json::object()}}}};
    const Json moved{{"f:spec", {{"f:groupRef", {{"f:name", Json::object()}}}}}, {"f:metadata", Json::object()}};
    const Json both{
        {"f:spec", {{".", Json::object()}, {"f:image", Json::object()}, {"f:groupRef", {{"f:name", Json::object()}}}}},
        {"f:metadata", Json::object()}};
    CHECK(after(Json::array({entry("thv", "Apply", applied), entry("thv", "Update", moved)})) ==
          Json::array({entry("thv", "Apply", both)}));
}

TEST_CASE("what others and other parts have written is not adopted") {
    CHECK(adoption_patch(
              managed(Json::array({entry("kubectl", "Update", Json::object()), entry("thv", "Apply", Json::object()),
                                   entry("thv", "Update", Json::object(), "status")})),
              "thv")
              .is_null());
    CHECK(adoption_patch(Json{{"metadata", 7}}, "thv").is_null());
    CHECK(adoption_patch(managed(Json::array({1, "x", Json::object()})), "thv").is_null());
}

// Groups.

namespace {

Json in_group(const Json& reference) {
    return {{"metadata", {{"resourceVersion", "7"}}}, {"spec", {{"image", "x"}, {"groupRef", reference}}}};
}

Json patched(const Json& object, const std::string& to) {
    return object.patch(move_patch(object, to))["spec"];
}

} // namespace

TEST_CASE("a group reference is read in today's and in the old form") {
    CHECK(group_of(in_group({{"name", "a"}})) == "a");
    CHECK(group_of(in_group("a")) == "a");
    CHECK(group_of(in_group(7)).empty());
    CHECK(group_of(Json{{"spec", Json::object()}}).empty());
    CHECK(group_of(Json{}).empty());
}

TEST_CASE("a move changes the reference in the form that it has, and nothing else") {
    CHECK(patched(in_group({{"name", "a"}}), "b") == in_group({{"name", "b"}})["spec"]);
    CHECK(patched(in_group("a"), "b") == in_group("b")["spec"]);
    CHECK(patched(in_group({{"name", "a"}}), "") == Json{{"image", "x"}});
    CHECK(patched(in_group("a"), "") == Json{{"image", "x"}});
    auto loner = in_group({});
    loner["spec"].erase("groupRef");
    CHECK(patched(loner, "b") == in_group({{"name", "b"}})["spec"]);
}

TEST_CASE("a move fails when the object is in another group by then") {
    const auto patch = move_patch(in_group({{"name", "a"}}), "b");
    CHECK_THROWS(in_group({{"name", "c"}}).patch(patch));
    auto loner = in_group({});
    loner["spec"].erase("groupRef");
    const auto into = move_patch(loner, "b");
    auto changed = in_group({{"name", "c"}});
    changed["metadata"]["resourceVersion"] = "8";
    CHECK_THROWS(changed.patch(into));
}

// Failures that go by.

TEST_CASE("an outage is waited out without limit, a denial only for a while, and nothing else") {
    using namespace std::chrono_literals;
    const auto begin = Forbearance::Clock::time_point{};
    const Error away{Fault::unreachable, "x"};
    const Error denied{Fault::denied, "x"};
    const StatusError broken{Error{Fault::internal, "x"}, {.code = 500}};
    Forbearance patience;
    CHECK(patience.forgives(away, begin));
    CHECK(patience.forgives(away, begin + 24h));
    CHECK(patience.forgives(broken, begin));
    CHECK_FALSE(patience.forgives(Error{Fault::internal, "x"}, begin));
    CHECK_FALSE(patience.forgives(StatusError{Error{Fault::usage, "x"}, {.code = 400}}, begin));
    CHECK(patience.forgives(denied, begin));
    CHECK(patience.forgives(denied, begin + 9s));
    CHECK_FALSE(patience.forgives(denied, begin + 11s));
    patience.succeeded();
    CHECK(patience.forgives(denied, begin + 20s));
    // The rules are read after the outage, however long it was.
    CHECK(patience.forgives(away, begin + 29s));
    CHECK(patience.forgives(denied, begin + 31s));
}
