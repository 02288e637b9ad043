// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace thv {

/// What a YAML text that others may have written is allowed to cost. All but `bytes` are counted with every alias
/// replaced by what it stands for.
struct YamlLimits {
    std::size_t bytes = 4U << 20U;
    std::size_t depth = 64;
    std::size_t nodes = 200'000;
    std::size_t text = 16U << 20U; ///< bytes of all keys and scalars together
};

/// The document of a YAML text, null when it is empty. Plain scalars mean what they mean to kubectl, also that numbers
/// with a leading zero are octal (`mode: 0644` is 420), except where YAML 1.2 (10.3.2) has left YAML 1.1: `yes`, `no`,
/// `on`, `off`, `y` and `n` are strings, so that no word of a person turns into a boolean, and so are `1_000` and
/// `0b1`. What is quoted, or tagged `!!str`, is a string. Keys become strings as they are written. Anchors and aliases
/// are understood; merge keys (`<<`), tags of one's own, infinite numbers, repeated keys, and text that is not UTF-8
/// are errors.
///
/// Errors are Fault::usage and read "WHERE:LINE:COLUMN: …"; they never quote the content.
nlohmann::ordered_json yaml_to_json(std::string_view text, std::string_view where, YamlLimits limits = {});

/// All documents of a stream, the limits being for all of them together; empty ones are left out.
std::vector<nlohmann::ordered_json> yaml_documents(std::string_view text, std::string_view where,
                                                   YamlLimits limits = {});

/// Block style as kubectl writes it, keys in their order, with a final newline. A string that any reader, of YAML 1.1
/// or 1.2, would take for something else is quoted. Throws Fault::usage for a string that is not UTF-8, and for a
/// number that is infinite or none.
std::string json_to_yaml(const nlohmann::ordered_json& value);

} // namespace thv
