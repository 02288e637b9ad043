// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/document.hpp"
#include "core/json.hpp"
#include "thv/config_file.hpp"
#include "thv/mcp_commands.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::commands {

using Json = nlohmann::ordered_json;

constexpr Doc McpCall::doc{
    .name = "mcp call",
    .summary = "call a tool of a server",
    .description =
        "The server is the name of a workload that runs, or a URL. Arguments are KEY=VALUE, where the tool's "
        "schema says what kind of value it is, or KEY:=JSON; or one JSON object with --args, or from stdin "
        "when the only argument is '-'.\n\nThe exit code is 1 when the tool reports an error.",
    .examples = "thv mcp call weather forecast city=Lisbon days=3\n"
                "thv mcp call weather forecast --args '{\"city\": \"Lisbon\"}' -o json\n"
                "thv mcp call --server http://127.0.0.1:8000/mcp echo text=hello\n"
                "echo '{\"text\": \"hello\"}' | thv mcp call fetch echo -",
    .arguments = "SERVER TOOL [KEY=VALUE... | -]",
};

void McpCall::declare(Args& args) {
    args.positional("WORDS", words, "the server (unless --server names it), the tool, and its arguments")
        .completes(cli::Completer::tool_call);
    target.declare(args);
    args.option("--args", arguments, "the arguments as one JSON object").placeholder("JSON");
    args.option("--args-file", arguments_file, "the same from a file, or from stdin for '-'")
        .placeholder("FILE")
        .completes(cli::Completer::file);
    args.flag("--ignore-tool-error", ignore_tool_error, "exit code 0 even when the tool reports an error");
    output.declare(args);
}

namespace {

constexpr std::size_t largest_arguments = 8U << 20U;

struct Call {
    McpTarget target;
    std::string tool;
    std::vector<std::string> pairs;
};

Call call_of(const McpCall& command) {
    Call call{.target = command.target, .tool = {}, .pairs = command.words};
    const auto take = [&call](const char* what) {
        if (call.pairs.empty()) throw Error{Fault::usage, fmt::format("'thv mcp call' needs {}", what)};
        auto word = call.pairs.front();
        call.pairs.erase(call.pairs.begin());
        return word;
    };
    if (call.target.server.empty()) call.target.server = take("SERVER");
    call.tool = take("TOOL");
    return call;
}

Json object_from(std::string_view text, std::string_view where) {
    auto object = parse_json(text, where, {.bytes = largest_arguments, .depth = 64, .members = 4096});
    if (!object.is_object()) throw Error{Fault::usage, fmt::format("{} is no JSON object", where)};
    return object;
}

/// The object that was given as a whole, if any.
std::optional<Json> whole_arguments(const McpCall& command, Call& call, Console& console) {
    const bool from_stdin = call.pairs == std::vector<std::string>{"-"};
    if (from_stdin) call.pairs.clear();
    const int ways = (from_stdin ? 1 : 0) + (command.arguments ? 1 : 0) + (command.arguments_file ? 1 : 0);
    if (ways + (call.pairs.empty() ? 0 : 1) > 1)
        throw Error{Fault::usage, "KEY=VALUE, --args, --args-file and '-' exclude each other"};
    if (from_stdin) return object_from(console.read_all(largest_arguments), "stdin");
    if (command.arguments) return object_from(*command.arguments, "--args");
    if (!command.arguments_file) return std::nullopt;
    const auto text = read_input("--args-file", *command.arguments_file, "", console, largest_arguments);
    return object_from(text, called(*command.arguments_file));
}

Json schema_of(const Json& tools, const std::string& tool) {
    for (const auto& item : tools)
        if (item.is_object() && item.value("name", Json{}) == tool) return item.value("inputSchema", Json::object());
    return Json::object();
}

std::string type_in(const Json& schema, const std::string& key) {
    if (!schema.is_object() || !schema.contains("properties")) return {};
    const auto& properties = schema["properties"];
    if (!properties.is_object() || !properties.contains(key) || !properties[key].is_object()) return {};
    const auto type = properties[key].value("type", Json{});
    return type.is_string() ? type.get<std::string>() : std::string{};
}

Json typed_value(const std::string& key, const std::string& text, const std::string& type) {
    if (type.empty() || type == "string") return text;
    const auto where = fmt::format("the value of '{}', which is of type {},", key, type);
    auto value = parse_json(text, where);
    const bool fits = (type == "integer" && value.is_number_integer()) || (type == "number" && value.is_number()) ||
                      (type == "boolean" && value.is_boolean()) || (type == "array" && value.is_array()) ||
                      (type == "object" && value.is_object()) || (type == "null" && value.is_null());
    if (!fits) throw Error{Fault::usage, fmt::format("'{}' must be of type {}", key, type)};
    return value;
}

std::string content_text(const Json& item) {
    const auto text = [&item](const char* key) {
        const auto value = item.value(key, Json{});
        return value.is_string() ? value.get<std::string>() : std::string{};
    };
    const auto type = text("type");
    if (type == "text") return text("text");
    if (type == "image" || type == "audio")
        return fmt::format("[{}: {}, {} characters of base64]", type, text("mimeType"), text("data").size());
    if (type == "resource_link") return fmt::format("[resource: {}]", text("uri"));
    const auto resource = item.value("resource", Json{});
    if (type == "resource" && resource.is_object()) {
        const auto body = resource.value("text", Json{});
        return body.is_string() ? body.get<std::string>()
                                : fmt::format("[resource: {}]", resource.value("uri", Json{}).dump());
    }
    return cli::json_text(item);
}

/// The lines of a text from a server, harmless for a terminal.
void print_text(const std::string& text, Console& console) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        const auto line = rest.substr(0, end);
        console.print(console.terminal().out ? cli::printable_log(line) : line);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
}

