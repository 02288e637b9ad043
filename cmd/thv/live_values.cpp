// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/live_values.hpp"

#include "io/deadline.hpp"
#include "io/log.hpp"
#include "secrets/values.hpp"
#include "thv/secret_users.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace thv::commands {

namespace {

using cli::Candidate;
using cli::Completer;
using cli::Completion;
using Candidates = std::vector<Candidate>;
using Json = nlohmann::ordered_json;

constexpr auto images_patience = std::chrono::milliseconds{100};
constexpr auto mcp_patience = std::chrono::seconds{1};

bool wanted(Completer which, bool running) {
    if (which == Completer::running_workload) return running;
    if (which == Completer::stopped_workload) return !running;
    return true;
}

std::string described(std::string_view state, const std::string& group, const std::string& what) {
    return fmt::format("{}, {}, {}", state, group, what);
}

Json properties_of(const Json& tool) {
    const auto schema = tool.value("inputSchema", Json::object());
    return schema.is_object() ? schema.value("properties", Json::object()) : Json::object();
}

/// "key=" for each argument of a tool that has not been given, or the values of the one that is being typed.
Candidates arguments_of(const Json& tool, Completion& completion) {
    Candidates candidates;
    const auto properties = properties_of(tool);
    if (!properties.is_object()) return candidates;
    const auto equals = completion.typed.find('=');
    if (equals != std::string::npos) {
        const auto name = completion.typed.substr(0, equals);
        completion.before = completion.typed.substr(0, equals + 1);
        completion.typed = completion.typed.substr(equals + 1);
        if (!properties.contains(name) || !properties[name].is_object()) return candidates;
        if (text_of(properties[name], "type") == "boolean") return {{"true"}, {"false"}};
        for (const auto& value : properties[name].value("enum", Json::array()))
            candidates.push_back({value.is_string() ? value.get<std::string>() : value.dump()});
        return candidates;
    }
    for (const auto& [name, schema] : properties.items()) {
        const auto given = [&prefix = name](const std::string& word) {
            return word.starts_with(prefix + "=") || word.starts_with(prefix + ":=");
        };
        if (!schema.is_object() || std::ranges::any_of(completion.arguments, given)) continue;
        candidates.push_back(
            {name + "=", fmt::format("{} {}", text_of(schema, "type"), text_of(schema, "description"))});
    }
    return candidates;
}

Task<Json> ask_tools(McpTarget target, Lazy<Query> query, Lazy<McpDialer> dialer) {
    const auto session = co_await dial(std::move(target), query, dialer());
    auto tools = co_await finish(*session, list_all(*session, "tools"));
    co_return tools;
}

} // namespace

LiveValues::LiveValues(const cli::Ports& ports)
    : platform_(ports.get<const Platform>())
    , run_configs_(ports)
    , supervisors_(ports)
    , query_(ports)
    , grouping_(ports)
    , registry_(ports)
    , dialer_(ports)
    , kube_names_(ports)
    , local_images_(ports)
    , environment_(ports) {}

Candidates LiveValues::workloads_of_engine(Completer which) const {
    Candidates candidates;
    const auto& supervisors = supervisors_();
    for (const auto& name : run_configs_().names()) {
        const bool running = supervisors.alive(name);
        if (!wanted(which, running)) continue;
        std::string description;
        try {
            if (const auto config = run_configs_().load(name))
                description = described(running ? "running" : "stopped", config->group,
                                        config->remote_url.empty() ? config->image : config->remote_url);
        } catch (const Error&) {
            description = "its run config cannot be read";
        }
        candidates.push_back({name, std::move(description)});
    }
    return candidates;
}

Task<Candidates> LiveValues::workloads_of_cluster(Completer which) const {
    Candidates candidates;
    const auto take = [&candidates, which](const Workload& workload) {
        if (wanted(which, !at_rest(workload.state)))
            candidates.push_back(
                {workload.name, described(to_string(workload.state), workload.group, workload.package)});
    };
    co_await query_().scan({}, take);
    co_return candidates;
}

Task<Candidates> LiveValues::workloads(Completer which) const {
    if (platform_ == Platform::engine) co_return workloads_of_engine(which);
    auto candidates = co_await workloads_of_cluster(which);
    co_return candidates;
}

Task<Candidates> LiveValues::groups() const {
    Candidates candidates;
    for (const auto& group : co_await grouping_().groups())
        candidates.push_back({group.name});
    co_return candidates;
}

