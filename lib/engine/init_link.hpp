// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/init_wire.hpp"
#include "io/event.hpp"
#include "io/files.hpp"
#include "io/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>

namespace thv::engine {

/// One process of a server, as thv-init has handed it over.
struct InitProcess {
    explicit InitProcess(const asio::any_io_executor& executor)
        : settled(executor) {}

    std::uint32_t number = 0;
    Fd to_stdin; ///< of our own, non-blocking
    Fd from_stdout;
    bool given = false; ///< the descriptors have come
    int failure = 0;    ///< why there are none
    bool over = false;  ///< it has ended
    Event settled;      ///< given, failed or over
    std::function<void()> on_over;
};

/// The supervisor's end of the connection to the thv-init of one container (engine/init_wire.hpp): listens in a folder
/// that the container sees read-only, and takes the pipes of the server's processes over.
///
/// The container is not trusted: one connection at a time, packets of one size, pipes and nothing else.
class InitLink : public std::enable_shared_from_this<InitLink> {
public:
    /// Makes `folder`, with a copy of `program` and the socket in it; what a predecessor left there is replaced. All
    /// may enter the folder (a container's user is anyone), so the one above it must keep others out.
    static std::shared_ptr<InitLink> listen(const asio::any_io_executor& executor, const std::filesystem::path& folder,
                                            const std::filesystem::path& program);

    explicit InitLink(const asio::any_io_executor& executor);

    /// Set when the first process was handed over, or when the connection that was to do so has ended.
    Event& decided() { return decided_; }
    /// Init is there and has been told to begin, or has begun already.
    bool greeted() const { return greeted_; }
    const std::shared_ptr<InitProcess>& first() const { return first_; }

    /// One more process of the server. Fault::unreachable when init does not answer, Fault::conflict when there are
    /// too many, else Fault::internal with the reason.
    Task<std::shared_ptr<InitProcess>> spawn();
    /// Ends one: its stdin at once, by signals later. The caller has closed the descriptors.
    void end(std::uint32_t number);

private:
    struct Received {
        init_wire::Packet packet{};
        Fd first;
        Fd second;
    };

    void bind(const std::filesystem::path& folder);
    void accept();
    void take_connection();
    void receive();
    bool drain();
    bool handle(Received received);
    bool greet(const init_wire::Packet& packet);
    bool take_process(Received received);
    void over(std::uint32_t number);
    void refused(std::uint32_t number, int failure);
    bool send(init_wire::Kind kind, std::uint32_t number);
    void lost();

    asio::any_io_executor executor_;
    asio::posix::stream_descriptor listener_;
    asio::posix::stream_descriptor connection_;
    Event decided_;
    bool greeted_ = false;
    std::shared_ptr<InitProcess> first_;
    std::map<std::uint32_t, std::shared_ptr<InitProcess>> others_;
    std::uint32_t next_number_;
};

} // namespace thv::engine
