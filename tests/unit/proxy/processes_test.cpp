// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// Further processes of a server: for sessions of their own, and for clients of another era.
#include "io/event.hpp"
#include "world.hpp"

#include <list>

using namespace thv;
using namespace thv::test;

namespace {

/// A process that was started beside the first one.
struct Extra {
    explicit Extra(World& at)
        : server([this](const std::string& bytes) {
            output += bytes;
            ready.set();
        })
        , ready(at.context.get_executor()) {}
    void die() {
        dead = true;
        ready.set();
    }
    std::string output;
    FakeServer server;
    Event ready;
    bool dead = false;
    bool closed = false;
};

struct ExtraStdio final : Stdio {
    explicit ExtraStdio(std::shared_ptr<Extra> process)
        : extra(std::move(process)) {}
    ~ExtraStdio() override { extra->closed = true; }
    Task<Chunk> read() override {
        while (extra->output.empty() && !extra->dead) {
            extra->ready.reset();
            co_await extra->ready.wait();
        }
        co_return Chunk{.bytes = std::exchange(extra->output, {})};
    }
    Task<> write(std::string bytes) override {
        extra->server.feed(bytes);
        co_return;
    }
    void close() override { extra->die(); }
    std::shared_ptr<Extra> extra;
};

/// Processes as they are started, oldest first.
struct Started {
    std::vector<std::shared_ptr<Extra>> all;
    bool can = true;
    bool modern = false;

