// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/mcp_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace thv::commands {

using Json = nlohmann::ordered_json;

constexpr Doc McpList::doc{
    .name = "mcp list",
    .summary = "list the tools, resources and prompts of a server",
    .description = "The server is the name of a workload that runs, or a URL.",
    .examples = "thv mcp list weather\nthv mcp list tools weather -o json\n"
                "thv mcp list tools --server http://127.0.0.1:8000/mcp",
    .arguments = "[tools|resources|prompts] SERVER",
    .aliases = "ls",
};

void McpTarget::declare(Args& args) {
    args.option("--server", server, "the server: a workload's name, or a URL")
        .placeholder("SERVER")
        .completes(cli::Completer::running_workload);
    args.option("--transport", transport, "how the server speaks")
        .placeholder("KIND")
        .one_of({"auto", "sse", "streamable-http"});
    args.option("--ca-cert", ca_file, "trust the servers of these authorities (PEM) instead of the system's, for https")
        .placeholder("FILE")
        .completes(cli::Completer::file);
    args.option("--timeout", patience, "how long to wait for each answer (30s)");
}

void McpList::declare(Args& args) {
    args.positional("KIND SERVER", words, "what to list (everything), and of which server")
        .completes(cli::Completer::mcp_list);
    target.declare(args);
    output.declare_list(args);
}

namespace {

constexpr std::array kinds{"tools", "resources", "prompts"};
constexpr int most_pages = 1000;
constexpr std::size_t most_items = 100'000;

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char byte) { return std::toupper(byte); });
    return text;
}

cli::Shape shape_of(const std::string& kind) {
    if (kind == "resources") return {{{.heading = "NAME"}, {.heading = "URI"}, {.heading = "DESCRIPTION"}}, {}};
    return {{{.heading = "NAME"}, {.heading = "DESCRIPTION"}}, {}};
}

void add_items(cli::Records& records, const std::string& kind, const Json& items) {
    for (const auto& item : items) {
        const auto cells = [&kind, &item] {
            std::vector<std::string> row{text_of(item, "name")};
            if (kind == "resources") row.push_back(text_of(item, "uri"));
            row.push_back(first_line(text_of(item, "description")));
            return row;
        };
        const auto document = [&kind, &item] {
            Json whole{{"kind", kind.substr(0, kind.size() - 1)}};
            whole.update(item);
            return whole;
        };
        records.add({text_of(item, "name"), cells, document});
    }
}

/// A table for each kind.
void print_tables(const cli::Output& output, const Json& found, Console& console) {
    bool first = true;
    for (const auto& [kind, items] : found.items()) {
        if (items.empty()) continue;
        if (!first) console.print("");
        first = false;
        if (found.size() > 1) console.print(upper(kind) + ":");
        const auto records = cli::records_for(output, shape_of(kind), console);
        add_items(*records, kind, items);
        records->finish();
    }
    if (first) console.say("The server offers nothing of this");
}

void print(const cli::Output& output, const Json& found, Console& console) {
    if (output.text()) return print_tables(output, found, console);
    if (output.document()) return cli::print_thing(output, {}, found, [] {}, console);
    const auto records = cli::records_for(output, {}, console);
    for (const auto& [kind, items] : found.items())
        add_items(*records, kind, items);
    records->finish();
}

struct Wish {
    std::vector<std::string> kinds;
    McpTarget target;
};

Wish wish_of(const McpList& command) {
    auto words = command.words;
    Wish wish{.kinds = {kinds.begin(), kinds.end()}, .target = command.target};
    if (!words.empty() && std::ranges::find(kinds, words.front()) != kinds.end()) {
        wish.kinds = {words.front()};
        words.erase(words.begin());
    }
    if (!words.empty() && wish.target.server.empty()) {
        wish.target.server = words.front();
        words.erase(words.begin());
    }
    if (!words.empty())
        throw Error{Fault::usage, fmt::format("unexpected argument '{}' for 'thv mcp list'", words.front())};
    return wish;
}

} // namespace

std::string text_of(const Json& item, const char* key) {
    const auto found = item.is_object() ? item.find(key) : item.end();
    return item.is_object() && found != item.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Task<Json> list_all(McpSession& session, std::string what) {
    auto items = Json::array();
    const auto& server = session.server();
    if (!server.contains("capabilities") || !server["capabilities"].contains(what)) co_return items;
    Json params = Json::object();
    for (int page = 0; page < most_pages && items.size() < most_items; ++page) {
        const auto result = co_await session.request(what + "/list", params);
        const auto found = result.find(what);
        if (found == result.end() || !found->is_array())
            throw Error{Fault::internal, fmt::format("the server's list of {} is no list", what)};
        for (const auto& item : *found)
            items.push_back(item);
        const auto cursor = result.find("nextCursor");
        if (cursor == result.end() || !cursor->is_string() || params.value("cursor", Json{}) == *cursor)
            co_return items;
        params["cursor"] = *cursor;
    }
    throw Error{Fault::internal, fmt::format("the server's list of {} does not end", what)};
}

Task<Json> finish(McpSession& session, Task<Json> work) {
    Json result;
    std::exception_ptr failure;
    try {
        result = co_await std::move(work);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await session.close();
    if (failure) std::rethrow_exception(failure);
    co_return result;
}

Task<std::unique_ptr<McpSession>> dial(McpTarget target, Lazy<Query> query, McpDialer& dialer) {
    if (target.server.empty())
        throw Error{Fault::usage, "no server was named"}.hint("give the name of a workload, or a URL");
    McpDial call{.url = target.server, .patience = target.patience, .ca_file = target.ca_file};
    if (target.transport != "auto") call.mode = value_or_throw(parse_proxy_mode(target.transport));
    if (call.url.find("://") == std::string::npos) {
        auto name = value_or_throw(WorkloadName::parse(call.url));
        const auto workload = co_await find_served(query(), std::move(name));
        call.url = workload.url;
        if (const auto own = parse_proxy_mode(workload.proxy_mode); own && !call.mode) call.mode = *own;
    }
    auto session = co_await dialer.open(std::move(call));
    co_return session;
}

namespace {

Task<Json> list_kinds(McpSession& session, std::vector<std::string> wanted) {
    Json found = Json::object();
    for (const auto& kind : wanted) {
        auto items = co_await list_all(session, kind);
        found[kind] = std::move(items);
    }
    co_return found;
}

} // namespace

Task<> McpList::run(Lazy<Query> query, McpDialer& dialer, Console& console) const {
    const auto wish = wish_of(*this);
    const auto session = co_await dial(wish.target, query, dialer);
    auto listing = list_kinds(*session, wish.kinds);
    const auto found = co_await finish(*session, std::move(listing));
    print(output, found, console);
}

} // namespace thv::commands
