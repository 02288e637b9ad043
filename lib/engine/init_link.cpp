// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/init_link.hpp"

#include "core/error.hpp"
#include "io/deadline.hpp"
#include "io/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace thv::engine {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using boost::system::error_code;
using init_wire::Kind;
using init_wire::Packet;

namespace {

constexpr auto wait_read = asio::posix::stream_descriptor::wait_read;

Error cannot(std::string_view what, const fs::path& path) {
    return Error{Fault::internal, fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno))};
}

/// A number that no process of a predecessor has: those of now follow those of earlier.
std::uint32_t numbers_of_now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(since).count() / 100;
    return init_wire::first_child + 1 + (static_cast<std::uint32_t>(tenths) & 0x7fffffffU);
}

/// A descriptor of our own of the pipe behind one that came from a container. Whether that one blocks is decided by
/// whoever else has it, and anything but a pipe could do anything when it is used.
Fd reopened(const Fd& given, int flags) {
    const auto path = fmt::format("/proc/self/fd/{}", given.get());
    std::array<char, 64> target{};
    const auto length = ::readlink(path.c_str(), target.data(), target.size());
    // The name of a file of any other kind begins with a slash, or with its own kind.
    constexpr std::string_view anonymous = "pipe:[";
    const auto size = length < 0 ? std::size_t{0} : static_cast<std::size_t>(length);
    if (!std::string_view{target.data(), size}.starts_with(anonymous)) return Fd{};
    return Fd{::open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC)};
}

void lay_out(const fs::path& folder, const fs::path& program) {
    const auto bytes = read_file(program);
    if (!bytes) throw Error{Fault::internal, fmt::format("there is no {}", program.string())};
    make_folder(folder);
    const auto copy = folder / init_wire::program_name;
    write_atomic(copy, *bytes);
    if (::chmod(copy.c_str(), 0755) != 0) throw cannot("make executable", copy);
    if (::chmod(folder.c_str(), 0755) != 0) throw cannot("open", folder);
}

} // namespace

InitLink::InitLink(const asio::any_io_executor& executor)
    : executor_(executor)
    , listener_(executor)
    , connection_(executor)
    , decided_(executor)
    , first_(std::make_shared<InitProcess>(executor))
    , next_number_(numbers_of_now()) {
    first_->number = init_wire::first_child;
}

std::shared_ptr<InitLink> InitLink::listen(const asio::any_io_executor& executor, const fs::path& folder,
                                           const fs::path& program) {
    lay_out(folder, program);
    auto link = std::make_shared<InitLink>(executor);
    link->bind(folder);
    link->accept();
    return link;
}

void InitLink::bind(const fs::path& folder) {
    const Fd place{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    Fd socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!place.open() || !socket.open()) throw cannot("listen in", folder);
    remove_file(folder / init_wire::socket_name);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // The path itself may be longer than an address can be.
    const auto path = fmt::format("/proc/self/fd/{}/{}", place.get(), init_wire::socket_name);
    path.copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    const auto* name = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(socket.get(), name, sizeof address) != 0 || ::chmod(path.c_str(), 0666) != 0 ||
        ::listen(socket.get(), 4) != 0)
        throw cannot("listen in", folder);
    listener_.assign(socket.release());
}

void InitLink::accept() {
    listener_.async_wait(wait_read, [weak = weak_from_this()](error_code failure) {
        const auto self = weak.lock();
        if (!self || failure) return;
        self->take_connection();
        self->accept();
    });
}

void InitLink::take_connection() {
    Fd socket{::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!socket.open() || connection_.is_open()) return; // a second one is not init
    connection_.assign(socket.release());
    receive();
}

void InitLink::receive() {
    connection_.async_wait(wait_read, [weak = weak_from_this()](error_code failure) {
        const auto self = weak.lock();
        if (!self || failure) return;
        if (self->drain())
            self->receive();
        else
            self->lost();
    });
}

