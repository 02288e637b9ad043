// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace thv::cli {

namespace templates {
struct Tree;
}

/// A template for output in the language of `docker … --format` and `podman … --format` (Go's text/template with
/// docker's functions), over JSON. What differs from them, on purpose:
///   - a field is found by its exact name, else without regard to case, '_' and '-': .TransportType is transport_type;
///   - a field of nothing (missing or null) is nothing again, which prints as `<no value>`;
///   - whole and other numbers compare with each other;
///   - printf refuses what its verb cannot show, where Go prints `%!d(string=…)`;
///   - `\t` and `\n` in text are a tab and a newline (as in docker), in actions only within "…";
///   - there is no define, template, block, call, html, js or urlquery.
/// Templates and data are untrusted: nesting, output (64 MiB) and work have limits, beyond which a template is
/// Fault::usage. What is rendered holds control characters of the data as they are. Cheap to copy.
class Template {
public:
    /// Throws Fault::usage with the place (column) and what was expected. A template is at most 256 KiB.
    static Template parse(std::string_view text);

    /// Throws Fault::usage, with the place, for what cannot be evaluated: a function given the wrong kind of value, a
    /// field asked of a number, more output or work than is allowed.
    std::string render(const nlohmann::ordered_json& data) const;

    /// A heading for `table` forms: the text of the template, and for each action the last names of the fields in it in
    /// capitals ("{{.Name}}\t{{.TransportType}}" -> "NAME\tTRANSPORT TYPE"). Of branches the first one counts, of loops
    /// one round.
    std::string heading() const;

private:
    explicit Template(std::shared_ptr<const templates::Tree> tree);

    std::shared_ptr<const templates::Tree> tree_;
};

} // namespace thv::cli
