// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/output.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace thv::cli {

/// A column of a command's table.
struct Column {
    std::string heading;
    bool kept = false;   ///< never cut, because it is there to be copied
    bool wide = false;   ///< only in the wide form
    bool sparse = false; ///< left out of a table in which it would be empty
};

/// What a list looks like to a person.
struct Shape {
    std::vector<Column> columns;
    std::string none; ///< said instead of an empty table; "": the heading alone is printed
};

/// One thing of a list, in all the forms it can be asked for; only what the form needs is called, at once.
struct Record {
    std::string name;
    std::function<std::vector<std::string>()> cells; ///< one for each column of the shape
    std::function<nlohmann::ordered_json()> document;
};

/// Prints things while they come, so that a long list is never held as a whole unless it has to be sorted.
class Records {
public:
    virtual ~Records() = default;
    virtual void add(const Record& record) = 0;
    /// One line of a watch, at once: what has happened to one thing. In JSON it is {"change": …, KIND: document}, in
    /// all other forms the document has the key "change", too.
    virtual void tell(std::string_view change, std::string_view kind, const Record& record) = 0;
    /// There are no more. Throws Fault::usage when nothing has the key to sort by.
    virtual void finish() = 0;
};

/// The output and the console must outlive what is returned. Not for a command's own form.
std::unique_ptr<Records> records_for(const Output& output, Shape shape, Console& console);

} // namespace thv::cli