/// Handles the packets that are there; false when the connection has ended or what came is no packet of init.
bool InitLink::drain() {
    // A container that sends without end must not keep this thread.
    for (std::uint32_t rounds = 0; rounds < init_wire::max_children; ++rounds) {
        Received received;
        iovec bytes{&received.packet, sizeof received.packet};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> control{};
        msghdr message{};
        message.msg_iov = &bytes;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const auto got = ::recvmsg(connection_.native_handle(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
        const auto* header = CMSG_FIRSTHDR(&message);
        if (header != nullptr && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
            std::array<int, 2> fds{-1, -1};
            std::memcpy(fds.data(), CMSG_DATA(header), std::min(sizeof fds, header->cmsg_len - CMSG_LEN(0)));
            received.first = Fd{fds[0]};
            received.second = Fd{fds[1]};
        }
        const bool whole = got == sizeof received.packet && (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
        if (!whole || !handle(std::move(received))) return false;
    }
    return true;
}

bool InitLink::handle(Received received) {
    const auto& packet = received.packet;
    switch (packet.kind) {
    case Kind::hello:
        return greet(packet);
    case Kind::child:
        return take_process(std::move(received));
    case Kind::ended:
        over(packet.number);
        return true;
    case Kind::failed:
        refused(packet.number, packet.value);
        return true;
    default:
        return false;
    }
}

bool InitLink::greet(const Packet& packet) {
    if (packet.number != init_wire::version || greeted_) return false;
    greeted_ = true;
    return packet.value != 0 || send(Kind::begin, 0);
}

bool InitLink::take_process(Received received) {
    if (!greeted_) return false;
    const auto number = received.packet.number;
    const auto known = others_.find(number);
    if (number != init_wire::first_child && known == others_.end()) {
        end(number); // a predecessor's, whose client is gone
        return true;
    }
    auto& process = number == init_wire::first_child ? *first_ : *known->second;
    if (process.given) return true;
    auto to_stdin = reopened(received.first, O_WRONLY);
    auto from_stdout = reopened(received.second, O_RDONLY);
    if (!to_stdin.open() || !from_stdout.open()) return false;
    process.to_stdin = std::move(to_stdin);
    process.from_stdout = std::move(from_stdout);
    process.given = true;
    process.settled.set();
    if (number == init_wire::first_child) decided_.set();
    return true;
}

void InitLink::over(std::uint32_t number) {
    const auto known = others_.find(number);
    if (known == others_.end()) return; // the first one's end is the container's
    const auto process = known->second;
    others_.erase(known);
    process->over = true;
    process->settled.set();
    if (process->on_over) process->on_over();
}

void InitLink::refused(std::uint32_t number, int failure) {
    const auto known = others_.find(number);
    if (known == others_.end()) return;
    known->second->failure = failure == 0 ? EIO : failure;
    over(number);
}

bool InitLink::send(Kind kind, std::uint32_t number) {
    const Packet packet{kind, number, 0};
    return connection_.is_open() && ::send(connection_.native_handle(), &packet, sizeof packet,
                                           MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(sizeof packet);
}

/// Init connects again when it can; what is told meanwhile of processes comes then, except their ends.
void InitLink::lost() {
    error_code ignored; // closing is what was wanted
    connection_.close(ignored);
    if (!first_->given && greeted_) decided_.set();
    greeted_ = false;
    for (const auto& [number, process] : std::exchange(others_, {})) {
        process->over = true;
        if (!process->given) process->failure = ECONNRESET;
        process->settled.set();
        if (process->on_over) process->on_over();
    }
}

void InitLink::end(std::uint32_t number) {
    others_.erase(number);
    // Without a connection there is nobody to tell; init's next hello is followed by all that it has.
    if (!send(Kind::end, number)) log::debug("a process of the server could not be ended at once");
}

namespace {

Task<> settle(std::shared_ptr<InitProcess> process) {
    co_await process->settled.wait();
}

} // namespace

Task<std::shared_ptr<InitProcess>> InitLink::spawn() {
    const auto self = shared_from_this();
    auto process = std::make_shared<InitProcess>(executor_);
    process->number = next_number_++;
    if (!greeted_ || !send(Kind::spawn, process->number))
        throw Error{Fault::unreachable, "the container's init does not answer"};
    others_[process->number] = process;
    std::exception_ptr failure;
    try {
        co_await with_deadline(settle(process), 10s, "starting another process of the server");
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        end(process->number);
        std::rethrow_exception(failure);
    }
    if (process->given && process->failure == 0) co_return process;
    const auto fault = process->failure == EMFILE || process->failure == EAGAIN ? Fault::conflict : Fault::internal;
    const auto* why = process->failure == 0 ? "it ended at once" : std::strerror(process->failure);
    throw Error{fault, fmt::format("another process of the server could not be started: {}", why)};
}

} // namespace thv::engine
