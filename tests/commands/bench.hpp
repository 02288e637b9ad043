// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/console.hpp"
#include "io/environment.hpp"
#include "io/paths.hpp"
#include "io/race.hpp"
#include "registry/registry.hpp"
#include "support/fake_engine.hpp"
#include "support/temp_folder.hpp"
#include "thv/foreground.hpp"
#include "thv/live_values.hpp"
#include "thv/mcp_session.hpp"
#include "thv/probes.hpp"
#include "workload/platform.hpp"

#include <deque>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace thv::test {

/// Serves in the foreground without serving: it remembers what it was asked for and ends with a code.
struct FakeForeground final : commands::Foreground {
    std::vector<std::string> supervised;
    std::optional<RunConfig> ran;
    int code = 0;

    Task<int> supervise(WorkloadName name) override;
    Task<int> run(RunConfig config, Duration patience, Progress progress,
                  std::function<void(std::string_view)> ready) override;
};

struct FakeProbes final : commands::Probes {
    std::vector<commands::Probe> places;
    Task<std::vector<commands::Probe>> probe() override { co_return places; }
};

/// A kubeconfig and a cluster with these names.
struct FakeKubeNames final : commands::KubeNames {
    std::vector<cli::Candidate> known_contexts;
    std::vector<std::string> known_namespaces;
    std::vector<cli::Candidate> contexts() override { return known_contexts; }
    Task<std::vector<std::string>> namespaces() override { co_return known_namespaces; }
};

/// An engine with these images.
struct FakeLocalImages final : commands::LocalImages {
    std::vector<std::string> known;
    bool answers = true; ///< else it takes the question and is silent
    Task<std::vector<std::string>> references() override {
        if (!answers) co_await forever();
        co_return known;
    }
};

/// An MCP server in memory, which answers by rote.
struct FakeMcpServer final : commands::McpDialer {
    using Json = nlohmann::ordered_json;
    std::string url; ///< what it was dialled by
    std::optional<ProxyMode> mode;
    Json hello = Json::parse(R"({"capabilities": {"tools": {}}})");
    std::map<std::string, std::vector<Json>> results; ///< by method, in order
    std::vector<std::pair<std::string, Json>> asked;
    int closed = 0;

    std::optional<std::string> ca_file;

    Task<std::unique_ptr<commands::McpSession>> open(commands::McpDial dial) override;
};

/// A place to try the whole command line on: a fake engine, an environment, and somebody who types and reads.
struct Bench {
    struct Answer {
        int code = 0;
        std::string out;
        std::string err;
        bool operator==(const Answer&) const = default;
    };

    FakeEngine engine;
    Platform platform = Platform::engine;
    FakeForeground foreground;
    FakeProbes probes;
    FakeKubeNames kube_names;
    FakeLocalImages images;
    FakeMcpServer mcp;
    std::string input; ///< what is piped into stdin
    Environment environment;
    cli::Terminal terminal;        ///< by default nothing is a terminal
    std::deque<std::string> typed; ///< the lines that stdin holds
    /// Where the user's settings are; there are none at first.
    std::shared_ptr<TempFolder> home = std::make_shared<TempFolder>();

    /// What was asked of the ports by the flags of the last command.
    cli::Globals globals;

    Paths paths() const;

    /// Runs `thv WORDS…`.
    Answer thv(std::vector<std::string> words);
};

std::ostream& operator<<(std::ostream& stream, const Bench::Answer& answer);

/// The bytes of a file under tests/golden (or of an absolute path), or, with THV_ACCEPT=1 in the environment, `actual`,
/// which is written there.
std::string golden(const std::string& name, const std::string& actual);

} // namespace thv::test
