// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace thv {

/// RFC 4648, with padding; `url_safe` is the alphabet of its section 5.
std::string base64_encode(std::string_view bytes, bool url_safe = false);

/// Takes both alphabets, with and without padding; line breaks are skipped. None for anything else.
std::optional<std::string> base64_decode(std::string_view text);

} // namespace thv
