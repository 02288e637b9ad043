// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/events.hpp"
#include "cluster/object_reader.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

#include <vector>

using namespace thv;
using namespace thv::cluster;
using thv::test::error_of;

namespace {

std::vector<std::string> names_of(std::string_view page) {
    std::vector<std::string> names;
    read_page(page, "here", [&](const Json& object) { names.push_back(object.dump()); });
    return names;
}

constexpr auto with_managed =
    R"({"metadata": {"name": "x", "managedFields": [{"a": {"b": [1]}}, 2], "labels": {"managedFields": "l"}},
  "spec": {"metadata": {"managedFields": 1}, "managedFields": 2}, "managedFields": 3})";

} // namespace

TEST_CASE("an object is read without its managed fields, and only without those") {
    const auto object = read_object(with_managed, "here");
    CHECK(object == Json::parse(R"({"metadata": {"name": "x", "labels": {"managedFields": "l"}},
        "spec": {"metadata": {"managedFields": 1}, "managedFields": 2}, "managedFields": 3})"));
    CHECK(read_object(with_managed, "here", true) == Json::parse(with_managed));
}

TEST_CASE("managed fields of any type are passed over") {
    const auto* value = GENERATE("null", "5", "\"x\"", "[]", "{}", "[[{\"a\": [1, {}]}]]");
    const auto text = std::string{R"({"metadata": {"managedFields": )"} + value + R"(, "name": "x"}, "kind": "K"})";
    CHECK(read_object(text, "here") == Json::parse(R"({"metadata": {"name": "x"}, "kind": "K"})"));
}

TEST_CASE("every kind of value comes out as it went in") {
    constexpr auto text =
        R"({"a": [1, -2, 3.5, 18446744073709551615, true, null, "é\u00e9\n", [], {}, [{"b": [[2]]}]], "": {}})";
    CHECK(read_object(text, "here") == Json::parse(text));
}

TEST_CASE("what is no object is an error that does not quote it") {
    const auto* text =
        GENERATE("", "secret", "[]", "5", "{\"a\": secret}", "{", "{\"a\": 1} secret", "{\"a\": \"\xff\"}");
    const auto error = error_of([&] { read_object(text, "https://here"); });
    CHECK(error.fault() == Fault::internal);
    CHECK_THAT(error.message(), ContainsSubstring("https://here") && !ContainsSubstring("secret"));
}

TEST_CASE("an object is not nested without limit") {
    const auto nested = [](std::size_t depth) {
        return R"({"a": )" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    CHECK_NOTHROW(read_object(nested(100), "here"));
    CHECK_THROWS_AS(read_object(nested(200), "here"), Error);
    CHECK_THROWS_AS(read_object(R"({"metadata": {"managedFields": )" + nested(100'000) + "}}", "here"), Error);
}

TEST_CASE("the objects of a page are handed over in order, wherever the list's own fields stand") {
    const auto* page = GENERATE(
        R"({"kind": "L", "metadata": {"resourceVersion": "7", "continue": "t"}, "items": [{"a": 1}, {"b": {"c": [2]}}]})",
        R"({"items": [{"a": 1}, {"b": {"c": [2]}}], "other": {"items": [{"no": 1}]}, "metadata": {"continue": "t", "resourceVersion": "7"}})",
        R"({"items": [5, {"a": 1}, "x", [{"no": 1}], null, {"b": {"c": [2]}}], "metadata": {"continue": "t", "resourceVersion": "7"}})");
    CHECK(names_of(page) == std::vector<std::string>{R"({"a":1})", R"({"b":{"c":[2]}})"});
    const auto end = read_page(page, "here", [](const Json&) {});
    CHECK(end.version == "7");
    CHECK(end.next == "t");
}

TEST_CASE("managed fields are passed over in every object of a page") {
    const auto page = std::string{R"({"items": [)"} + with_managed + "," + with_managed + R"(], "metadata": {}})";
    for (const auto& text : names_of(page))
        CHECK(text == read_object(with_managed, "here").dump());
}

TEST_CASE("a list may be empty, and null is how some servers write that") {
    CHECK(names_of(R"({"items": [], "metadata": {"resourceVersion": "7"}})").empty());
    CHECK(names_of(R"({"items": null, "metadata": {"resourceVersion": "7"}})").empty());
}

TEST_CASE("what is no list is an error") {
    const auto* page = GENERATE("", "[]", "null", "{}", R"({"items": 5})", R"({"items": [{"a": 1})", "<html>");
    CHECK(error_of([&] { names_of(page); }).fault() == Fault::internal);
}

TEST_CASE("lines are put together however they are cut, and an endless one is an error") {
    EventLines lines{10, "here"};
    CHECK(lines.feed("ab").empty());
    CHECK(lines.feed("c\n\nde\nf") == std::vector<std::string>{"abc", "de"});
    CHECK(lines.feed("\n") == std::vector<std::string>{"f"});
    CHECK(lines.feed("").empty());
    CHECK(lines.feed("0123456789").empty());
    CHECK(error_of([&] { lines.feed("0"); }).fault() == Fault::internal);
}

TEST_CASE("a line of a watch is an event, a bookmark or a failure") {
    using Kind = WatchEvent::Kind;
    const auto [word, kind] = GENERATE(
        table<const char*, Kind>({{"ADDED", Kind::added}, {"MODIFIED", Kind::modified}, {"DELETED", Kind::deleted}}));
    const auto line = read_line(std::string{R"({"type": ")"} + word + R"(", "object": )" + with_managed + "}", "here");
    REQUIRE(std::holds_alternative<WatchEvent>(line));
    CHECK(std::get<WatchEvent>(line).kind == kind);
    CHECK(std::get<WatchEvent>(line).object == read_object(with_managed, "here"));

    const auto mark = read_line(R"({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "12"}}})", "here");
    CHECK(std::get<Bookmark>(mark).version == "12");
    const auto failure = read_line(R"({"type": "ERROR", "object": {"kind": "Status", "code": 410}})", "here");
    CHECK(std::get<WatchFailure>(failure).code == 410);
    const auto odd = read_line(R"({"type": "ERROR", "object": {"code": 7}})", "here");
    CHECK(std::get<WatchFailure>(odd).code == 500);
    CHECK(std::holds_alternative<std::monostate>(read_line(R"({"type": "NEW", "object": {}})", "here")));
}

TEST_CASE("a line of a watch that is no event is an error") {
    const auto* text = GENERATE("x", "{}", "[]", R"({"type": 5, "object": {}})", R"({"type": "ADDED"})",
                                R"({"type": "ADDED", "object": 5})");
    CHECK_THROWS_AS(read_line(text, "here"), Error);
}
