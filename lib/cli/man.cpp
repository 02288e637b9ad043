// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/man.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace thv::cli {

namespace {

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char byte) { return std::toupper(byte); });
    return text;
}

std::string page_name(const Program& program, std::string_view command) {
    auto name = fmt::format("{}-{}", program.name, command);
    std::ranges::replace(name, ' ', '-');
    return name;
}

std::string heading(const Program& program, const std::string& page, std::string_view summary) {
    return fmt::format(".\\\" Made by '{} __man'; change the command table instead.\n"
                       ".TH {} 1 \"{}\" \"{} {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n",
                       program.name, roff(upper(page)), program.date, program.name, program.version, roff(page),
                       roff(summary));
}

/// Paragraphs that are separated by empty lines.
std::string paragraphs(std::string_view text) {
    std::string body;
    while (!text.empty()) {
        const auto end = text.find("\n\n");
        if (!body.empty()) body += ".PP\n";
        body += roff(text.substr(0, end)) + "\n";
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    }
    return body;
}

std::string section(std::string_view title, const std::string& body) {
    return body.empty() ? std::string{} : fmt::format(".SH {}\n{}", title, body);
}

/// Lines that are shown as they are.
std::string verbatim(std::string_view text) {
    std::string lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines += roff(text.substr(0, end)) + "\n";
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines.empty() ? lines : fmt::format(".nf\n{}.fi\n", lines);
}

std::string described(OptionText text) {
    if (const auto comma = text.names.find(','); comma != std::string::npos) text.names.replace(comma, 1, "\\fR, \\fB");
    std::string escaped;
    for (const char byte : text.names)
        escaped += byte == '-' ? std::string{"\\-"} : std::string{byte};
    const auto value = text.placeholder.empty() ? "" : fmt::format(" \\fI{}\\fR", roff(text.placeholder));
    return fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", escaped, value, roff(text.help));
}

std::string common_options_described() {
    auto body = roff("Every command takes these, before its name or behind it. One that has an option -n of its own "
                     "knows --namespace in full only.\n");
    for (const auto& option : common_options())
        body += described(text_of(option));
    return body;
}

std::string parameters(const Args& args, bool arguments) {
    std::string body;
    for (const bool rare : {false, true})
        for (const auto& parameter : args.parameters())
            if (parameter.argument() == arguments && !parameter.hidden && parameter.rare == rare)
                body += described(text_of(parameter));
    return body;
}

std::string options_of(const Program& program, const Args& args) {
    const auto own = parameters(args, false);
    return fmt::format("{}{}Options of every command are in \\fB{}\\fR(1).\n", own, own.empty() ? "" : ".PP\n",
                       program.name);
}

/// "a(1) b(5)" as a list.
std::string references(std::string_view pages) {
    std::string list;
    while (!pages.empty()) {
        const auto page = pages.substr(0, pages.find(' '));
        pages.remove_prefix(std::min(page.size() + 1, pages.size()));
        const auto name = page.substr(0, page.find('('));
        if (!page.empty())
            list += fmt::format("{}\\fB{}\\fR{}", list.empty() ? "" : ",\n", roff(name), page.substr(name.size()));
    }
    return list.empty() ? list : list + "\n";
}

std::string command_page(const Program& program, const Doc& doc, const Args& args) {
    const auto arguments = doc.arguments.empty() ? usage_of(args) : fmt::format(" {}", doc.arguments);
    std::string aliases;
    if (!doc.aliases.empty())
        aliases = fmt::format("{}The command is also known by: {}.\n", doc.description.empty() ? "" : ".PP\n",
                              roff(doc.aliases));
    const auto own = fmt::format("{} {}", program.name, doc.name);
    return heading(program, page_name(program, doc.name), doc.summary) +
           section("SYNOPSIS", fmt::format("\\fB{}\\fR [\\fIOPTIONS\\fR]{}\n", roff(own), roff(arguments))) +
           section("DESCRIPTION", paragraphs(doc.description) + aliases) +
           section("ARGUMENTS", parameters(args, true)) + section("OPTIONS", options_of(program, args)) +
           section("EXAMPLES", verbatim(doc.examples)) +
           section("SEE ALSO", references(fmt::format("{}(1) {}", program.name, doc.see_also)));
}

std::string program_page(const Program& program) {
    std::string commands;
    for (const auto& entry : program.commands)
        if (!entry.doc->hidden)
            commands += fmt::format(".TP\n\\fB{}\\fR(1)\n{}\n", roff(page_name(program, entry.doc->name)),
                                    roff(entry.doc->summary));
    auto page = heading(program, std::string{program.name}, program.tagline) +
                section("SYNOPSIS", fmt::format("\\fB{}\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n", program.name)) +
                section("DESCRIPTION", paragraphs(program.summary)) + section("OPTIONS", common_options_described()) +
                section("COMMANDS", commands);
    for (const auto& topic : program.topics)
        page += section(topic.title, verbatim(topic.text));
    return page + section("EXAMPLES", verbatim(program.examples)) + section("SEE ALSO", references(program.see_also));
}

} // namespace

std::string roff(std::string_view text) {
    std::string safe;
    bool line_begins = true;
    for (const char byte : text) {
        if (line_begins && (byte == '.' || byte == '\'')) safe += "\\&";
        line_begins = byte == '\n';
        if (byte == '\\')
            safe += "\\e";
        else if (byte == '-')
            safe += "\\-";
        else
            safe += byte;
    }
    return safe;
}

std::map<std::string, std::string> manual(const Program& program) {
    std::map<std::string, std::string> pages;
    pages.emplace(fmt::format("{}.1", program.name), program_page(program));
    for (const auto& entry : program.commands) {
        if (entry.doc->hidden) continue;
        const auto command = entry.make();
        pages.emplace(page_name(program, entry.doc->name) + ".1", command_page(program, *entry.doc, command->args()));
    }
    return pages;
}

} // namespace thv::cli
