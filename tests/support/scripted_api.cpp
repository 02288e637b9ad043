// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/scripted_api.hpp"

#include "io/environment.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::test {

namespace {

constexpr std::string_view is_json = "Content-Type: application/json\r\n";

std::string field_of(const http::Visit& visit, std::string_view name) {
    return std::string{visit.header(name).value_or("")};
}

void send_lines(http::Visit& visit, const std::vector<std::string>& lines) {
    visit.start(200, is_json);
    visit.send("");
    for (const auto& line : lines)
        visit.send(line + "\n");
}

} // namespace

Answer status(int code, std::string body, std::string fields) {
    return [code, body, fields](http::Visit& visit) { visit.answer(code, std::string{is_json} + fields, body); };
}

Answer refuses(int code, const std::string& reason, const std::string& message, const std::string& more) {
    return status(code, fmt::format(R"({{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": {}, )"
                                    R"("reason": "{}", "message": "{}"{}{}}})",
                                    code, reason, message, more.empty() ? "" : ", ", more));
}

Answer events(std::vector<std::string> lines) {
    return [lines](http::Visit& visit) {
        send_lines(visit, lines);
        visit.finish();
    };
}

Answer events_and_silence(std::vector<std::string> lines) {
    return [lines](http::Visit& visit) { send_lines(visit, lines); };
}

Answer truncated(std::string part) {
    return [part](http::Visit& visit) {
        visit.start(200, is_json);
        visit.send(part);
        visit.abort();
    };
}

ScriptedApi::ScriptedApi(std::string user) {
    http::Handler& handler = *this;
    server_.emplace(io_.get_executor(), handler);
    server_->bind("127.0.0.1", 0);
    server_->start();
    const auto kubeconfig = folder_.path() / "config";
    spill(kubeconfig, fmt::format(R"({{"apiVersion": "v1", "kind": "Config", "current-context": "here",
"clusters": [{{"name": "c", "cluster": {{"server": "{}"}}}}], "users": [{{"name": "u", "user": {}}}],
"contexts": [{{"name": "here", "context": {{"cluster": "c", "user": "u", "namespace": "tools"}}}}]}})",
                                  server(), user));
    const Environment environment{{{"KUBECONFIG", kubeconfig.string()}}};
    api_.emplace(cluster::Access::from(environment, {}));
}

ScriptedApi::~ScriptedApi() {
    api_.reset();
    server_->close();
    io_.restart();
    io_.poll();
}

std::string ScriptedApi::server() const {
    return fmt::format("http://127.0.0.1:{}", server_->port());
}

ScriptedApi::Rule& ScriptedApi::rule(const std::string& text) {
    const auto found = std::ranges::find(rules_, text, &Rule::text);
    if (found != rules_.end()) return *found;
    rules_.push_back({.text = text, .answers = {}, .always = {}});
    return rules_.back();
}

void ScriptedApi::on(const std::string& text, std::vector<Answer> answers) {
    auto& queue = rule(text).answers;
    queue.insert(queue.end(), answers.begin(), answers.end());
}

void ScriptedApi::always(const std::string& text, Answer answer) {
    rule(text).always = std::move(answer);
}

std::vector<std::string> ScriptedApi::targets(const std::string& text) const {
    std::vector<std::string> found;
    for (const auto& seen : seen_)
        if (fmt::format("{} {}", seen.method, seen.target).find(text) != std::string::npos)
            found.push_back(seen.target);
    return found;
}

void ScriptedApi::request(http::Visit& visit) {
    seen_.push_back({.method = std::string{visit.method()},
                     .target = std::string{visit.target()},
                     .authorization = field_of(visit, "authorization"),
                     .content_type = field_of(visit, "content-type"),
                     .body = std::string{visit.body()}});
    const auto line = fmt::format("{} {}", visit.method(), visit.target());
    for (auto& rule : rules_) {
        if (line.find(rule.text) == std::string::npos) continue;
        if (!rule.answers.empty()) {
            const auto answer = std::move(rule.answers.front());
            rule.answers.pop_front();
            answer(visit);
            return;
        }
        if (rule.always) {
            rule.always(visit);
            return;
        }
    }
    if (otherwise_) return otherwise_(visit);
    visit.answer(599, "", "no answer is scripted");
}

} // namespace thv::test
