// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "thv/commands.hpp"

#include <optional>
#include <string>

namespace thv::commands {

struct Search {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(registry::Registry& registry, Console& console) const;

    std::string query;
    cli::Output output;
    bool refresh = false;
};

struct RegistryList {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(registry::Registry& registry, Console& console) const;

    cli::Output output;
    bool refresh = false;
};

struct RegistryInfo {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(registry::Registry& registry, Console& console) const;

    std::string name;
    cli::Output output;
    bool refresh = false;
};

struct ConfigSetRegistry {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(registry::Registry& registry, Console& console) const;

    std::string place;
    bool allow_private = false;
};

struct ConfigGetRegistry {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(registry::Registry& registry, Console& console) const;

    cli::Output output;
};

struct ConfigUnsetRegistry {
    static const Doc doc;
    void declare(Args& args);
    Task<> run(registry::Registry& registry, Console& console) const;
};

} // namespace thv::commands
