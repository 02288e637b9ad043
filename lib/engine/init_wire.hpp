// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

/// What a supervisor and the thv-init of its container say to each other: packets over a SOCK_SEQPACKET socket on which
/// the supervisor listens, so that a container can be lent the socket without being able to make one. thv-init is built
/// without the C++ library, so this header must do without it, too.
///
///   init → supervisor   hello(version, number of processes), then child for each process that runs
///   supervisor → init   begin, when there is none yet: starts process 1, which the container lives as long as
///   init → supervisor   child(number) with two descriptors: where to write its stdin, where to read its stdout
///   supervisor → init   spawn(number): one more process, answered by child or failed(number, errno)
///   supervisor → init   end(number): ends its stdin, later SIGTERM and SIGKILL
///   init → supervisor   ended(number, wait status)
namespace thv::init_wire {

inline constexpr uint32_t version = 1;
inline constexpr uint32_t first_child = 1;
inline constexpr uint32_t max_children = 64;

/// Where a container finds its init, and the name of the socket beside it.
inline constexpr char folder[] = "/.thv";
inline constexpr char program_name[] = "thv-init";
inline constexpr char socket_name[] = "socket";

/// How init begins the line on stderr by which it tells that it goes on without a supervisor.
inline constexpr char notice[] = "thv-init: ";

/// From the end of stdin to SIGTERM, and from there to SIGKILL.
inline constexpr int64_t term_after_ms = 2000;
inline constexpr int64_t kill_after_ms = 3000;

enum class Kind : uint32_t { hello = 1, begin, child, spawn, failed, end, ended };

struct Packet {
    Kind kind;
    uint32_t number; ///< of a process; in hello the version
    int32_t value;   ///< hello: how many processes run; failed: errno; ended: the wait status
};

} // namespace thv::init_wire
