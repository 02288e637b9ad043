// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

#include "cli/dispatch.hpp"
#include "io/paths.hpp"
#include "secrets/manager.hpp"
#include "store/run_configs.hpp"
#include "thv/commands.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>

namespace thv::test {

Task<int> FakeForeground::supervise(WorkloadName name) {
    supervised.push_back(name.str());
    co_return code;
}

Task<int> FakeForeground::run(RunConfig config, Duration, Progress progress,
                              std::function<void(std::string_view)> ready) {
    progress("Starting");
    config.port = 20000;
    ready(workload_url(config));
    ran = std::move(config);
    co_return code;
}

namespace {

class FakeSession final : public commands::McpSession {
public:
    explicit FakeSession(FakeMcpServer& server)
        : server_(server) {}
    const FakeMcpServer::Json& server() const override { return server_.hello; }
    Task<FakeMcpServer::Json> request(std::string method, FakeMcpServer::Json params) override {
        server_.asked.emplace_back(method, std::move(params));
        auto& answers = server_.results[method];
        if (answers.empty()) throw Error{Fault::internal, "the server refused " + method + ": no such method (-32601)"};
        auto answer = answers.front();
        answers.erase(answers.begin());
        co_return answer;
    }
    Task<> close() override {
        ++server_.closed;
        co_return;
    }

private:
    FakeMcpServer& server_;
};

} // namespace

Task<std::unique_ptr<commands::McpSession>> FakeMcpServer::open(commands::McpDial dial) {
    url = std::move(dial.url);
    mode = dial.mode;
    ca_file = dial.ca_file;
    co_return std::make_unique<FakeSession>(*this);
}

Paths Bench::paths() const {
    return Paths::from(Environment{{{"HOME", home->path().string()}}});
}

Bench::Answer Bench::thv(std::vector<std::string> words) {
    Answer answer;
    cli::Console::Streams streams;
    streams.out = [&](std::string_view bytes) { answer.out += bytes; };
    streams.err = [&](std::string_view bytes) { answer.err += bytes; };
    streams.read_line = [&]() -> std::optional<std::string> {
        if (typed.empty()) return std::nullopt;
        auto line = typed.front();
        typed.pop_front();
        return line;
    };
    streams.read_all = [&](std::size_t limit) {
        if (input.size() > limit) throw Error{Fault::usage, "'stdin' is too long"};
        return input;
    };
    streams.read_hidden = streams.read_line;
    cli::Console console{std::move(streams), terminal};
    registry::Registry registry{paths(), environment};
    secrets::Manager manager{
        {.environment = environment,
         .paths = paths(),
         .keyring = []() -> std::unique_ptr<secrets::Keyring> { return nullptr; },
         .person = {.ask = [&console](std::string_view question) { return console.ask_hidden(question); },
                    .warn = [&console](std::string_view text) { console.warn(text); }}}};
    const RunConfigs run_configs{paths().run_configs()};
    const Supervisors supervisors{paths().supervisors()};
    const auto offer = [&](cli::Ports& ports, const cli::Globals& asked) -> std::shared_ptr<void> {
        globals = asked;
        ports.lend<Query>(engine);
        ports.lend<Lifecycle>(engine);
        ports.lend<Logs>(engine);
        ports.lend<Grouping>(engine);
        ports.lend<Update>(engine);
        ports.lend<OutgoingAuths>(engine);
        ports.lend<const Platform>(platform);
        ports.lend(environment);
        ports.lend<commands::Foreground>(foreground);
        ports.lend<commands::Probes>(probes);
        ports.lend<commands::McpDialer>(mcp);
        ports.lend(registry);
        ports.lend(manager);
        ports.lend(run_configs);
        ports.lend(supervisors);
        ports.lend<commands::KubeNames>(kube_names);
        ports.lend<commands::LocalImages>(images);
        return nullptr;
    };
    answer.code = cli::dispatch(commands::program(), std::move(words), console, offer);
    return answer;
}

std::ostream& operator<<(std::ostream& stream, const Bench::Answer& answer) {
    return stream << "code " << answer.code << "\n--- stdout\n" << answer.out << "--- stderr\n" << answer.err;
}

std::string golden(const std::string& name, const std::string& actual) {
    const auto path = std::filesystem::path{THV_GOLDEN} / name;
    const char* accept = std::getenv("THV_ACCEPT");
    if (accept != nullptr && std::string{accept} == "1") {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream{path, std::ios::binary} << actual;
    }
    std::ifstream file{path, std::ios::binary};
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

} // namespace thv::test
