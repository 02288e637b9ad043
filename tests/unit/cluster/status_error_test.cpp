// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/status_error.hpp"
#include "support/catch.hpp"

#include <fmt/format.h>

using namespace thv;
using namespace thv::cluster;

namespace {

Asked about(std::string name = "fetch", std::string verb = "get", Resource resource = mcp_servers) {
    return {.verb = std::move(verb),
            .place = {.resource = resource, .name_space = "tools", .name = std::move(name)},
            .server = "https://127.0.0.1:6443",
            .context = "here"};
}

std::string status_body(const std::string& reason, const std::string& message, const std::string& details = "{}") {
    return fmt::format(R"({{"kind": "Status", "apiVersion": "v1", "metadata": {{}}, "status": "Failure",)"
                       R"("reason": "{}", "message": "{}", "details": {}}})",
                       reason, message, details);
}

} // namespace

TEST_CASE("the fault of a refusal follows from its status, whatever its body is") {
    const auto [code, fault] = GENERATE(table<int, Fault>({{302, Fault::internal},
                                                           {400, Fault::usage},
                                                           {401, Fault::denied},
                                                           {403, Fault::denied},
                                                           {404, Fault::unsupported},
                                                           {405, Fault::unsupported},
                                                           {409, Fault::conflict},
                                                           {410, Fault::conflict},
                                                           {413, Fault::usage},
                                                           {415, Fault::internal},
                                                           {422, Fault::usage},
                                                           {429, Fault::unreachable},
                                                           {500, Fault::internal},
                                                           {502, Fault::unreachable},
                                                           {503, Fault::unreachable},
                                                           {504, Fault::timed_out}}));
    const std::string huge = R"({"kind": "Status", "message": ")" + std::string(2U << 20U, 'x') + R"("})";
    const std::string deep(100'000, '[');
    for (const auto& body : {std::string{}, std::string{"404 page not found\n"}, std::string{"<html>"},
                             std::string{"{\"kind\": 5}"}, std::string{"\xff\xfe"}, huge, deep}) {
        const auto error = refusal(code, body, about());
        CHECK(error.fault() == fault);
        CHECK(error.code() == code);
        CHECK_FALSE(error.message().empty());
        CHECK(error.message().size() < 3000);
        CHECK_THAT(error.message(), !ContainsSubstring("<html>"));
    }
}

TEST_CASE("a missing object is told apart from a resource that the server does not know") {
    const auto absent =
        refusal(404,
                status_body("NotFound", R"(mcpservers.toolhive.stacklok.dev \"fetch\" not found)",
                            R"({"name": "fetch", "group": "toolhive.stacklok.dev", "kind": "mcpservers"})"),
                about());
    CHECK(absent.fault() == Fault::not_found);
    CHECK(absent.message() == "there is no MCPServer 'fetch' in namespace 'tools'");
    CHECK(absent.reason() == "NotFound");

    const auto unknown = refusal(404, "404 page not found\n", about());
    CHECK(unknown.fault() == Fault::unsupported);
    CHECK(unknown.reason() == unknown_resource);
    CHECK(unknown.message() == "the cluster at https://127.0.0.1:6443 does not know MCPServer resources");
    CHECK_THAT(unknown.hint(), ContainsSubstring("helm upgrade --install toolhive-operator-crds"));
    CHECK(refusal(404, "404 page not found\n", about("x", "get", stateful_sets)).hint().empty());
}

TEST_CASE("writing into a namespace that is not there tells of the namespace") {
    const auto error = refusal(
        404, status_body("NotFound", R"(namespaces \"tools\" not found)", R"({"name": "tools", "kind": "namespaces"})"),
        about("tools", "create"));
    CHECK(error.fault() == Fault::not_found);
    CHECK(error.message() == "namespaces \"tools\" not found");
}

TEST_CASE("a refused value is told by its field and what it must be, never by itself") {
    const auto error = refusal(
        422,
        status_body("Invalid", R"(MCPServer \"fetch\" is invalid: spec.env[0].value: Invalid value: \"hunter2\")",
                    R"({"name": "fetch", "causes": [
                      {"reason": "FieldValueInvalid", "field": "spec.env[0].value",
                       "message": "Invalid value: \"hunter2: \\\"x\": must not be so"},
                      {"reason": "FieldValueNotSupported", "field": "spec.transport",
                       "message": "Unsupported value: \"pigeon\": supported values: \"stdio\", \"sse\""}]})"),
        about());
    CHECK(error.fault() == Fault::usage);
    CHECK(error.message() ==
          "MCPServer 'fetch' in namespace 'tools': spec.env[0].value: Invalid value: must not be so; "
          "spec.transport: Unsupported value: supported values: \"stdio\", \"sse\"");
    REQUIRE(error.causes().size() == 2);
    CHECK(error.causes()[1].field == "spec.transport");
}