    void allow(World& at) {
        at.proxy.allow_spawn([this, &at]() -> Task<std::unique_ptr<Stdio>> {
            if (!can) co_return nullptr;
            all.push_back(std::make_shared<Extra>(at));
            all.back()->server.modern = modern;
            co_return std::make_unique<ExtraStdio>(all.back());
        });
    }
    std::size_t open() const {
        return static_cast<std::size_t>(std::ranges::count_if(all, [](const auto& one) { return !one->closed; }));
    }
};
Started* started = nullptr; // tests hand plain functions to World::run

proxy::Options isolated() {
    auto options = quick_options();
    options.isolation = Isolation::per_session;
    options.processes = 3;
    return options;
}

std::string modern_call(std::string_view method, std::string_view more = {}) {
    return fmt::format(
        R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{{{}"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}})",
        method, more);
}
http::Headers modern_headers(std::string method) {
    return {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", std::move(method)}};
}

/// A call by a client that can sample; `more` are further members of its params.
std::string modern_tool(std::string_view tool, std::string_view more = {}) {
    return fmt::format(
        R"({{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{}"{},"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{"sampling":{{}}}}}}}}}})",
        tool, more);
}
Task<std::string> call_tool(World& at, std::string tool, std::string more = {}) {
    auto headers = modern_headers("tools/call");
    headers.emplace_back("Mcp-Name", tool);
    const auto answer = co_await at.post(modern_tool(tool, more), {}, headers);
    co_return answer.body;
}
/// What a client sends to go on with a call that has asked it for input.
std::string with_input(std::string_view asked) {
    const auto result = mcp::member(asked, "result");
    const auto requests = mcp::member(result, "inputRequests");
    const auto key = requests.substr(1, requests.find(':') - 1);
    return fmt::format(R"(,"requestState":{},"inputResponses":{{{}:{{"text":"yes"}}}})",
                       mcp::member(result, "requestState"), key);
}

void run(proxy::Options options, Started& processes, Task<> (*work)(World&)) {
    World world{std::move(options)};
    world.connect();
    started = &processes;
    processes.allow(world);
    world.run(work);
    processes.all.clear(); // what is left of them belongs to the world's context
    started = nullptr;
}

} // namespace

TEST_CASE("each isolated session has a process of its own, greeted with the client's own words") {
    Started processes;
    run(isolated(), processes, [](World& at) -> Task<> {
        const auto first = co_await at.open(R"({"sampling":{"x":1}})");
        const auto second = co_await at.open();
        const auto answer = co_await at.post(call("1", "echo"), first);
        CHECK(answer.status == 200);
        CHECK(started->all.at(0)->server.received.size() == 2);
        CHECK(started->all.at(0)->server.received.at(0).find(R"("sampling":{"x":1})") != std::string::npos);
        CHECK(started->all.at(1)->server.received.size() == 1);
        CHECK(at.server->received.size() == 2); // the handshake that shows that the server works
        co_await at.post(R"({"jsonrpc":"2.0","method":"notifications/roots/list_changed"})", second);
        co_await until([] { return started->all.at(1)->server.received.size() == 2; });
    });
}

TEST_CASE("a process goes with its session, and one is kept in reserve") {
    Started processes;
    run(isolated(), processes, [](World& at) -> Task<> {
        const auto session = co_await at.open();
        co_await until([] { return started->open() == 2; });
        http::Request request{.method = "DELETE", .target = "/mcp"};
        request.headers = {{"Mcp-Session-Id", session}};
        co_await at.send(request);
        co_await until([] { return started->all.at(0)->closed && started->open() == 1; });
    });
}

TEST_CASE("a session ends with its process, and the others live on") {
    Started processes;
    run(isolated(), processes, [](World& at) -> Task<> {
        const auto lost = co_await at.open();
        const auto kept = co_await at.open();
        started->all.at(0)->die();
        co_await until([] { return started->all.at(0)->closed; });
        const auto answer = co_await at.post(call("1", "echo"), lost);
        CHECK(answer.status == 404);
        const auto other = co_await at.post(call("1", "echo"), kept);
        CHECK(other.status == 200);
    });
}

TEST_CASE("a question of an isolated process reaches its client, whatever the other sessions do") {
    Started processes;
    run(isolated(), processes, [](World& at) -> Task<> {
        const auto one = co_await at.open(R"({"sampling":{}})");
        const auto two = co_await at.open(R"({"sampling":{}})");
        const auto stream = co_await at.stream(one);
        co_await read_until(*stream, "data: \n\n");
        started->all.at(0)->server.say(R"({"jsonrpc":"2.0","id":"q","method":"sampling/createMessage","params":{}})");
        const auto text = co_await read_until(*stream, "}\n\n");
        CHECK(text.find("sampling/createMessage") != std::string::npos);
        const auto answer = co_await at.post(call("1", "echo"), two);
        CHECK(answer.status == 200);
    });
}

TEST_CASE("more sessions than there may be processes are told to come back") {
    Started processes;
    run(isolated(), processes, [](World& at) -> Task<> {
        for (int i = 0; i < 3; ++i)
            co_await at.open();
        const auto answer = co_await at.post(
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})");
        CHECK(answer.status == 503);
        CHECK(answer.header("retry-after") != nullptr);
    });
}

TEST_CASE("where no process can be started, isolated sessions are refused with the reason") {
    Started processes;
    processes.can = false;
    run(isolated(), processes, [](World& at) -> Task<> {
        const auto answer = co_await at.post(
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})");
        CHECK(answer.status == 503);
        CHECK_THAT(answer.body, ContainsSubstring("not reached directly"));
    });
}

TEST_CASE("a server that knows both eras gets a process for modern clients, and keeps the other one") {
    Started processes;
    processes.modern = true;
    run(quick_options(), processes, [](World& at) -> Task<> {
        const auto session = co_await at.open();
        const auto answer = co_await at.post(modern_call("tools/list"), {}, modern_headers("tools/list"));
        CHECK(answer.status == 200);
        REQUIRE(started->all.size() == 1);
        CHECK(started->all.at(0)->server.received.at(0).find("server/discover") != std::string::npos);
        CHECK(answer.body.find("resultType") == std::string::npos); // as the process said it
        co_await at.post(modern_call("tools/list"), {}, modern_headers("tools/list"));
        CHECK(started->all.size() == 1);
        const auto legacy = co_await at.post(call("1", "echo"), session);
        CHECK(legacy.status == 200);
        CHECK(at.server->received.size() == 3);
    });
}

TEST_CASE("a server of the legacy era is asked once, and then serves modern clients in translation") {
    Started processes;
    run(quick_options(), processes, [](World& at) -> Task<> {
        for (int i = 0; i < 2; ++i) {
            const auto answer = co_await at.post(modern_call("prompts/list"), {}, modern_headers("prompts/list"));
            CHECK(answer.status == 200);
            CHECK(answer.body.find(R"("resultType":"complete")") != std::string::npos);
        }
        CHECK(started->all.size() == 1);
        co_await until([] { return started->all.at(0)->closed; });
    });
}

TEST_CASE("a client that goes while a process is started for it is forgotten") {
    Started processes;
    run(isolated(), processes, [](World& at) -> Task<> {
        at.crash("gone");
        const auto answer = co_await at.post(
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})");
        CHECK(answer.status == 503);
        at.connect();
        started->allow(at);
        co_await at.open();
    });
}

