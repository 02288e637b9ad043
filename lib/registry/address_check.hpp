// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace thv::registry {

/// Whether a host of a URL names this machine: localhost, 127.0.0.0/8, ::1.
bool is_loopback(std::string_view host);

/// Whether an IP address belongs to nobody in particular on the Internet: private, shared, link-local, loopback,
/// multicast and reserved ones, also when they are embedded in an IPv6 address. False for what is no address.
bool is_private_address(std::string_view address);

} // namespace thv::registry
