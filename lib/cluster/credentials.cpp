// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/credentials.hpp"

#include "core/base64.hpp"
#include "core/error.hpp"
#include "io/files.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <utility>

namespace thv::cluster {

namespace {

constexpr auto file_age = std::chrono::minutes{1};
constexpr std::size_t longest_token = 1U << 20U;

std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    text.erase(0, text.find_first_not_of(" \t\r\n"));
    return text;
}

/// Fields of extra data are named by their key, in which everything is escaped that a field's name may not hold.
std::string field_name(const std::string& key) {
    std::string name = "Impersonate-Extra-";
    for (const char c : key) {
        const bool token = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view{"!#$&'*+-.^_`|~"}.find(c) != std::string_view::npos;
        name += token ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return name;
}

} // namespace

Credentials::Credentials(Settings settings, std::string ca, Environment environment)
    : settings_(std::move(settings))
    , ca_(std::move(ca))
    , environment_(std::move(environment)) {}

std::string Credentials::token() {
    const auto& user = settings_.user;
    if (user.token_file.empty()) return user.token;
    if (file_read_ && Clock::now() - *file_read_ < file_age) return file_token_;
    std::optional<Error> unreadable;
    std::string text;
    try {
        text = trimmed(read_file(user.token_file, longest_token).value_or(""));
    } catch (const Error& error) {
        unreadable = error;
    }
    if (!text.empty()) {
        file_token_ = std::move(text);
        file_read_ = Clock::now();
        return file_token_;
    }
    // While it is being replaced the token of before may still do; so may the one beside it.
    if (!file_token_.empty()) return file_token_;
    if (!user.token.empty()) return user.token;
    if (unreadable) throw Error{*unreadable};
    throw Error{Fault::not_found, fmt::format("there is no token in '{}'", user.token_file)};
}

bool Credentials::plugin_is_needed() const {
    if (!handed_out_ || stale_) return true;
    const auto& expires = handed_out_->expires;
    return expires && now() >= *expires;
}

Task<> Credentials::run_plugin_once() {
    const auto& plugin = settings_.user.exec;
    while (plugin && plugin_is_needed()) {
        if (running_) {
            // If the task that runs it fails, so that the credential is still needed, this one tries itself.
            const auto running = running_;
            co_await running->wait();
            continue;
        }
        const auto executor = co_await asio::this_coro::executor;
        running_ = std::make_shared<Event>(executor);
        struct Done {
            std::shared_ptr<Event>& event;
            ~Done() { std::exchange(event, nullptr)->set(); }
        } const done{running_};
        const bool talks = interactive(*plugin);
        Surroundings surroundings{.info = exec_info(*plugin, settings_.cluster, ca_, talks),
                                  .interactive = talks,
                                  .environment = environment_};
        auto credential = co_await run_plugin(*plugin, std::move(surroundings));
        handed_out_ = std::make_unique<ExecCredential>(std::move(credential));
        stale_ = false;
        co_return; // even when it has expired already: the server decides
    }
}

http::Headers Credentials::impersonation() const {
    const auto& user = settings_.user;
    http::Headers fields;
    if (!user.as.empty()) fields.emplace_back("Impersonate-User", user.as);
    if (!user.as_uid.empty()) fields.emplace_back("Impersonate-Uid", user.as_uid);
    for (const auto& group : user.as_groups)
        fields.emplace_back("Impersonate-Group", group);
    for (const auto& [key, values] : user.as_extra)
        for (const auto& value : values)
            fields.emplace_back(field_name(key), value);
    return fields;
}

Task<http::Headers> Credentials::headers() {
    const auto& user = settings_.user;
    auto fields = impersonation();
    auto bearer = token();
    const bool password = !user.username.empty() || !user.password.empty();
    if (bearer.empty() && !password && user.exec) {
        co_await run_plugin_once();
        bearer = handed_out_->token;
    }
    if (!bearer.empty())
        fields.emplace_back("Authorization", "Bearer " + bearer);
    else if (password)
        fields.emplace_back("Authorization", "Basic " + base64_encode(user.username + ":" + user.password));
    co_return fields;
}

Task<bool> Credentials::refresh() {
    const auto& user = settings_.user;
    if (!user.token_file.empty()) {
        file_read_.reset();
        co_return true;
    }
    if (!user.exec || !handed_out_) co_return false;
    // Several requests may be refused at once; those that come while the plugin runs wait for the same answer.
    if (!running_) stale_ = true;
    co_await run_plugin_once();
    co_return true;
}

} // namespace thv::cluster