void print(const Json& result, Console& console) {
    const auto content = result.value("content", Json::array());
    for (const auto& item : content)
        if (item.is_object()) print_text(content_text(item), console);
    if (content.empty() && result.contains("structuredContent"))
        console.write(cli::json_text(result["structuredContent"]));
}

} // namespace

Json arguments_from(const std::vector<std::string>& pairs, const Json& schema) {
    Json arguments = Json::object();
    for (const auto& pair : pairs) {
        const auto equals = std::min(pair.find('='), pair.size());
        const bool raw = equals > 0 && equals < pair.size() && pair[equals - 1] == ':';
        const auto key = pair.substr(0, raw ? equals - 1 : equals);
        if (equals == pair.size() || key.empty())
            throw Error{Fault::usage, fmt::format("'{}' is no argument", pair)}.hint("write KEY=VALUE, or KEY:=JSON");
        const auto text = pair.substr(equals + 1);
        arguments[key] = raw ? parse_json(text, fmt::format("the value of '{}'", key))
                             : typed_value(key, text, type_in(schema, key));
    }
    return arguments;
}

namespace {

Task<Json> call_tool(McpSession& session, std::string tool, std::vector<std::string> pairs, std::optional<Json> whole) {
    Json params = Json::object();
    params["name"] = tool;
    if (whole) {
        params["arguments"] = *std::move(whole);
    } else {
        Json tools = Json::array();
        if (!pairs.empty()) tools = co_await list_all(session, "tools");
        params["arguments"] = arguments_from(pairs, schema_of(tools, tool));
    }
    auto result = co_await session.request("tools/call", std::move(params));
    co_return result;
}

} // namespace

Task<int> McpCall::run(Lazy<Query> query, McpDialer& dialer, Console& console) const {
    auto call = call_of(*this);
    auto whole = whole_arguments(*this, call, console);
    const auto session = co_await dial(call.target, query, dialer);
    auto calling = call_tool(*session, call.tool, call.pairs, std::move(whole));
    const auto result = co_await finish(*session, std::move(calling));
    cli::print_thing(output, call.tool, result, [&] { print(result, console); }, console);
    if (result.value("isError", Json{}) != true) co_return 0;
    console.complain(Error{Fault::internal, fmt::format("tool \"{}\" reported an error", cli::printable(call.tool))});
    co_return ignore_tool_error ? 0 : exit_code(Fault::internal);
}

} // namespace thv::commands
