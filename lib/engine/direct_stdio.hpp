// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/attach.hpp"
#include "engine/pipe_stdio.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace thv::engine {

/// The stdio of a container whose first process is thv-init: its server's own pipes, and stderr from the engine; or all
/// of it from the engine, when init could not reach this process. Which of the two is known when the container runs.
class DirectStdio : public Stdio {
public:
    struct Setup {
        std::shared_ptr<InitLink> link;
        std::filesystem::path marks; ///< the file of the LineMarks
        bool required = false;       ///< throw Fault::unsupported instead of going over the engine
    };
    /// `attached` may be null when the pipes are there already.
    DirectStdio(const asio::any_io_executor& executor, Setup setup, std::unique_ptr<AttachStream> attached);

    Task<Chunk> read() override;
    Task<> write(std::string bytes) override;
    void close() override;
    bool direct() const override { return pipes_ != nullptr; }

private:
    Task<> decide();
    void use_pipes();

    asio::any_io_executor executor_;
    Setup setup_;
    std::unique_ptr<AttachStream> attached_;
    std::unique_ptr<PipeStdio> pipes_;
    Event decided_;
    std::string stderr_;
    bool wants_stderr_ = false; ///< the last piece has been taken
    bool closed_ = false;
};

} // namespace thv::engine
