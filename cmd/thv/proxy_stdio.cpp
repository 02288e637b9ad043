// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "io/log.hpp"
#include "io/standard_stream.hpp"
#include "relay/relay.hpp"
#include "thv/mcp_commands.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <memory>

namespace thv::commands {

constexpr Doc ProxyStdio::doc{
    .name = "proxy stdio",
    .summary = "offer a workload to a client that speaks stdio only",
    .description =
        "Is an MCP server on stdin and stdout, whose messages pass to and from the workload, one on each line. What "
        "went wrong on the way is said on stderr.\n\nThe workload must run; nothing is started. When stdin ends, the "
        "answers that are still to come are waited for, at most --timeout. The exit code is 0 when all of them came, "
        "124 when some did not, and 141 when the client does not read stdout any more.",
    .examples = "thv proxy stdio fetch\n"
                "# in the configuration of a client\n"
                "{\"mcpServers\": {\"fetch\": {\"command\": \"thv\", \"args\": [\"proxy\", \"stdio\", \"fetch\"]}}}",
};

void ProxyStdio::declare(Args& args) {
    args.positional("NAME", name, "the workload").mandatory().completes(cli::Completer::running_workload);
    args.option("--timeout", patience, "how long the last answers may take when stdin has ended (30s)");
}

namespace {

constexpr int killed = 128;

relay::Client standard_streams(const asio::any_io_executor& executor) {
    const auto input = std::make_shared<InputStream>(executor, STDIN_FILENO);
    const auto output = std::make_shared<OutputStream>(executor, STDOUT_FILENO);
    return {.read = [input] { return input->read(); },
            .write = [output](std::string bytes) { return output->write(std::move(bytes)); }};
}

} // namespace

Task<int> ProxyStdio::run(Caller caller, Query& query, Console& console) const {
    const auto workload = co_await find_served(query, value_or_throw(WorkloadName::parse(name)));
    relay::Server server{.address = http::reach(workload.url, {}, caller.environment)};
    if (const auto mode = parse_proxy_mode(workload.proxy_mode)) server.mode = *mode;
    log::start(caller.globals.debug ? log::Level::debug : log::Level::warn);
    const auto executor = co_await asio::this_coro::executor;
    const auto ending = co_await relay::relay(std::move(server), standard_streams(executor), {.farewell = patience});
    if (ending == relay::Ending::nobody_reads) co_return killed + SIGPIPE;
    if (ending == relay::Ending::answered) co_return 0;
    console.complain(Error{Fault::timed_out, fmt::format("'{}' did not answer everything within {}", workload.name,
                                                         human_span(patience))});
    co_return exit_code(Fault::timed_out);
}

} // namespace thv::commands
