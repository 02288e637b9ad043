// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace thv::secrets {

/// How a file of secrets is sealed, in both cases with AES-256-GCM.
enum class Format {
    thv,      ///< ours: a header, and a key that scrypt makes of the password and a salt
    toolhive, ///< upstream's: no header, and the key is one SHA-256 of the password
};
Result<Format> parse_format(std::string_view text);
std::string_view to_string(Format format);

/// What a file may hold when it is open; upstream's limit, too.
inline constexpr std::size_t most_plaintext = 32U << 20U;
/// What a sealed file may be long.
inline constexpr std::size_t most_sealed = most_plaintext + 256;

/// The format of a file that is not empty. Throws Fault::unsupported for one that only other versions know.
Format format_of(std::string_view file);

/// Seals with a fresh salt and nonce. Fault::usage for more than most_plaintext bytes.
std::string seal(std::string_view plaintext, std::string_view password, Format format);

/// The key that was made last, for whoever opens the same file again: making it is slow on purpose. Overwritten when
/// it goes.
class KeptKey {
public:
    using Bytes = std::array<unsigned char, 32>;

    KeptKey() = default;
    KeptKey(const KeptKey&) = delete;
    KeptKey& operator=(const KeptKey&) = delete;
    ~KeptKey();

    /// None when it was made of another password, or in another way.
    const Bytes* find(std::string_view password, std::string_view way) const;
    void keep(std::string_view password, std::string_view way, const Bytes& key);

private:
    std::string password_;
    std::string way_; ///< cost and salt
    Bytes key_{};
};

/// What was sealed; none when the password is another one or a byte of the file has changed, which cannot be told
/// apart. Throws Fault::usage for a header that no version writes: one that is cut off, or that asks for more memory or
/// time than is reasonable.
std::optional<std::string> unseal(std::string_view file, std::string_view password, KeptKey* kept = nullptr);

/// Overwrites what the string held before it is let go.
void wipe(std::string& text);

} // namespace thv::secrets
