// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/init_link.hpp"
#include "engine/line_marks.hpp"
#include "workload/containers.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <string>

namespace thv::engine {

/// The pipes of one process that thv-init has started. Its stderr is the container's and does not come this way.
class PipeStdio : public Stdio {
public:
    /// `marks` may be null. With them, the streams go on at the beginning of a line where a predecessor has left them:
    /// the rest of a line that it had begun to read is dropped, a line that it had begun to write is ended.
    PipeStdio(const asio::any_io_executor& executor, std::shared_ptr<InitLink> link,
              const std::shared_ptr<InitProcess>& process, std::unique_ptr<LineMarks> marks);
    ~PipeStdio() override;

    Task<Chunk> read() override;
    Task<> write(std::string bytes) override;
    void close() override;
    bool direct() const override { return true; }

    /// Makes a read in progress return with nothing; `interrupted` tells that apart from the end.
    void interrupt();
    bool interrupted() const { return interrupted_; }

private:
    using Buffer = std::array<char, 64U << 10U>;
    std::string drained();
    std::string taken(std::size_t size);

    std::shared_ptr<InitLink> link_;
    std::shared_ptr<InitProcess> process_;
    std::unique_ptr<LineMarks> marks_;
    asio::posix::stream_descriptor in_;
    asio::posix::stream_descriptor out_;
    std::unique_ptr<Buffer> buffer_ = std::make_unique<Buffer>();
    bool end_line_ = false;  ///< the predecessor's last line lacks its end
    bool skip_line_ = false; ///< the predecessor had read the beginning of a line
    bool interrupted_ = false;
    bool ended_ = false;
    bool closed_ = false;
};

} // namespace thv::engine
