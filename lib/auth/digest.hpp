// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace thv::auth {

/// The SHA-256 of a text: what is kept of a token instead of itself.
using Digest = std::string;
Digest digest_of(std::string_view text);
/// Compares in a time that does not tell where two digests differ.
bool same(const Digest& one, const Digest& other);

} // namespace thv::auth
