// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/help.hpp"

#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace thv::cli {

namespace {

struct Row {
    std::string left;
    std::string right;
};

/// Two columns; a left side that is too long gets a line of its own.
std::string rows(const std::vector<Row>& entries) {
    constexpr std::size_t most = 28;
    std::size_t column = 0;
    for (const auto& entry : entries)
        if (entry.left.size() <= most) column = std::max(column, entry.left.size());
    std::string text;
    for (const auto& entry : entries) {
        const auto right = wrap(entry.right, column + 4);
        if (entry.left.size() > column)
            text += fmt::format("  {}\n{}", entry.left, right);
        else
            text += fmt::format("  {:<{}}  {}", entry.left, column, right.substr(column + 4));
    }
    return text;
}

std::string section(std::string_view title, const std::string& body) {
    return body.empty() ? std::string{} : fmt::format("\n{}:\n{}", title, body);
}

std::string indented(std::string_view text) {
    std::string lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines += fmt::format("  {}\n", text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

Row row_of(OptionText text) {
    if (const auto comma = text.names.find(','); comma != std::string::npos)
        text.names.insert(comma + 1, " ");
    else
        text.names.insert(0, "    ");
    return {text.placeholder.empty() ? text.names : fmt::format("{} {}", text.names, text.placeholder),
            std::move(text.help)};
}

std::vector<Row> common_rows() {
    std::vector<Row> entries;
    for (const auto& option : common_options())
        entries.push_back(row_of(text_of(option)));
    return entries;
}

template <class Choices>
std::string with_choices(std::string_view help, const Choices& choices) {
    return choices.empty() ? std::string{help} : fmt::format("{} ({})", help, fmt::join(choices, ", "));
}

/// Those that are used daily, and --help; or those that are rare.
std::string options_of(const Args& args, bool rare) {
    std::vector<Row> entries;
    for (const auto& parameter : args.parameters())
        if (!parameter.argument() && !parameter.hidden && parameter.rare == rare)
            entries.push_back(row_of(text_of(parameter)));
    if (!rare) entries.push_back(row_of(text_of(*find_common_option("--help"))));
    return rows(entries);
}

std::string arguments_of(const Args& args) {
    std::vector<Row> entries;
    for (const auto& parameter : args.parameters())
        if (parameter.argument() && !parameter.hidden) entries.push_back({parameter.names, text_of(parameter).help});
    return rows(entries);
}

std::vector<Row> topics_of(const Program& program) {
    std::vector<Row> entries;
    for (const auto& topic : program.topics)
        entries.push_back({fmt::format("{} help {}", program.name, topic.name), std::string{topic.summary}});
    return entries;
}

} // namespace

OptionText text_of(const Parameter& parameter) {
    return {parameter.names, parameter.value, with_choices(parameter.help, parameter.choices)};
}

OptionText text_of(const CommonOption& option) {
    return {option.names(), std::string{option.placeholder}, with_choices(option.help, option.choices)};
}

std::string wrap(std::string_view text, std::size_t indent, std::size_t width) {
    const std::string margin(indent, ' ');
    std::string lines;
    std::string line;
    const auto finish = [&] {
        lines += line.empty() ? "\n" : margin + line + "\n";
        line.clear();
    };
    while (!text.empty()) {
        const auto end = text.find_first_of(" \n");
        const auto word = text.substr(0, end);
        if (!line.empty() && indent + width_of(line) + 1 + width_of(word) > width) finish();
        if (!word.empty()) line += line.empty() ? std::string{word} : fmt::format(" {}", word);
        if (end != std::string_view::npos && text[end] == '\n') finish();
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    if (!line.empty()) finish();
    return lines;
}

std::string usage_of(const Args& args) {
    std::string usage;
    for (const auto& parameter : args.parameters()) {
        if (!parameter.argument() || parameter.hidden) continue;
        const std::string dashes = parameter.kind == Parameter::Kind::rest ? "-- " : "";
        const auto name = fmt::format("{}{}{}", dashes, parameter.names, parameter.repeatable ? "..." : "");
        usage += parameter.required ? fmt::format(" {}", name) : fmt::format(" [{}]", name);
    }
    return usage;
}

std::string program_help(const Program& program) {
    std::vector<Row> entries;
    std::map<std::string_view, std::string> families;
    for (const auto& entry : program.commands) {
        if (entry.doc->hidden) continue;
        const auto name = entry.doc->name;
        const auto space = name.find(' ');
        if (space == std::string_view::npos) {
            entries.push_back({std::string{name}, std::string{entry.doc->summary}});
            continue;
        }
        const auto family = name.substr(0, space);
        auto& words = families[family];
        words += fmt::format("{}{}", words.empty() ? "" : ", ", name.substr(space + 1));
    }
    for (const auto& [family, words] : families)
        entries.push_back({std::string{family}, words});
    std::ranges::sort(entries, {}, &Row::left);

    return fmt::format("{}\n\nUsage: {} COMMAND [OPTIONS]\n", program.summary, program.name) +
           section("Examples", indented(program.examples)) + section("Commands", rows(entries)) +
           section("Options", rows(common_rows())) + section("More help", rows(topics_of(program))) +
           fmt::format("\n{}", program.footer);
}

std::string topic_help(const Program& program, std::string_view name) {
    const auto found = std::ranges::find(program.topics, name, &Topic::name);
    return found == program.topics.end() ? std::string{} : fmt::format("{}\n", found->text);
}

std::string family_help(const Program& program, std::string_view family) {
    std::vector<Row> entries;
    for (const auto& entry : program.commands) {
        const auto name = entry.doc->name;
        if (entry.doc->hidden || !name.starts_with(family) || name.substr(family.size(), 1) != " ") continue;
        entries.push_back({std::string{name.substr(family.size() + 1)}, std::string{entry.doc->summary}});
    }
    return fmt::format("Usage: {} {} COMMAND [OPTIONS]\n", program.name, family) + section("Commands", rows(entries));
}

std::string command_help(const Program& program, const Doc& doc, const Args& args) {
    const auto arguments = doc.arguments.empty() ? usage_of(args) : fmt::format(" {}", doc.arguments);
    std::string text = fmt::format("Usage: {} {} [OPTIONS]{}\n\n", program.name, doc.name, arguments);
    std::string summary{doc.summary};
    if (!summary.empty())
        summary.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(summary.front())));
    text += wrap(summary + ".", 0);
    text += section("Examples", indented(doc.examples));
    if (!doc.description.empty()) text += "\n" + wrap(doc.description, 0);
    if (!doc.aliases.empty()) {
        std::string aliases{doc.aliases};
        for (std::size_t at = 0; (at = aliases.find(' ', at)) != std::string::npos; at += 2)
            aliases.replace(at, 1, ", ");
        text += fmt::format("\nAliases: {}\n", aliases);
    }
    return text + section("Arguments", arguments_of(args)) + section("Options", options_of(args, false)) +
           section("More options", options_of(args, true)) +
           fmt::format("\nOptions of every command are in '{} --help'.\n", program.name);
}

} // namespace thv::cli
