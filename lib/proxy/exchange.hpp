// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/proxy.

#include "http/server.hpp"
#include "mcp/bridge.hpp"

#include <bit>
#include <cstdint>

namespace thv::proxy {

/// What a client is ready to read.
struct Accepts {
    bool json = false;
    bool events = false;
};

/// An exchange is an address whose three lowest bits, which are free, say of what: 0 to 3 of a POST's visit, with what
/// its client accepts; 4 of a client of HTTP with SSE; 5 of a stream whose POST has gone.
enum class Address : std::uint8_t { visit, sse_client, stream };

inline std::uint64_t bits(mcp::Exchange exchange) {
    return static_cast<std::uint64_t>(exchange);
}
inline Address address_kind(mcp::Exchange exchange) {
    if ((bits(exchange) & 4U) == 0) return Address::visit;
    return (bits(exchange) & 1U) == 0 ? Address::sse_client : Address::stream;
}
template <typename T>
T& addressed(mcp::Exchange exchange) {
    return *std::bit_cast<T*>(static_cast<std::uintptr_t>(bits(exchange) & ~std::uint64_t{7}));
}
template <typename T>
mcp::Exchange exchange_of(T& object, std::uint64_t low_bits) {
    static_assert(alignof(T) >= 8);
    return mcp::Exchange{reinterpret_cast<std::uintptr_t>(&object) | low_bits};
}
inline mcp::Exchange exchange_of_visit(http::Visit& visit, Accepts accepts) {
    return exchange_of(visit, (accepts.json ? 1U : 0U) | (accepts.events ? 2U : 0U));
}
inline bool takes_json(mcp::Exchange exchange) {
    return (bits(exchange) & 1U) != 0;
}

} // namespace thv::proxy
