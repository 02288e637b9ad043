// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "thv/labels.hpp"

using namespace thv;
using namespace thv::commands;

TEST_CASE("labels are KEY=VALUE by Kubernetes' rules") {
    const auto [text, key, value] = GENERATE(table<std::string, std::string, std::string>({
        {"team=ops", "team", "ops"},
        {"team=", "team", ""},
        {"a.b-c_d=1.2", "a.b-c_d", "1.2"},
        {"example.com/tier=gold", "example.com/tier", "gold"},
    }));
    const auto label = parse_label(text);
    REQUIRE(label);
    CHECK(label->first == key);
    CHECK(label->second == value);
}

TEST_CASE("what is no label is refused") {
    const auto text =
        GENERATE(as<std::string>{}, "team", "", "=x", "-a=x", "a-=x", "a b=x", "a=b=c", "a=x y", "a=-x", "A.com/x=y",
                 "/x=y", "a/=y", "a/b/c=d", std::string(64, 'k') + "=v", "k=" + std::string(64, 'v'), "k=\n");
    CAPTURE(text);
    const auto label = parse_label(text);
    REQUIRE_FALSE(label);
    CHECK(label.error().fault() == Fault::usage);
}

TEST_CASE("thv's own labels cannot be given") {
    CHECK_THROWS_WITH(parse_labels({"toolhive=false"}), "--label: 'toolhive' is set by thv itself");
    CHECK_THROWS_WITH(parse_labels({"toolhive-auxiliary-workload=true"}),
                      "--label: 'toolhive-auxiliary-workload' is set by thv itself");
    CHECK_THROWS_WITH(parse_labels({"thv-update-of=x"}), "--label: 'thv-update-of' is set by thv itself");
    CHECK(parse_labels({"toolhivex=1"}).size() == 1);
    CHECK(parse_label_filters({"toolhive=true"}).size() == 1);
    CHECK(parse_labels({"a=1", "a=2"}).at("a") == "2");
}

TEST_CASE("nothing can have two values of one label") {
    CHECK(parse_label_filters({"team=a", "tier=b", "team=a"}).size() == 2);
    CHECK_THROWS_WITH(parse_label_filters({"team=a", "team=b"}), "--label: 'team' cannot be both 'a' and 'b'");
}
