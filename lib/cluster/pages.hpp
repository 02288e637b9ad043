// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/api.hpp"
#include "cluster/requests.hpp"

#include <functional>
#include <string>

namespace thv::cluster {

/// "namespace/name" of an object: what lists are ordered by, byte for byte. Empty for one without a name.
std::string order_of(const Json& object);

/// Reads a list page by page, with one page in memory at a time. Holds a reference to the requests.
class Pages {
public:
    Pages(Requests& requests, Place place, ListOptions options);

    /// Hands over the objects of the next page (there may be none in it). False when the list had ended before. After a
    /// page token has expired the list goes on behind what was handed over. Objects without a name are passed over.
    Task<bool> next(std::function<void(Json object)> sink);
    /// The resource version of the first page: everything that was handed over is at least that new.
    const std::string& version() const { return version_; }

private:
    Call call() const;
    Task<std::string> fetch();
    void take(Json object, const std::function<void(Json object)>& sink);

    Requests& requests_;
    Place place_;
    ListOptions options_;
    std::string token_;
    std::string version_;
    std::string last_;         ///< the order of the last object that was handed over
    bool begun_again_ = false; ///< so that objects up to `last_` have been handed over already
    bool ended_ = false;
};

} // namespace thv::cluster
