// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace thv {

/// ASCII letters in lower case, everything else as it is: no locale has a say in names of protocols.
inline std::string lower(std::string_view text) {
    std::string small{text};
    for (auto& byte : small)
        if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + ('a' - 'A'));
    return small;
}

/// Makes a string empty and gives its memory back, which `text = {}` does not.
inline void release(std::string& text) {
    std::string{}.swap(text);
}

} // namespace thv
