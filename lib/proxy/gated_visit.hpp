// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/server.hpp"
#include "mcp/tool_view.hpp"
#include "proxy/passed_call.hpp"
#include "proxy/session_owners.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::proxy {

/// What a pass-through sees of a request that came through the gate, and what the client sees of the answer:
///
/// Cookies, which are for everything on this host name whatever its port, and the token that was for this proxy are not
/// there. Calls go by the server's names of its tools, and lists of tools by the clients'. Sessions that an answer
/// opens are noted as the principal's. Calls are counted.
class GatedVisit final : public http::Visit {
public:
    struct Rules {
        const mcp::ToolView& view;
        PassedCall::Rules calls;
        SessionOwners* owners = nullptr; ///< null: nobody was asked who he is
        std::size_t longest =
            64U << 20U; ///< bytes of an answer, or of one of its events, when it has to be looked into
    };
    /// `ended` is called once, when the answer is complete; the visit is to be destroyed later.
    GatedVisit(http::Visit& outer, const Rules& rules, std::function<void(int status)> ended);

    /// The answer that the request gets instead of reaching the server, if it is not to.
    struct Refusal {
        int status = 0;
        std::string body;
    };
    std::optional<Refusal> refusal() const { return refusal_; }
    /// The request goes to the server: what becomes of it counts from now on.
    void enter() { call_.emplace(outer_, rules_.calls); }
    /// The client has gone.
    void left() {
        if (call_) call_->left();
    }

    std::string_view method() const override { return outer_.method(); }
    std::string_view target() const override { return outer_.target(); }
    std::optional<std::string_view> header(std::string_view lower_name) const override;
    std::size_t header_count(std::string_view lower_name) const override;
    std::size_t fields() const override { return fields_.size(); }
    Field field(std::size_t index) const override { return fields_[index]; }
    std::string_view body() const override { return body_ ? *body_ : outer_.body(); }

    void answer(int status, std::string_view fields, http::Parts body) override;
    void start(int status, std::string_view fields) override;
    bool send(http::Parts bytes) override;
    bool started() const override { return started_; }
    std::size_t queued() const override { return outer_.queued(); }
    void finish() override;
    void abort() override;

private:
    enum class Way { as_is, events, whole };

    void choose_fields();
    void look_into_request();
    void note(int status, std::string_view fields);
    void answer_viewed(int status, std::string_view fields, std::string_view body);
    void answer_broken(std::string_view why);
    void end(int status);

    http::Visit& outer_;
    Rules rules_;
    std::function<void(int)> ended_;
    std::vector<Field> fields_;
    std::optional<std::string> body_;
    std::string tool_; ///< the server's name of it, for Mcp-Name
    std::optional<Refusal> refusal_;
    Way way_ = Way::as_is;
    bool started_ = false;
    int status_ = 0;
    std::string head_;
    std::string held_; ///< of a whole answer
    std::optional<mcp::ViewedEvents> events_;
    std::optional<PassedCall> call_;
};

} // namespace thv::proxy