TEST_CASE("isolated calls of modern clients are each asked for input by a process of their own") {
    Started processes;
    run(isolated(), processes, [](World& at) -> Task<> {
        const auto first = co_await call_tool(at, "ask");
        const auto second = co_await call_tool(at, "ask");
        CHECK(first.find("input_required") != std::string::npos);
        CHECK(second.find("input_required") != std::string::npos);
        const auto later = co_await call_tool(at, "ask", with_input(second));
        CHECK(later.find(R"("text":"yes")") != std::string::npos);
        const auto earlier = co_await call_tool(at, "ask", with_input(first));
        CHECK(earlier.find(R"("text":"yes")") != std::string::npos);
        const auto free = co_await call_tool(at, "echo");
        CHECK(free.find(R"("resultType":"complete")") != std::string::npos);
    });
}

TEST_CASE("a change of a list is told by whichever process of the server") {
    Started processes;
    run(isolated(), processes, [](World& at) -> Task<> {
        http::Request request{.method = "POST", .target = "/mcp", .headers = modern_headers("subscriptions/listen")};
        request.headers.emplace_back("Content-Type", "application/json");
        request.headers.emplace_back("Accept", "application/json, text/event-stream");
        request.body = modern_call("subscriptions/listen", R"("notifications":{"toolsListChanged":true},)");
        auto speaker = at.client();
        const auto stream = co_await speaker.open(std::move(request));
        co_await read_until(*stream, "subscriptions/acknowledged");
        co_await call_tool(at, "ask");
        co_await call_tool(at, "echo"); // by a further process
        co_await until([] { return started->open() == 2; });
        for (const auto& process : started->all)
            if (!process->closed)
                process->server.say(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
        const auto told = co_await read_until(*stream, "list_changed");
        CHECK_THAT(told, ContainsSubstring("notifications/tools/list_changed"));
    });
}

TEST_CASE("a shared process that waits for input refuses to guess for whom the next question is") {
    Started processes;
    run(quick_options(), processes, [](World& at) -> Task<> {
        const auto first = co_await call_tool(at, "ask");
        const auto second = co_await call_tool(at, "ask");
        CHECK(first.find("input_required") != std::string::npos);
        CHECK(second.find("input_required") == std::string::npos);
    });
}

TEST_CASE("calls of modern clients share the container's own process when there may be no further one") {
    auto options = isolated();
    options.processes = 0;
    Started processes;
    run(options, processes, [](World& at) -> Task<> {
        const auto asked = co_await call_tool(at, "ask");
        CHECK(asked.find("input_required") != std::string::npos);
        const auto other = co_await call_tool(at, "echo");
        CHECK(other.find(R"("resultType":"complete")") != std::string::npos);
    });
}

TEST_CASE("a session gets the place of a process that was started for a call and is idle") {
    auto options = isolated();
    options.processes = 1;
    Started processes;
    run(options, processes, [](World& at) -> Task<> {
        const auto asked = co_await call_tool(at, "ask");
        co_await call_tool(at, "echo"); // by a further process
        co_await at.open();
        const auto answer = co_await call_tool(at, "ask", with_input(asked));
        CHECK(answer.find(R"("text":"yes")") != std::string::npos);
    });
}
