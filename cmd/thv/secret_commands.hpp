// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/output.hpp"
#include "cli/records.hpp"
#include "secrets/manager.hpp"
#include "store/run_configs.hpp"

#include <optional>
#include <string>

namespace thv::commands {

using cli::Args;
using cli::Console;
using cli::Doc;

struct SecretDelete {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(secrets::Manager& manager, const RunConfigs& run_configs, Console& console) const;

    std::string name;
    bool yes = false;
};

struct SecretGet {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(secrets::Manager& manager, Console& console) const;

    std::string name;
};

struct SecretList {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(secrets::Manager& manager, const RunConfigs& run_configs, Console& console) const;

    cli::Output output;
};

struct SecretProvider {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(secrets::Manager& manager, Console& console) const;

    std::optional<std::string> name;
};

struct SecretResetKeyring {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(secrets::Manager& manager, Console& console) const;
};

struct SecretSet {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(secrets::Manager& manager, const RunConfigs& run_configs, Console& console) const;

    std::string name;
};

struct SecretSetup {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(secrets::Manager& manager, Console& console) const;

    std::optional<std::string> format;
};

} // namespace thv::commands
