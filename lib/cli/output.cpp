// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hpp"

#include "cli/columns.hpp"
#include "cli/document.hpp"
#include "cli/records.hpp"
#include "cli/suggest.hpp"
#include "cli/values.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace thv::cli {

namespace {

struct Word {
    std::string_view text;
    Form form;
};
constexpr std::array words{
    Word{"table", Form::table}, Word{"text", Form::table}, Word{"wide", Form::wide}, Word{"json", Form::json},
    Word{"jsonl", Form::jsonl}, Word{"yaml", Form::yaml},  Word{"name", Form::name},
};
constexpr std::string_view picks = "custom-columns=";
constexpr std::array<std::string_view, 2> fills{"template=", "go-template="};
constexpr std::string_view table_prefix = "table ";

std::vector<std::string> suggested(const std::vector<std::string>& own) {
    std::vector<std::string> all{own};
    for (const auto& word : words)
        if (word.text != "text") all.emplace_back(word.text);
    all.emplace_back(picks);
    all.emplace_back(fills.front());
    return all;
}

Error unknown_form(const std::string& word, std::string_view option, const std::vector<std::string>& own) {
    std::string known = "table, wide, json, jsonl, yaml, name, custom-columns=HEADING:PATH,... or template=TEXT";
    if (!own.empty()) known = fmt::format("{}, {}", fmt::join(own, ", "), known);
    return bad_value(printable(word), option, fmt::format("it must be one of {}", known))
        .hint(did_you_mean(word, suggested(own), "see 'thv help formatting'"));
}

/// Splits at the commas that are not between brackets.
std::vector<std::string_view> split(std::string_view spec) {
    std::vector<std::string_view> parts;
    std::size_t start = 0;
    bool inside = false;
    for (std::size_t at = 0; at <= spec.size(); ++at) {
        if (at < spec.size() && spec[at] == '[') inside = true;
        if (at < spec.size() && spec[at] == ']') inside = false;
        if (at < spec.size() && (spec[at] != ',' || inside)) continue;
        parts.push_back(spec.substr(start, at - start));
        start = at + 1;
    }
    return parts;
}

std::vector<PickedColumn> picked_columns(std::string_view spec) {
    std::vector<PickedColumn> columns;
    for (const auto part : split(spec)) {
        const auto colon = part.find(':');
        if (colon == std::string_view::npos || colon == 0)
            throw Error{Fault::usage, fmt::format("'{}' is no column for custom-columns", part)}.hint(
                "write HEADING:PATH, such as custom-columns=NAME:.name,WHERE:.url");
        columns.push_back({std::string{part.substr(0, colon)}, Path::parse(part.substr(colon + 1))});
    }
    return columns;
}

std::string help_of(const std::vector<std::string>& own) {
    const auto more = own.empty() ? "" : fmt::format("{}, ", fmt::join(own, ", "));
    return fmt::format("how to print: {}table, wide, json, jsonl, yaml, name, custom-columns=HEADING:PATH,... or "
                       "template=TEXT",
                       more);
}

} // namespace

void Output::declare(Args& args, const std::vector<std::string>& own) {
    const auto chooser = [this, own](std::string_view option) {
        return [this, own, option](const std::vector<std::string>& typed) { choose(typed.back(), option, own); };
    };
    args.option("-o,--output", chooser("--output"), help_of(own)).placeholder("FORM").suggests(suggested(own));
    args.option("--format", chooser("--format"), "the same as --output; a template needs no 'template=' before it")
        .placeholder("FORM")
        .suggests(suggested(own))
        .seldom();
}

void Output::declare_list(Args& args, const std::vector<std::string>& own) {
    args.flag("-q,--quiet", quiet_, "print names only");
    declare(args, own);
    const auto sort = [this](const std::vector<std::string>& typed) { sorted_by_ = Path::parse(typed.back()); };
    args.option("--sort-by", sort, "sort by what is there in the JSON form, such as .created_at")
        .placeholder("PATH")
        .seldom();
    args.flag("--no-headers", no_headers_, "print no line of headings").seldom();
    args.flag("--no-trunc", no_trunc_, "cut nothing to the width of the terminal").seldom();
}

void Output::choose(const std::string& word, std::string_view option, const std::vector<std::string>& own) {
    word_ = word;
    if (std::ranges::find(own, word) != own.end()) {
        form_ = Form::own;
    } else if (const auto* known = std::ranges::find(words, word, &Word::text); known != words.end()) {
        form_ = known->form;
    } else if (word.starts_with(picks)) {
        form_ = Form::columns;
        picked_ = picked_columns(std::string_view{word}.substr(picks.size()));
    } else {
        std::string_view text = word;
        const auto* prefix = std::ranges::find_if(fills, [text](auto start) { return text.starts_with(start); });
        if (prefix == fills.end() && text.find("{{") == std::string_view::npos) throw unknown_form(word, option, own);
        if (prefix != fills.end()) text.remove_prefix(prefix->size());
        template_is_table_ = text.starts_with(table_prefix);
        if (template_is_table_) text.remove_prefix(table_prefix.size());
        form_ = Form::filled;
        template_ = std::make_shared<const Template>(Template::parse(text));
    }
}

void print_thing(const Output& output, std::string_view name, const nlohmann::ordered_json& document,
                 const std::function<void()>& text, Console& console) {
    if (output.text()) return text();
    if (output.form() == Form::json) return console.write(json_text(document));
    if (output.form() == Form::yaml) return console.write(yaml_text(document));
    const auto records = records_for(output, {}, console);
    records->add({std::string{name}, [] { return std::vector<std::string>{}; }, [&document] { return document; }});
    records->finish();
}

} // namespace thv::cli
