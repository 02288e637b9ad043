// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/globals.hpp"
#include "cli/help.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/records.hpp"
#include "registry/registry.hpp"
#include "secrets/manager.hpp"
#include "thv/change_flags.hpp"
#include "thv/foreground.hpp"
#include "thv/probes.hpp"
#include "thv/run_flags.hpp"
#include "thv/selection.hpp"
#include "workload/grouping.hpp"
#include "workload/lifecycle.hpp"
#include "workload/logs.hpp"
#include "workload/outgoing_auths.hpp"
#include "workload/platform.hpp"
#include "workload/query.hpp"
#include "workload/update.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace thv::commands {

using cli::Args;
using cli::Console;
using cli::Doc;
using cli::Lazy;

/// The program with all its commands.
const cli::Program& program();

/// Who calls, and from where.
struct Caller {
    explicit Caller(const cli::Ports& ports);
    const Environment& environment;
    const cli::Globals& globals;
    const Platform& platform;
    std::filesystem::path folder; ///< the working folder
};

struct List {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Caller caller, Query& query, Lazy<Grouping> grouping, Console& console) const;

    bool all = false;
    bool watch = false;
    std::optional<std::string> group;
    std::vector<std::string> labels;
    cli::Output output;

private:
    cli::Shape shape(bool namespaces) const;
    Task<> follow(Query& query, Filter filter, cli::Records& records, const Console& console) const;
};

/// How long a server may take until it answers.
inline constexpr Duration default_patience = std::chrono::minutes{5};

/// The two ways to run a workload; only the one that is taken is made.
struct Ways {
    explicit Ways(const cli::Ports& ports)
        : lifecycle(ports)
        , foreground(ports) {}
    Lazy<Lifecycle> lifecycle;
    Lazy<Foreground> foreground;
};

struct Run {
    static const Doc doc;
    void declare(Args& args);
    Task<int> run(Caller caller, Lazy<registry::Registry> registry, Lazy<secrets::Manager> secrets, Grouping& grouping,
                  Ways ways, Console& console) const;

    RunFlags flags;
    std::optional<std::string> from_config;
    bool dry_run = false;
    bool no_wait = false;
    bool stay = false; ///< --foreground
    Duration patience = default_patience;
    cli::ProgressFlag progress;

private:
    Task<RunConfig> config(Caller caller, Lazy<registry::Registry> registry, Lazy<secrets::Manager> secrets,
                           Console& console) const;
};

struct Export {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Caller caller, Query& query, Lazy<Grouping> grouping, Console& console) const;

    std::string name; ///< with `all` and `group`, the file
    std::optional<std::string> file;
    std::string format = "json";
    bool all = false;
    std::optional<std::string> group;

private:
    std::string one(const RunConfig& config, const Caller& caller, Console& console) const;
    Task<std::string> several(Query& query, Grouping& grouping, Console& console) const;
};

struct Replace {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Caller caller, Query& query, Update& update, Console& console) const;

    std::string name;
    ChangeFlags changes;
    std::optional<std::string> from_config;
    bool force_conflicts = false;
    bool no_wait = false;
    Duration patience = default_patience;
    cli::ProgressFlag progress;

private:
    Task<RunConfig> next(const Caller& caller, Query& query, Console& console) const;
};

struct Status {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Query& query, Console& console) const;

    std::string name;
    cli::Output output;
};

/// How a command that ends servers was told to do it.
struct EndingFlags {
    void declare(Args& args);
    Ending of(bool force, Console& console) const;

    std::optional<Duration> timeout;
    bool no_wait = false;
};

struct Stop {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Selector selector, Lifecycle& lifecycle, Console& console) const;

    Selection selection;
    EndingFlags ending;
};

struct Remove {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Selector selector, Lifecycle& lifecycle, Console& console) const;

    Selection selection;
    bool force = false;
    bool ignore_not_found = false;
    EndingFlags ending;
};

struct Start {
    static const Doc doc;
    void declare(Args& args);
    Task<int> run(Selector selector, Lifecycle& lifecycle, Lazy<Foreground> foreground, Console& console) const;

    Selection selection;
    bool stay = false; ///< --foreground
    bool no_wait = false;
    Duration patience = default_patience;
    cli::ProgressFlag progress;
};

struct Restart {
    static const Doc doc;
    void declare(Args& args);
    Task<int> run(Selector selector, Lifecycle& lifecycle, Lazy<Foreground> foreground, Console& console) const;

    Selection selection;
    bool stay = false; ///< --foreground
    bool no_wait = false;
    Duration patience = default_patience;
    cli::ProgressFlag progress;
};

struct ShowLogs {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Query& query, Logs& logs, Console& console) const;

    std::string name;
    bool follow = false;
    bool proxy = false;
    bool timestamps = false;
    bool previous = false;
    std::string tail = "all";
    std::optional<std::string> since;
};

struct RuntimeCheck {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Caller caller, Probes& probes, Console& console) const;

    cli::Output output;
    Duration patience = std::chrono::seconds{30};
};

struct GroupCreate {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Grouping& grouping, Console& console) const;

    std::vector<std::string> names;
};

struct GroupList {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Grouping& grouping, Console& console) const;

    cli::Output output;
};

struct GroupMove {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Query& query, Grouping& grouping, Console& console) const;

    std::vector<std::string> names; ///< without `to`, the last one is the group
    std::optional<std::string> to;
    std::optional<std::string> from;
    bool all = false;
    bool dry_run = false;

private:
    Task<std::vector<std::string>> everything(Query& query, const std::string& target) const;
};

/// Runs every run config of a folder.
struct GroupRun {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Caller caller, Lifecycle& lifecycle, Console& console) const;

    std::string path;
    Duration patience = default_patience;
    cli::ProgressFlag progress;
};

struct GroupRemove {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Grouping& grouping, Lazy<Lifecycle> lifecycle, Console& console) const;

    std::string name;
    bool with_workloads = false;
    bool yes = false;
};

struct VmcpDiscover {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Caller caller, Query& query, Grouping& grouping, Lazy<OutgoingAuths> auths, Console& console) const;

    std::string group;
    std::optional<std::string> auth_config;
    cli::Output output;
};

struct Version {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Console& console) const;

    cli::Output output;
};

/// Writes the manual pages, for the build of packages.
struct Manual {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(Console& console) const;

    std::string folder;
};

} // namespace thv::commands
