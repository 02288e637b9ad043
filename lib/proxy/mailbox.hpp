// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Internal to lib/proxy.

#include "proxy/passage.hpp"

#include <string>

namespace thv::proxy {

/// Where the client of one HTTP+SSE stream posts, for as long as that stream is open.
class Mailbox {
public:
    /// `principal` is whose stream it is; empty when nobody has to say who they are.
    Mailbox(BackendPtr backend, std::string principal);
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;
    ~Mailbox() { close(); }

    /// The server has named it: a path with its query, as clients ask for it.
    void open(std::string target);

private:
    void close();

    BackendPtr backend_;
    std::string principal_;
    std::string target_;
};

/// Whether a request is one that its client may make: those who had to say who they are post to their own streams.
bool may_post(const http::Visit& visit, const Backend& backend);

} // namespace thv::proxy
