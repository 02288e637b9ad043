// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cluster/api.hpp"
#include "cluster/contexts.hpp"
#include "engine/discovery.hpp"
#include "engine/images.hpp"
#include "thv/session_probes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::commands {

namespace {

class EngineImages final : public LocalImages {
public:
    EngineImages(Environment environment, Paths paths)
        : environment_(std::move(environment))
        , paths_(std::move(paths)) {}

    Task<std::vector<std::string>> references() override {
        const auto endpoint = co_await engine::find_running_engine(environment_, paths_);
        auto references = co_await engine::image_references(engine::connect(endpoint, environment_));
        co_return references;
    }

private:
    Environment environment_;
    Paths paths_;
};

class ClusterNames final : public KubeNames {
public:
    ClusterNames(Environment environment, cli::Globals globals)
        : environment_(std::move(environment))
        , selected_{.kubeconfig = std::move(globals.kubeconfig), .context = std::move(globals.context)} {}

    std::vector<cli::Candidate> contexts() override {
        std::vector<cli::Candidate> candidates;
        for (auto& context : cluster::contexts(environment_, selected_))
            candidates.push_back({std::move(context.name), std::move(context.server)});
        return candidates;
    }

    Task<std::vector<std::string>> namespaces() override {
        cluster::Api api{cluster::Access::from(environment_, selected_)};
        std::vector<std::string> names;
        const auto take = [&names](const cluster::Json& object) {
            names.push_back(object.at("metadata").at("name").get<std::string>());
        };
        co_await api.list({.resource = cluster::namespaces, .name_space = {}}, {}, take);
        std::ranges::sort(names);
        co_return names;
    }

private:
    Environment environment_;
    cluster::Selected selected_;
};

} // namespace

std::unique_ptr<LocalImages> local_images(Environment environment, Paths paths) {
    return std::make_unique<EngineImages>(std::move(environment), std::move(paths));
}

std::unique_ptr<KubeNames> kube_names(Environment environment, cli::Globals globals) {
    return std::make_unique<ClusterNames>(std::move(environment), std::move(globals));
}

} // namespace thv::commands
