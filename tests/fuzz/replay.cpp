// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
//
// usage: replay_corpus TARGET FOLDER
// Gives a target every file of its corpus, without a fuzzer. What it finds wrong ends the program.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

using Target = int (*)(const std::uint8_t*, std::size_t);
extern "C" {
int fuzz_attach_frames(const std::uint8_t* data, std::size_t size);
int fuzz_bridge(const std::uint8_t* data, std::size_t size);
int fuzz_event_stream(const std::uint8_t* data, std::size_t size);
int fuzz_grammar(const std::uint8_t* data, std::size_t size);
int fuzz_http_client(const std::uint8_t* data, std::size_t size);
int fuzz_http_server(const std::uint8_t* data, std::size_t size);
int fuzz_kubeconfig(const std::uint8_t* data, std::size_t size);
int fuzz_message(const std::uint8_t* data, std::size_t size);
int fuzz_registry(const std::uint8_t* data, std::size_t size);
int fuzz_run_config(const std::uint8_t* data, std::size_t size);
int fuzz_status(const std::uint8_t* data, std::size_t size);
int fuzz_template(const std::uint8_t* data, std::size_t size);
int fuzz_yaml(const std::uint8_t* data, std::size_t size);
}

namespace {

struct Named {
    std::string_view name;
    Target target;
};
constexpr std::array targets{
    Named{"attach_frames", fuzz_attach_frames},
    Named{"bridge", fuzz_bridge},
    Named{"event_stream", fuzz_event_stream},
    Named{"grammar", fuzz_grammar},
    Named{"http_client", fuzz_http_client},
    Named{"http_server", fuzz_http_server},
    Named{"kubeconfig", fuzz_kubeconfig},
    Named{"message", fuzz_message},
    Named{"registry", fuzz_registry},
    Named{"run_config", fuzz_run_config},
    Named{"status", fuzz_status},
    Named{"template", fuzz_template},
    Named{"yaml", fuzz_yaml},
};

std::vector<std::uint8_t> bytes_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments{argv, argv + argc};
    const auto* const found =
        arguments.size() != 3 ? targets.end() : std::ranges::find(targets, arguments[1], &Named::name);
    if (found == targets.end()) {
        std::fputs("usage: replay_corpus TARGET FOLDER\n", stderr);
        return 2;
    }
    int played = 0;
    for (const auto& entry : std::filesystem::directory_iterator{arguments[2]}) {
        std::printf("%s\n", entry.path().filename().c_str());
        std::fflush(stdout); // the one that fails is the last one named
        const auto bytes = bytes_of(entry.path());
        found->target(bytes.data(), bytes.size());
        ++played;
    }
    std::printf("%d inputs\n", played);
    return played != 0 ? 0 : 1;
}
