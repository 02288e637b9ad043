// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/status_error.hpp"

#include "cluster/lookup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace thv::cluster {

namespace {

constexpr std::size_t longest_status = 1U << 20U;
constexpr std::size_t longest_message = 2000;
constexpr std::size_t most_causes = 32;
constexpr std::string_view install_crds =
    "install the resources of the ToolHive operator: helm upgrade --install toolhive-operator-crds "
    "oci://ghcr.io/stacklok/toolhive/toolhive-operator-crds";

/// The server's answer as far as it makes sense.
struct Answer {
    StatusError::Details details;
    std::string message;
    std::string name; ///< of the object that it is about
    std::string kind; ///< the object's plural, as the server writes it
    bool is_status = false;
};

std::vector<StatusError::Cause> causes_of(const Json& status) {
    std::vector<StatusError::Cause> causes;
    for (const auto& cause : elements_at(status, {"details", "causes"})) {
        if (causes.size() == most_causes) break;
        causes.push_back({.reason = presentable(text_at(cause, {"reason"})),
                          .field = presentable(text_at(cause, {"field"})),
                          .message = presentable(without_value(text_at(cause, {"message"})))});
    }
    return causes;
}

Answer read_answer(int status, std::string_view body) {
    Answer answer;
    answer.details.code = status;
    if (body.size() > longest_status) return answer;
    const auto document = Json::parse(body, nullptr, false);
    if (text_at(document, {"kind"}) != "Status") return answer;
    answer.is_status = true;
    answer.message = presentable(text_at(document, {"message"}));
    answer.details.reason = presentable(text_at(document, {"reason"}));
    answer.details.causes = causes_of(document);
    answer.details.go_on = text_at(document, {"metadata", "continue"});
    answer.name = text_at(document, {"details", "name"});
    answer.kind = text_at(document, {"details", "kind"});
    return answer;
}

std::string of_all_causes(const Answer& answer) {
    std::string all;
    for (const auto& cause : answer.details.causes) {
        if (!all.empty()) all += "; ";
        if (!cause.field.empty() && cause.field != "<nil>") all += cause.field + ": ";
        all += cause.message.empty() ? cause.reason : cause.message;
    }
    return all.substr(0, longest_message);
}

bool has_cause(const Answer& answer, std::string_view reason) {
    return std::ranges::any_of(answer.details.causes, [&](const auto& cause) { return cause.reason == reason; });
}

Error invalid(const Answer& answer, const Asked& asked) {
    auto why = of_all_causes(answer);
    // Without causes the message is about the request's form and quotes no value.
    if (why.empty()) why = answer.message.empty() ? "the cluster refuses it" : without_value(answer.message);
    return Error{Fault::usage, fmt::format("{}: {}", describe(asked.place), why)};
}

Error unauthorized(const Asked& asked) {
    const auto message =
        fmt::format("the cluster at {} does not accept the credentials of context '{}'", asked.server, asked.context);
    return Error{Fault::denied, message}.hint("log in again, and try them with 'kubectl auth whoami'");
}

Error forbidden(const Answer& answer, const Asked& asked) {
    const auto& resource = asked.place.resource;
    const auto what = resource.group().empty() ? std::string{resource.plural}
                                               : fmt::format("{}.{}", resource.plural, resource.group());
    const auto part = asked.place.subresource.empty() ? "" : "/" + asked.place.subresource;
    const auto where = asked.place.name_space.empty() ? "--all-namespaces" : "--namespace " + asked.place.name_space;
    auto message = answer.message;
    if (message.empty())
        message = fmt::format("the cluster at {} does not allow to {} {}", asked.server, asked.verb, what + part);
    return Error{Fault::denied, message}.hint(
        fmt::format("see what you may do: kubectl auth can-i {} {}{} {}", asked.verb, what, part, where));
}

Error absent(Answer& answer, const Asked& asked) {
    const auto& resource = asked.place.resource;
    if (answer.name.empty()) {
        answer.details.reason = unknown_resource;
        Error error{Fault::unsupported,
                    fmt::format("the cluster at {} does not know {} resources", asked.server, resource.kind)};
        return resource.group() == toolhive_group ? error.hint(std::string{install_crds}) : error;
    }
    if (answer.name == asked.place.name && answer.kind != "namespaces")
        return Error{Fault::not_found, "there is no " + describe(asked.place)};
    return Error{Fault::not_found, answer.message.empty() ? "there is no such object" : answer.message};
}

Error conflict(const Answer& answer, const Asked& asked) {
    const auto what = describe(asked.place);
    if (has_cause(answer, "FieldManagerConflict"))
        return Error{Fault::conflict,
                     fmt::format("{}: somebody else has set what would change: {}", what, of_all_causes(answer))}
            .hint("take the fields over with --force-conflicts, or leave them as they are");
    if (answer.details.reason == "AlreadyExists") return Error{Fault::conflict, fmt::format("{} exists already", what)};
    return Error{Fault::conflict, answer.message.empty() ? fmt::format("{} was changed meanwhile", what)
                                                         : fmt::format("{}: {}", what, answer.message)};
}

Error trouble(int status, const Answer& answer, const Asked& asked) {
    auto fault = Fault::internal;
    if (status == 429 || status == 502 || status == 503) fault = Fault::unreachable;
    if (status == 504) fault = Fault::timed_out;
    if (status == 410) fault = Fault::conflict;
    if (status == 413) fault = Fault::usage;
    if (status == 405) fault = Fault::unsupported;
    auto why = answer.message.empty() ? fmt::format("status {}", status) : answer.message;
    if (status == 429) why = "it is too busy (" + why + ")";
    return Error{fault, fmt::format("the cluster at {} answered to {} {}: {}", asked.server, asked.verb,
                                    describe(asked.place), why)};
}

Error error_of(int status, Answer& answer, const Asked& asked) {
    if (status == 400 || status == 422) return invalid(answer, asked);
    if (status == 401) return unauthorized(asked);
    if (status == 403) return forbidden(answer, asked);
    if (status == 404) return absent(answer, asked);
    if (status == 409) return conflict(answer, asked);
    return trouble(status, answer, asked);
}

/// Where the value that `text` begins with ends: a quoted string, something in brackets, or a word.
std::size_t end_of_value(std::string_view text) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted && c == '\\')
            ++at;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            ++depth;
        else if (!quoted && (c == '}' || c == ']'))
            --depth;
        else if (!quoted && depth <= 0 && c == ':')
            return at;
    }
    return text.size();
}

} // namespace

std::string presentable(std::string_view text) {
    auto end = std::min(text.size(), longest_message);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
        --end;
    std::string line{text.substr(0, end)};
    std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

std::string without_value(std::string_view message) {
    constexpr std::array quoting{std::string_view{"Invalid value: "}, std::string_view{"Unsupported value: "},
                                 std::string_view{"Duplicate value: "}};
    std::string result{message};
    for (const auto opening : quoting) {
        for (auto at = result.find(opening); at != std::string::npos; at = result.find(opening, at + 1)) {
            const auto begin = at + opening.size();
            const auto rest = std::string_view{result}.substr(begin);
            const auto end = begin + end_of_value(rest);
            const auto word = opening.substr(0, opening.size() - 2);
            result = result.substr(0, at) + std::string{word} + result.substr(end);
        }
    }
    return result;
}

StatusError refusal(int status, std::string_view body, const Asked& asked) {
    auto answer = read_answer(status, body);
    auto error = error_of(status, answer, asked);
    return StatusError{std::move(error), std::move(answer.details)};
}

} // namespace thv::cluster