Candidates LiveValues::servers() const {
    Candidates candidates;
    for (const auto& entry : registry_().at_hand().entries)
        candidates.push_back({entry.name, entry.description});
    return candidates;
}

Task<Candidates> LiveValues::images() const {
    auto candidates = servers();
    std::set<std::string> seen;
    if (platform_ == Platform::cluster) co_return candidates;
    for (const auto& config : run_configs_().scan().configs)
        if (!config.image.empty() && seen.insert(config.image).second)
            candidates.push_back({config.image, fmt::format("the image of {}", key(config))});
    try {
        for (auto& image : co_await with_deadline(local_images_().references(), images_patience, "asking for images"))
            if (seen.insert(image).second) candidates.push_back({std::move(image), "a local image"});
    } catch (const Error& error) {
        log::debug("{}", error.message()); // what is known without the engine is offered nevertheless
    }
    co_return candidates;
}

/// The store is locked, but what workloads use, and what the environment holds, is known.
Candidates LiveValues::secrets(std::string_view behind) const {
    std::map<std::string, std::string> known;
    for (const auto& [name, users] : secret_users(run_configs_()))
        known.emplace(name, fmt::format("used by {}", fmt::join(users, ", ")));
    const auto prefix = secrets::variable_of("");
    for (const auto& entry : environment_().entries())
        if (entry.starts_with(prefix))
            known.try_emplace(entry.substr(prefix.size(), entry.find('=') - prefix.size()), "of the environment");
    Candidates candidates;
    for (auto& [name, description] : known)
        candidates.push_back({fmt::format("{}{}", name, behind), std::move(description)});
    return candidates;
}

/// SERVER TOOL [KEY=VALUE...], or without SERVER when --server names it.
Task<Candidates> LiveValues::tool_call(Completion& completion) const {
    McpTarget target;
    target.patience = mcp_patience;
    auto& words = completion.arguments;
    const auto named = completion.options.find("--server");
    if (named != completion.options.end()) {
        target.server = named->second;
    } else if (words.empty()) {
        auto names = co_await workloads(Completer::running_workload);
        co_return names;
    } else {
        target.server = words.front();
        words.erase(words.begin());
    }
    const auto tools = co_await ask_tools(std::move(target), query_, dialer_);
    Candidates candidates;
    for (const auto& tool : tools) {
        const auto name = text_of(tool, "name");
        if (words.empty())
            candidates.push_back({name, text_of(tool, "description")});
        else if (name == words.front())
            candidates = arguments_of(tool, completion);
    }
    co_return candidates;
}

/// [tools|resources|prompts] [SERVER]
Task<Candidates> LiveValues::mcp_list(Completion& completion) const {
    Candidates candidates;
    if (completion.arguments.empty()) candidates = {{"tools"}, {"resources"}, {"prompts"}};
    if (completion.options.contains("--server")) co_return candidates;
    for (auto& workload : co_await workloads(Completer::running_workload))
        candidates.push_back(std::move(workload));
    co_return candidates;
}

Task<Candidates> LiveValues::of(Completion& completion) const {
    Candidates candidates;
    switch (completion.completer) {
    case Completer::workload:
    case Completer::running_workload:
    case Completer::stopped_workload:
        candidates = co_await workloads(completion.completer);
        co_return candidates;
    case Completer::group:
        candidates = co_await groups();
        co_return candidates;
    case Completer::image:
        candidates = co_await images();
        co_return candidates;
    case Completer::server:
        co_return servers();
    case Completer::secret:
        co_return secrets("");
    case Completer::secret_use:
        co_return secrets(",target=");
    case Completer::profile:
        co_return Candidates{{"none", "nothing of the network"}, {"network", "the whole network"}};
    case Completer::context:
        co_return kube_names_().contexts();
    case Completer::name_space:
        for (auto& name : co_await kube_names_().namespaces())
            candidates.push_back({std::move(name)});
        co_return candidates;
    case Completer::tool_call:
        candidates = co_await tool_call(completion);
        co_return candidates;
    case Completer::mcp_list:
        candidates = co_await mcp_list(completion);
        co_return candidates;
    case Completer::none:
    case Completer::file:
        break;
    }
    co_return candidates;
}

Task<> LiveValues::add(Completion& completion) const {
    auto found = co_await of(completion);
    const auto& given = completion.arguments;
    for (auto& candidate : found)
        if (std::ranges::find(given, candidate.word) == given.end())
            completion.candidates.push_back(std::move(candidate));
}

} // namespace thv::commands
