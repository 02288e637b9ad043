// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// What a container could say in its init's place.
#include "init_bench.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

using namespace thv;
using namespace std::chrono_literals;
using thv::init_wire::Kind;
using thv::init_wire::Packet;
using thv::test::InitBench;

namespace {

struct Impostor {
    explicit Impostor(const InitBench& bench)
        : socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const auto path = (bench.lent() / "socket").string();
        path.copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
        REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }

    void send(const void* bytes, std::size_t size, std::vector<int> fds = {}) const {
        iovec part{const_cast<void*>(bytes), size};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(8 * sizeof(int))> control{};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        if (!fds.empty()) {
            message.msg_control = control.data();
            message.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
            auto* header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
            std::memcpy(CMSG_DATA(header), fds.data(), fds.size() * sizeof(int));
        }
        REQUIRE(::sendmsg(socket.get(), &message, MSG_NOSIGNAL) == static_cast<ssize_t>(size));
    }
    void send(Packet packet, std::vector<int> fds = {}) const { send(&packet, sizeof packet, std::move(fds)); }

    /// 'p': a packet came; 'e': the connection was ended; '-': nothing for a while.
    char heard(InitBench& bench) const {
        for (int round = 0; round < 200; ++round) {
            std::array<char, 64> buffer{};
            const auto got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
            if (got > 0) return 'p';
            if (got == 0 || errno == ECONNRESET) return 'e';
            bench(sleep_for(5ms));
        }
        return '-';
    }

    Fd socket;
};

struct Pipe {
    Pipe() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
    ~Pipe() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    int ends[2] = {-1, -1};
};

std::size_t open_descriptors() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"})
        count += entry.path().empty() ? 0 : 1;
    return count;
}

constexpr Packet hello{Kind::hello, init_wire::version, 0};
constexpr Packet child{Kind::child, init_wire::first_child, 0};

} // namespace

TEST_CASE("whoever says something that init does not say loses the connection") {
    InitBench bench;
    bench.listen();
    const Impostor impostor{bench};
    SECTION("another version") {
        impostor.send({Kind::hello, 999, 0});
    }
    SECTION("a process before the greeting") {
        const Pipe pipe;
        impostor.send(child, {pipe.ends[1], pipe.ends[0]});
    }
    SECTION("what only a supervisor says") {
        impostor.send({Kind::begin, 0, 0});
    }
    SECTION("no packet of ours") {
        impostor.send("x", 1);
    }
    SECTION("a longer one") {
        const std::string longer(4096, 'x');
        impostor.send(longer.data(), longer.size());
    }
    CHECK(impostor.heard(bench) == 'e');
    CHECK_FALSE(bench.link->greeted());
}

TEST_CASE("nothing but pipes is taken from a container, and what else comes is closed") {
    InitBench bench;
    bench.listen();
    const Pipe pipe;
    const Fd file{::open("/etc/passwd", O_RDONLY | O_CLOEXEC)};
    const Fd device{::open("/dev/zero", O_RDWR | O_CLOEXEC)};
    const Fd folder{::open("/tmp", O_PATH | O_CLOEXEC)};
    const int row = GENERATE(range(0, 7));
    const std::vector<std::vector<int>> rows{{},
                                             {pipe.ends[1]},
                                             {pipe.ends[1], file.get()},
                                             {file.get(), pipe.ends[0]},
                                             {device.get(), device.get()},
                                             {folder.get(), folder.get()},
                                             {pipe.ends[1], pipe.ends[0], pipe.ends[0]}};
    const Impostor impostor{bench};
    impostor.send(hello);
    REQUIRE(impostor.heard(bench) == 'p'); // begin
    const auto before = open_descriptors();
    impostor.send(child, rows.at(static_cast<std::size_t>(row)));
    CHECK(impostor.heard(bench) == 'e');
    CHECK_FALSE(bench.link->first()->given);
    CHECK(bench.link->decided().is_set());   // the engine is to carry the bytes
    CHECK(open_descriptors() == before - 1); // the connection's
}

TEST_CASE("whether our ends of the pipes block is decided by us alone") {
    InitBench bench;
    bench.listen();
    const Pipe in;
    const Pipe out;
    const Impostor impostor{bench};
    impostor.send(hello);
    REQUIRE(impostor.heard(bench) == 'p');
    impostor.send(child, {in.ends[1], out.ends[0]});
    const auto stdio = bench.first();
    // The container's own descriptions of the same pipes are blocking ones, and stay so.
    CHECK((::fcntl(in.ends[1], F_GETFL) & O_NONBLOCK) == 0);
    CHECK((::fcntl(bench.link->first()->to_stdin.get(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(bench.link->first()->from_stdout.get(), F_GETFL) & O_NONBLOCK) != 0);
}

TEST_CASE("a second connection is not taken while there is one") {
    InitBench bench;
    bench.listen();
    const Impostor first{bench};
    first.send(hello);
    REQUIRE(first.heard(bench) == 'p');
    const Impostor second{bench};
    CHECK(second.heard(bench) == 'e');
    CHECK(bench.link->greeted());
}

TEST_CASE("the folder is open to all, for a container's user is anyone, and only the supervisor may write") {
    InitBench bench;
    bench.listen();
    const auto mode = [](const std::filesystem::path& path) {
        return static_cast<unsigned>(std::filesystem::status(path).permissions());
    };
    CHECK(mode(bench.lent()) == 0755);
    CHECK(mode(bench.lent() / "thv-init") == 0755);
    CHECK(mode(bench.lent() / "socket") == 0666);
    CHECK(mode(bench.lent().parent_path()) == 0700);
}
