// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "thv/config_file.hpp"

#include "cli/args.hpp"
#include "cli/console.hpp"
#include "io/files.hpp"
#include "manifest/manifest.hpp"
#include "yaml/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thv::commands {

std::string read_input(std::string_view flag, const std::filesystem::path& path, std::size_t limit) {
    try {
        if (auto bytes = read_stream(path, limit)) return *std::move(bytes);
    } catch (const Error& error) {
        throw error.within(flag);
    }
    throw Error{Fault::usage, fmt::format("{}: there is no file '{}'", flag, path.string())};
}

std::string read_input(std::string_view flag, const std::string& name, const std::filesystem::path& folder,
                       cli::Console& console, std::size_t limit) {
    if (name != "-") return read_input(flag, folder / name, limit);
    try {
        return console.read_all(limit);
    } catch (const Error& error) {
        throw error.within(flag);
    }
}

std::vector<std::string> config_files(const std::string& name, const std::filesystem::path& folder) {
    std::error_code failure;
    if (!std::filesystem::is_directory(folder / name, failure)) return {name};
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator{folder / name}) {
        const auto kind = entry.path().extension();
        if (entry.is_regular_file() && (kind == ".yaml" || kind == ".yml" || kind == ".json"))
            files.push_back((std::filesystem::path{name} / entry.path().filename()).string());
    }
    std::ranges::sort(files);
    return files;
}

void declare_from_config(cli::Args& args, std::optional<std::string>& file) {
    args.option("--from-config", file, "take everything from a run config or an MCPServer manifest; - is stdin")
        .placeholder("FILE")
        .completes(cli::Completer::file);
}

RunConfig read_config(const std::string& name, const std::filesystem::path& folder, cli::Console& console) {
    const auto text = read_input("--from-config", name, folder, console);
    const auto where = called(name);
    // JSON is YAML, too.
    const auto documents = yaml_documents(text, where);
    if (documents.size() != 1)
        throw Error{Fault::usage, fmt::format("{}: it must hold one document, and holds {}", where, documents.size())};
    const auto& document = documents.front();
    if (document.is_object() && document.contains("kind")) return config_from_manifest(document, where);
    // Whoever wrote a run config in YAML is served, too.
    const auto start = text.find_first_not_of(" \t\r\n");
    const bool json = start != std::string::npos && text[start] == '{';
    return run_config_from_json(json ? text : document.dump(), where);
}

} // namespace thv::commands