TEST_CASE("values are cut out of validation messages") {
    const auto [message, rest] = GENERATE(table<const char*, const char*>(
        {{R"(Invalid value: "a b": must match)", "Invalid value: must match"},
         {R"(Invalid value: "a\": b": must match)", "Invalid value: must match"},
         {R"(Invalid value: -1: should be greater than 0)", "Invalid value: should be greater than 0"},
         {R"(Invalid value: {"a":"b: c","d":[1]}: no)", "Invalid value: no"},
         {R"(Invalid value: "never closed: x)", "Invalid value"},
         {R"(Duplicate value: "x")", "Duplicate value"},
         {R"(Too long: may not be more than 63 bytes)", "Too long: may not be more than 63 bytes"},
         {R"(a: Invalid value: "x": no, b: Invalid value: "y": no)", "a: Invalid value: no, b: Invalid value: no"},
         {"Required value", "Required value"},
         {"", ""}}));
    CHECK(without_value(message) == rest);
}

TEST_CASE("a missing right is told with what was asked for and how to look") {
    const auto error = refusal(
        403,
        status_body("Forbidden", R"(mcpservers is forbidden: User \"u\" cannot list)", R"({"kind": "mcpservers"})"),
        about("", "list"));
    CHECK(error.message() == "mcpservers is forbidden: User \"u\" cannot list");
    CHECK_THAT(error.hint(),
               ContainsSubstring("kubectl auth can-i list mcpservers.toolhive.stacklok.dev --namespace tools"));
    auto logs = about("fetch-0", "get", pods);
    logs.place.subresource = "log";
    const auto mute = refusal(403, "", logs);
    CHECK_THAT(mute.message(), ContainsSubstring("does not allow to get pods/log"));
    CHECK_THAT(mute.hint(), ContainsSubstring("kubectl auth can-i get pods/log --namespace tools"));
}

TEST_CASE("a conflict of field managers names the fields and the other manager") {
    const auto error = refusal(409,
                               status_body("Conflict", "Apply failed with 1 conflict",
                                           R"({"causes": [{"reason": "FieldManagerConflict", "field": ".spec.image",
                        "message": "conflict with \"kubectl\" using toolhive.stacklok.dev/v1beta1"}]})"),
                               about());
    CHECK(error.fault() == Fault::conflict);
    CHECK_THAT(error.message(), ContainsSubstring(".spec.image: conflict with \"kubectl\""));
    CHECK_THAT(error.hint(), ContainsSubstring("--force-conflicts"));
    CHECK(error.causes().front().reason == "FieldManagerConflict");
}

TEST_CASE("an expired list gives the token to go on with") {
    const auto error = refusal(410,
                               R"({"kind": "Status", "reason": "Expired", "message": "too old",
                                   "metadata": {"continue": "later"}})",
                               about("", "list"));
    CHECK(error.reason() == "Expired");
    CHECK(error.go_on() == "later");
    CHECK(refusal(410, "", about("", "list")).go_on().empty());
}

TEST_CASE("text of the server is one bounded line") {
    CHECK(presentable("a\nb\x1b[31m\t") == "a b [31m");
    const auto cut = presentable(std::string(1999, 'x') + "\xc3\xa9");
    CHECK(cut == std::string(1999, 'x'));
}
