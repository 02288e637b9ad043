// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/http_frontend.hpp"

#include "io/race.hpp"
#include "proxy/admission.hpp"

#include <fmt/format.h>

namespace thv::proxy {

HttpFrontend::HttpFrontend(const asio::any_io_executor& executor, Containers& containers, const RunConfig& config,
                           OutputSink output)
    : containers_(containers)
    , proxy_(executor, gated_options(executor, config, Environment::of_process()))
    , transport_(config.transport)
    , target_port_(config.target_port)
    , wants_output_(static_cast<bool>(output))
    , output_lines_(std::move(output))
    , backend_known_(executor) {}

Task<> HttpFrontend::attach(std::string container_id) {
    if (wants_output_) stdio_ = co_await containers_.attach(std::move(container_id));
}

Task<> HttpFrontend::carry(std::string container_id) {
    const auto info = co_await containers_.inspect(container_id);
    if (info && info->running()) {
        const auto port = info->ports.find(target_port_);
        if (port == info->ports.end())
            throw Error{Fault::internal, fmt::format("the engine published no port for the server's {}", target_port_)}
                .hint("a server that speaks HTTP needs a network; see --network and --permission-profile");
        proxy_.expect_backend("127.0.0.1", port->second);
        backend_known_.set();
    }
    if (stdio_) co_await read_output();
    co_await forever();
}

Task<> HttpFrontend::read_output() {
    while (true) {
        const auto chunk = co_await stdio_->read();
        if (chunk.bytes.empty()) co_return;
        output_lines_.feed(chunk.bytes);
    }
}

Task<> HttpFrontend::ready(Duration patience) {
    co_await backend_known_.wait();
    co_await proxy_.probe(transport_, patience);
}

void HttpFrontend::down(std::string reason) {
    backend_known_.reset();
    proxy_.backend_gone(std::move(reason));
    output_lines_.flush();
    if (stdio_) stdio_->close();
    stdio_.reset();
}

} // namespace thv::proxy
