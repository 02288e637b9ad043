// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/run_config.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Registries: lists of MCP servers and of what each needs to run.
namespace thv::registry {

/// A variable of a server's environment, or a header that a remote server wants.
struct Variable {
    std::string name;
    std::string description = {};
    std::optional<std::string> value = {}; ///< what it is when nothing else is said
    bool required = false;
    bool secret = false;
    bool operator==(const Variable&) const = default;
};

/// One server of a registry. Everything in it is somebody else's word: texts may hold anything but NUL; what has a
/// grammar (image, URL, names of variables) has been checked.
struct Entry {
    std::string name; ///< letters, digits, '.', '_', '-' and '/'; 200 characters at most
    std::string title = {};
    std::string description = {};
    std::string image = {}; ///< empty for a remote server
    std::string url = {};   ///< of a remote server
    Transport transport = Transport::stdio;
    std::vector<std::string> args = {};
    std::vector<std::string> open_args = {}; ///< arguments that it needs and whose values nobody but the user knows
    int target_port = 0;                     ///< 0: not said
    int proxy_port = 0;
    std::vector<Variable> variables = {};
    std::vector<Variable> headers = {};       ///< of a remote server
    bool oauth = false;                       ///< a remote server that lets people in by OAuth
    nlohmann::ordered_json permissions = {};  ///< a permission profile; null: not said
    nlohmann::ordered_json oauth_config = {}; ///< as it came; null: none
    std::vector<std::string> tools = {};
    std::vector<std::string> tags = {};
    std::string tier = {};
    std::string status = {};
    std::string repository_url = {};
    int stars = 0;
    int pulls = 0;
    std::string last_updated = {};

    bool remote() const { return image.empty(); }
    bool operator==(const Entry&) const = default;
};

/// An entry that cannot be used, by its name, and why.
struct BrokenEntry {
    std::string name;
    Error error;
};

/// What a registry holds, sorted by name. One entry that cannot be read hides no other.
struct Catalogue {
    std::vector<Entry> entries = {};
    std::vector<BrokenEntry> broken = {};
    std::string last_updated = {};
};

/// What a registry may cost to read.
inline constexpr std::size_t largest_registry = 10U << 20U; ///< bytes, as upstream bounds its cache

/// Reads a registry file: upstream's older form ({"servers": {NAME: …}, "remote_servers": {NAME: …}}), or a list of
/// servers in the form of the official MCP registry ({"servers": [{"server": …}]}, or {"data": {"servers": […]}} as
/// upstream writes it now), of which those are taken that come as an image or run elsewhere. Throws Fault::usage for a
/// text that is none; `where` names it.
Catalogue parse_catalogue(std::string_view text, std::string_view where);

/// One page of the official registry's list of servers, and where the next one begins.
struct Page {
    Catalogue catalogue;
    std::string next; ///< the cursor; empty: it was the last page
};
Page parse_page(std::string_view text, std::string_view where);

/// The entry as upstream's registry files have it.
nlohmann::ordered_json to_json(const Entry& entry);
/// A whole registry file in upstream's older form, which is that of its copies, too.
std::string to_json(const Catalogue& catalogue);

/// The catalogue that comes with the program; parsed at each call.
Catalogue embedded_catalogue();

/// Sorts by name and takes out what is there twice: the first one stays.
void tidy(Catalogue& catalogue);

} // namespace thv::registry
