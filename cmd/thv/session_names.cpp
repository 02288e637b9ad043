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
    explicit EngineImages(engine::Connector& connector)
        : connector_(connector) {}

    Task<std::vector<std::string>> references() override {
        auto api = co_await connector_.api();
        auto references = co_await engine::image_references(std::move(api));
        co_return references;
    }

private:
    engine::Connector& connector_;
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

std::unique_ptr<LocalImages> local_images(engine::Connector& connector) {
    return std::make_unique<EngineImages>(connector);
}

std::unique_ptr<KubeNames> kube_names(Environment environment, cli::Globals globals) {
    return std::make_unique<ClusterNames>(std::move(environment), std::move(globals));
}

} // namespace thv::commands
