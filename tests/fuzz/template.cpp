// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/template.hpp"

#include "core/error.hpp"
#include "cuts.hpp"

#include <nlohmann/json.hpp>

using namespace thv;

/// Any bytes are a template or an error, and so is what a template makes of any data: the text up to the first NUL is
/// the template, what follows is JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = fuzz::text_of(data, size);
    const auto end = std::min(input.find('\0'), input.size());
    auto json = nlohmann::ordered_json::parse(input.substr(std::min(end + 1, size)), nullptr, false);
    if (json.is_discarded())
        json = {{"name", "a\xff"}, {"n", 3}, {"x_y", {{"z", nullptr}}}, {"list", {1.5, "b", false}}};
    try {
        const auto parsed = cli::Template::parse(input.substr(0, end));
        static_cast<void>(parsed.heading());
        const auto rendered = parsed.render(json);
        fuzz::require(rendered.size() <= 64U << 20U && parsed.render(json) == rendered);
    } catch (const Error& error) {
        fuzz::require(error.fault() == Fault::usage);
    }
    return 0;
}
