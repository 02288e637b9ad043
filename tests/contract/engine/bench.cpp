// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

#include "io/deadline.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace thv::test {

namespace {

std::string needed(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) throw std::runtime_error{fmt::format("{} is not set", name)};
    return value;
}

std::string next_name() {
    static int count = 0;
    return fmt::format("contract-{}-{}", ::getpid(), ++count);
}

Environment pointed_at(const std::string& socket) {
    return Environment{{{"HOME", "/nonexistent"}, {"TOOLHIVE_DOCKER_SOCKET", socket}}};
}

} // namespace

EngineBench::EngineBench()
    : environment(pointed_at(needed("THV_TEST_SOCKET")))
    , connector(environment, Paths::from(environment))
    , containers(connector, environment, engine::HostLimits::of_process())
    , image_(needed("THV_TEST_IMAGE"))
    , name_(next_name()) {}

EngineBench::~EngineBench() {
    made_.push_back(name_);
    for (const auto& id : made_) {
        try {
            (*this)(containers.remove(id));
        } catch (const Error&) {
            // The engine is gone, which is what one of the tests is about.
        }
    }
}

RunConfig EngineBench::config(std::vector<std::string> words) const {
    RunConfig config;
    config.image = image_;
    config.name = config.container_name = config.base_name = name_;
    config.cmd_args = std::move(words);
    config.permission_profile = value_or_throw(builtin_profile("none"));
    return config;
}

std::string EngineBench::started(std::vector<std::string> words) {
    auto id = (*this)(containers.create(config(std::move(words))));
    (*this)(containers.start(id));
    return id;
}

std::string EngineBench::started_up(std::vector<std::string> words) {
    auto id = (*this)(containers.create(config(std::move(words))));
    const auto stdio = (*this)(containers.attach(id));
    (*this)(containers.start(id));
    const auto first = (*this)(with_deadline(stdio->read(), std::chrono::seconds{10}, "waiting for the child's word"));
    if (first.bytes.empty()) throw Error{Fault::internal, "the child ended before it said that it is up"};
    return id;
}

std::string EngineBench::foreign(const std::string& name, const nlohmann::json& labels) {
    auto spec = engine::container_spec(config({"sleep"}), engine::HostLimits::of_process());
    spec["Labels"] = labels;
    const auto answer =
        (*this)(api()->send({.method = "POST", .path = "/containers/create?name=" + name, .body = spec}));
    made_.push_back(engine::parse_answer(answer.body)["Id"].get<std::string>());
    return made_.back();
}

Task<Transcript> transcript(Stdio& stdio, std::function<bool(const Transcript&)> enough) {
    Transcript seen;
    while (!enough(seen)) {
        const auto chunk = co_await stdio.read();
        if (chunk.bytes.empty()) break;
        (chunk.to_stderr ? seen.err : seen.out) += chunk.bytes;
    }
    co_return seen;
}

} // namespace thv::test
