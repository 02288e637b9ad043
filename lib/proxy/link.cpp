// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/link.hpp"

#include "core/error.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <iterator>

namespace thv::proxy {

void Link::to_child(const mcp::Pieces& line) {
    const bool first = output_.empty();
    line.append_to(output_);
    output_.push_back('\n');
    if (first && wake_) wake_();
}

std::string Link::secret() {
    return random_id();
}

std::string random_id() {
    std::array<unsigned char, 16> bytes{};
    // Never short for so few bytes once the system is up (getrandom(2)).
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw Error{Fault::internal, "the system gives no random numbers"};
    std::string id;
    for (const auto byte : bytes)
        fmt::format_to(std::back_inserter(id), "{:02x}", byte);
    return id;
}

} // namespace thv::proxy
