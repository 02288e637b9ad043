// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/object_store.hpp"

#include "support/cluster_objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thv::test {

namespace {

/// Whether the object has every label of "a=b,c=d" that the target asks for.
bool is_selected(const nlohmann::json& object, std::string_view target) {
    constexpr std::string_view key = "labelSelector=";
    const auto at = target.find(key);
    if (at == std::string_view::npos) return true;
    auto rest = target.substr(at + key.size());
    rest = rest.substr(0, rest.find('&'));
    const auto labels = object.value("/metadata/labels"_json_pointer, nlohmann::json::object());
    while (!rest.empty()) {
        const auto comma = rest.find("%2C");
        const auto part = rest.substr(0, comma);
        const auto equals = part.find("%3D");
        const std::string label{part.substr(0, equals)};
        std::string name = label;
        for (auto slash = name.find("%2F"); slash != std::string::npos; slash = name.find("%2F"))
            name.replace(slash, 3, "/");
        if (labels.value(name, "") != part.substr(equals + 3)) return false;
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 3);
    }
    return true;
}

bool is_named(const std::string& name, std::string_view target) {
    constexpr std::string_view key = "metadata.name%3D";
    const auto at = target.find(key);
    if (at == std::string_view::npos) return true;
    const auto rest = target.substr(at + key.size());
    return rest.substr(0, rest.find('&')) == name;
}

} // namespace

ObjectStore::ObjectStore() {
    const nlohmann::json expired{{"kind", "Status"}, {"code", 410}, {"reason", "Expired"}};
    server.always("watch=true", events({event("ERROR", expired)}));
    server.otherwise([this](http::Visit& visit) { answer(visit); });
}

void ObjectStore::put(const std::string& plural, Json object) {
    auto& meta = object["metadata"];
    meta["resourceVersion"] = std::to_string(++version_);
    const std::string name = meta["name"];
    objects_[{plural, name}] = std::move(object);
}

nlohmann::json ObjectStore::find(const std::string& plural, const std::string& name) const {
    const auto found = objects_.find({plural, name});
    return found == objects_.end() ? Json{} : found->second;
}

void ObjectStore::drop(const std::string& plural, const std::string& name) {
    objects_.erase({plural, name});
}

void ObjectStore::before(const std::string& what, std::function<void()> act) {
    before_[what] = std::move(act);
}

ObjectStore::Target ObjectStore::target_of(std::string_view path) {
    constexpr std::string_view inside = "/namespaces/tools/";
    const auto at = path.find(inside);
    if (at == std::string_view::npos) return {};
    std::vector<std::string> parts;
    for (auto rest = path.substr(at + inside.size()); !rest.empty();) {
        const auto slash = rest.find('/');
        parts.emplace_back(rest.substr(0, slash));
        rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    }
    parts.resize(3);
    return {parts[0], parts[1], parts[2]};
}

void ObjectStore::note(const http::Visit& visit, const Target& target) {
    const auto part = target.subresource.empty() ? "" : "/" + target.subresource;
    writes.push_back(fmt::format("{} {}/{}{} {}", visit.method(), target.plural, target.name, part, visit.body()));
    after_write();
}

void ObjectStore::answer(http::Visit& visit) {
    const auto target = target_of(visit.path());
    const auto what = fmt::format("{} {}/{}", visit.method(), target.plural, target.name);
    if (const auto hook = before_.find(what); hook != before_.end()) {
        const auto act = std::move(hook->second);
        before_.erase(hook);
        act();
    }
    if (visit.method() == "POST") return create(visit, target);
    if (target.name.empty()) return list(visit, target);
    if (!objects_.contains({target.plural, target.name}))
        return refuses(404, "NotFound", "not found", fmt::format(R"("details": {{"name": "{}"}})", target.name))(visit);
    if (visit.method() == "PATCH") return patch(visit, target);
    if (visit.method() == "DELETE") return remove(visit, target);
    json(find(target.plural, target.name).dump())(visit);
}

void ObjectStore::list(http::Visit& visit, const Target& target) const {
    std::vector<Json> items;
    for (const auto& [key, object] : objects_)
        if (key.first == target.plural && is_selected(object, visit.target()) && is_named(key.second, visit.target()))
            items.push_back(object);
    page(items, "", std::to_string(version_))(visit);
}

void ObjectStore::create(http::Visit& visit, const Target& target) {
    auto object = Json::parse(visit.body());
    const std::string name = object["metadata"]["name"];
    if (objects_.contains({target.plural, name})) return refuses(409, "AlreadyExists", "it exists")(visit);
    object["metadata"]["uid"] = fmt::format("uid-{}", version_);
    put(target.plural, object);
    note(visit, {target.plural, name, {}});
    json(find(target.plural, name).dump())(visit);
}

void ObjectStore::patch(http::Visit& visit, const Target& target) {
    auto object = find(target.plural, target.name);
    const auto current = object["metadata"]["resourceVersion"];
    const auto body = Json::parse(visit.body());
    try {
        if (body.is_array())
            object = object.patch(body);
        else
            object.merge_patch(body);
    } catch (const Json::exception&) {
        return refuses(422, "Invalid", "the patch does not fit")(visit);
    }
    const auto uid = find(target.plural, target.name)["metadata"]["uid"];
    if (object["metadata"]["resourceVersion"] != current || object["metadata"]["uid"] != uid)
        return refuses(409, "Conflict", "the object has been modified")(visit);
    const bool leaves = object["metadata"].contains("deletionTimestamp") &&
                        object["metadata"].value("finalizers", Json::array()).empty();
    if (leaves)
        drop(target.plural, target.name);
    else
        put(target.plural, object);
    note(visit, target);
    json(object.dump())(visit);
}

void ObjectStore::remove(http::Visit& visit, const Target& target) {
    auto object = find(target.plural, target.name);
    const auto options = Json::parse(visit.body());
    const auto wanted = options.value("/preconditions/uid"_json_pointer, std::string{object["metadata"]["uid"]});
    if (object["metadata"]["uid"] != wanted) return refuses(409, "Conflict", "the UID does not match")(visit);
    if (object["metadata"].value("finalizers", Json::array()).empty()) {
        drop(target.plural, target.name);
    } else {
        object["metadata"]["deletionTimestamp"] = "2026-03-01T10:00:00Z";
        put(target.plural, object);
    }
    note(visit, target);
    json(object.dump())(visit);
}

} // namespace thv::test
