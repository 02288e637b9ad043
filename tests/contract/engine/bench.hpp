// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "engine/containers.hpp"
#include "engine/discovery.hpp"
#include "support/drive.hpp"
#include "support/failure.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace thv::test {

/// A real engine (THV_TEST_SOCKET) with an image that holds the child program (THV_TEST_IMAGE), and the containers that
/// one test makes, which are removed with it.
class EngineBench {
public:
    EngineBench();
    ~EngineBench();
    EngineBench(const EngineBench&) = delete;
    EngineBench& operator=(const EngineBench&) = delete;

    /// A run config of the test's own name whose container runs the child with these words.
    RunConfig config(std::vector<std::string> words) const;
    std::string name() const { return name_; }
    std::string image() const { return image_; }

    template <typename T>
    T operator()(Task<T> task) {
        return drive(context, std::move(task));
    }
    /// The error that a task ends with.
    template <typename T>
    Error failure(Task<T> task) {
        return error_of([&] { drive(context, std::move(task)); });
    }

    /// Creates and starts; the container is removed at the end.
    std::string started(std::vector<std::string> words);
    /// The same of a child that says something once it is up; returns when it has. Throws Fault::timed_out.
    std::string started_up(std::vector<std::string> words);
    /// A container that thv did not make, of any labels.
    std::string foreign(const std::string& name, const nlohmann::json& labels);
    std::shared_ptr<engine::Api> api() { return (*this)(connector.api()); }
    bool podman() { return api()->facts().podman; }

    asio::io_context context{1};
    Environment environment;
    engine::Connector connector;
    engine::EngineContainers containers;

private:
    std::string image_;
    std::string name_;
    std::vector<std::string> made_;
};

/// Everything that a container writes until both streams end, or until `enough` says so.
struct Transcript {
    std::string out;
    std::string err;
};
Task<Transcript> transcript(Stdio& stdio, std::function<bool(const Transcript&)> enough);

} // namespace thv::test
