// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/template_tree.hpp"

#include <cstddef>
#include <string_view>

namespace thv::cli::templates {

/// The string in Go's syntax ("…" with escapes, or `…`) that starts at `at`, which is moved behind it.
Json string_literal(std::string_view text, std::size_t& at);

/// The number in Go's syntax that starts at `at`, which is moved behind it: 42, -1, 0x1F, 1_000, 2.5, 1e3.
Json number_literal(std::string_view text, std::size_t& at);

} // namespace thv::cli::templates
