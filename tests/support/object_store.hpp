// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/scripted_api.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thv::test {

/// The objects of one namespace behind a ScriptedApi: reads, lists, creates, merge and JSON patches and deletions do
/// what an API server does, as far as a client without an operator can see. Watches end at once as expired, so that a
/// client lists again. Answers that a test scripts on `server` for a request come first.
class ObjectStore {
public:
    using Json = nlohmann::json;

    ObjectStore();

    ScriptedApi server;

    /// Puts an object in place as somebody else would: with a new resource version.
    void put(const std::string& plural, Json object);
    /// The object, or null.
    Json find(const std::string& plural, const std::string& name) const;
    void drop(const std::string& plural, const std::string& name);

    /// Called before the next request whose "METHOD plural/name" is this is handled; once.
    void before(const std::string& what, std::function<void()> act);
    /// Called after every write, as an operator would be.
    std::function<void()> after_write = [] {};
    /// "METHOD plural/name body" of the writes so far that were carried out.
    std::vector<std::string> writes;

private:
    struct Target {
        std::string plural;
        std::string name;
        std::string subresource;
    };
    static Target target_of(std::string_view path);
    void answer(http::Visit& visit);
    void list(http::Visit& visit, const Target& target) const;
    void patch(http::Visit& visit, const Target& target);
    void create(http::Visit& visit, const Target& target);
    void remove(http::Visit& visit, const Target& target);
    void note(const http::Visit& visit, const Target& target);

    std::map<std::pair<std::string, std::string>, Json> objects_; ///< by plural and name
    std::map<std::string, std::function<void()>> before_;
    int version_ = 100;
};

} // namespace thv::test
