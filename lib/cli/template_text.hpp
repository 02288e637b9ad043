// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Text as Go's strings and strconv packages treat it. A byte that is not UTF-8 is one character.
namespace thv::cli::templates {

void append_character(std::string& text, std::int32_t code);

std::size_t characters_in(std::string_view text);

/// The first so many characters.
std::string_view first_characters(std::string_view text, std::size_t count);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
/// The first letter of each word in capitals.
std::string title(std::string_view text);

/// In quotes, with escapes for all that is not printable.
std::string quote(std::string_view text);

} // namespace thv::cli::templates
