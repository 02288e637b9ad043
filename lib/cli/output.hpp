// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/args.hpp"
#include "cli/console.hpp"
#include "cli/path.hpp"
#include "cli/template.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace thv::cli {

/// The forms in which a result can be printed.
enum class Form {
    table,   ///< for people; of one thing, lines of text
    wide,    ///< a table with the columns that are rarely looked at
    json,    ///< one document
    jsonl,   ///< one document on each line
    yaml,    ///< one document
    name,    ///< names only, one on each line
    columns, ///< a table of what the user picked
    filled,  ///< a template filled in, once for each thing
    own,     ///< a form that one command has for itself
};

/// One column of -o custom-columns=HEADING:PATH,…
struct PickedColumn {
    std::string heading;
    Path path;
};

/// What the user wants of a command's output. A command's declare() lets it declare its options.
class Output {
public:
    /// The options of a command that shows one thing. `own`: forms that the command itself prints.
    void declare(Args& args, const std::vector<std::string>& own = {});
    /// The options of a command that lists things.
    void declare_list(Args& args, const std::vector<std::string>& own = {});

    /// --quiet counts as the form `name`.
    Form form() const { return quiet_ ? Form::name : form_; }
    /// Whether it is one of the command's own forms.
    bool is(std::string_view own) const { return form() == Form::own && word_ == own; }
    /// Whether a whole document is wanted.
    bool document() const { return form() == Form::json || form() == Form::yaml; }
    /// Whether people read it as it is.
    bool text() const { return form() == Form::table || form() == Form::wide; }

    const std::vector<PickedColumn>& picked() const { return picked_; }
    /// For Form::filled only.
    const Template& filled() const { return *template_; }
    /// A template of a table: its lines are cells with tabs between them, under a heading.
    bool template_is_table() const { return template_is_table_; }
    bool headings() const { return !no_headers_; }
    bool cuts() const { return !no_trunc_; }
    const std::optional<Path>& sorted_by() const { return sorted_by_; }

private:
    void choose(const std::string& word, std::string_view option, const std::vector<std::string>& own);

    Form form_ = Form::table;
    std::string word_;
    std::vector<PickedColumn> picked_;
    std::shared_ptr<const Template> template_;
    bool template_is_table_ = false;
    bool quiet_ = false;
    bool no_headers_ = false;
    bool no_trunc_ = false;
    std::optional<Path> sorted_by_;
};

/// Prints one thing: `text` is called for a person, everything else is made of the document.
void print_thing(const Output& output, std::string_view name, const nlohmann::ordered_json& document,
                 const std::function<void()>& text, Console& console);

} // namespace thv::cli
