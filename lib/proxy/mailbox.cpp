// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/mailbox.hpp"

#include <utility>

namespace thv::proxy {

Mailbox::Mailbox(BackendPtr backend, std::string principal)
    : backend_(std::move(backend))
    , principal_(std::move(principal)) {}

void Mailbox::open(std::string target) {
    close();
    if (principal_.empty() || !backend_->mailboxes.emplace(target, principal_).second) return;
    target_ = std::move(target);
}

void Mailbox::close() {
    if (!target_.empty()) backend_->mailboxes.erase(target_);
    target_.clear();
}

// By the whole text: a name in another spelling must not get around whose it is.
bool may_post(const http::Visit& visit, const Backend& backend) {
    if (!backend.sse || visit.principal().empty() || visit.method() != "POST") return true;
    const auto mailbox = backend.mailboxes.find(visit.target());
    return mailbox != backend.mailboxes.end() && mailbox->second == visit.principal();
}

} // namespace thv::proxy
