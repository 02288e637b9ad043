// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "proxy/frontend.hpp"

#include "proxy/http_frontend.hpp"
#include "proxy/stdio_frontend.hpp"

namespace thv::proxy {

std::unique_ptr<Frontend> make_frontend(const asio::any_io_executor& executor, Containers& containers,
                                        const RunConfig& config, OutputSink output) {
    if (config.transport == Transport::stdio)
        return std::make_unique<StdioFrontend>(executor, containers, config, std::move(output));
    return std::make_unique<HttpFrontend>(executor, containers, config, std::move(output));
}

Task<> Frontend::resume(std::string container_id, std::string) {
    co_await attach(std::move(container_id));
}

} // namespace thv::proxy
