// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "auth/authenticator.hpp"

#include <memory>
#include <string>

namespace thv::auth {

/// Takes the one token that a file holds (its last line end is not part of it). A file that is replaced counts within a
/// second. Throws Fault::usage for a file that is missing, that others may read, or whose text is no token of at least
/// 16 characters.
std::shared_ptr<Authenticator> make_token_file(std::string path);

/// Takes the one token of a text, for which `where` stands in errors.
std::shared_ptr<Authenticator> make_static_token(std::string_view text, std::string_view where);

} // namespace thv::auth
