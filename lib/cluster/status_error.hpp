// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/place.hpp"
#include "core/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thv::cluster {

/// What an API server answers instead of an object
/// (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/). Its message names verb, resource,
/// fields and managers as the server did; never a value of ours.
class StatusError : public Error {
public:
    struct Cause {
        std::string reason; ///< "FieldValueInvalid", "FieldManagerConflict", …
        std::string field;
        std::string message; ///< without the value that was refused
        bool operator==(const Cause&) const = default;
    };
    /// The parts of the server's answer that programs look at.
    struct Details {
        int code = 0;
        std::string reason = {};
        std::vector<Cause> causes = {};
        std::string go_on = {}; ///< of an expired list (410): a token to go on with, objects may have changed meanwhile
    };
    StatusError(Error error, Details details)
        : Error(std::move(error))
        , details_(std::move(details)) {}

    int code() const { return details_.code; }
    const std::string& reason() const { return details_.reason; } ///< "NotFound", "AlreadyExists", "Conflict", …
    const std::vector<Cause>& causes() const { return details_.causes; }
    const std::string& go_on() const { return details_.go_on; }

private:
    Details details_;
};

/// `reason` of the error for a resource that the server does not know; the server itself has no word for it.
inline constexpr std::string_view unknown_resource = "UnknownResource";

/// What a request was about, for the words of its refusal.
struct Asked {
    std::string verb; ///< as in a role's rule: "get", "list", "patch", …
    Place place;
    std::string server;  ///< "https://127.0.0.1:6443"
    std::string context; ///< of the kubeconfig
};

/// The error for an answer of any status that is not a success. The body may be anything.
StatusError refusal(int status, std::string_view body, const Asked& asked);

/// Text of the server's as a message may hold it: one line, bounded, no control characters.
std::string presentable(std::string_view text);

/// A validation message of the server without the value that it quotes: of `Invalid value: "x": must be …` stays
/// "must be …". (The format is that of k8s.io/apimachinery's field.Error.)
std::string without_value(std::string_view message);

} // namespace thv::cluster
