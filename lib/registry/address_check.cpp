// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/address_check.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

namespace thv::registry {

namespace {

struct Range {
    std::uint32_t first;
    int bits;
};

/// RFC 6890 and its successors, with multicast and what is reserved for later.
constexpr std::array<Range, 15> not_public{{
    {0x00000000, 8},  // "this" network
    {0x0a000000, 8},  // private
    {0x64400000, 10}, // shared by customers of a provider
    {0x7f000000, 8},  // loopback
    {0xa9fe0000, 16}, // link-local, where clouds keep metadata
    {0xac100000, 12}, // private
    {0xc0000000, 24}, // protocol assignments
    {0xc0000200, 24}, // documentation
    {0xc0586300, 24}, // 6to4 relays
    {0xc0a80000, 16}, // private
    {0xc6120000, 15}, // benchmarks
    {0xc6336400, 24}, // documentation
    {0xcb007100, 24}, // documentation
    {0xe0000000, 4},  // multicast
    {0xf0000000, 4},  // reserved
}};

bool is_private(std::uint32_t address) {
    return std::ranges::any_of(not_public, [address](const Range& range) {
        return (address >> (32 - range.bits)) == (range.first >> (32 - range.bits));
    });
}

std::uint32_t host_order(const std::uint8_t* bytes) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return ntohl(value);
}

bool is_private(const in6_addr& address) {
    const auto& bytes = address.s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address) || IN6_IS_ADDR_V4COMPAT(&address)) return is_private(host_order(&bytes[12]));
    if (bytes[0] == 0x00 && bytes[1] == 0x64 && bytes[2] == 0xff && bytes[3] == 0x9b)
        return is_private(host_order(&bytes[12]));                                      // NAT64
    if (bytes[0] == 0x20 && bytes[1] == 0x02) return is_private(host_order(&bytes[2])); // 6to4
    // Of IPv6 only 2000::/3 has been given out.
    return (bytes[0] & 0xe0U) != 0x20U;
}

} // namespace

bool is_private_address(std::string_view text) {
    const std::string address{text.substr(0, text.find('%'))};
    in_addr four{};
    if (::inet_pton(AF_INET, address.c_str(), &four) == 1) return is_private(ntohl(four.s_addr));
    in6_addr six{};
    return ::inet_pton(AF_INET6, address.c_str(), &six) == 1 && is_private(six);
}

bool is_loopback(std::string_view host) {
    in_addr four{};
    const std::string text{host};
    if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24U) == 127;
    return host == "localhost" || host == "::1";
}

} // namespace thv::registry
