// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace thv::proxy {

/// A text in Prometheus' exposition format 0.0.4.
class Exposition {
public:
    static constexpr std::string_view media_type = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins a family; `type` is counter, gauge or histogram, `help` one line. Its samples follow.
    Exposition& family(std::string_view name, std::string_view type, std::string_view help);
    /// A sample of the last family. `labels` are complete ("a=\"1\",b=\"2\"") or empty, `suffix` is that of a
    /// histogram's sample.
    Exposition& sample(std::string_view labels, double value, std::string_view suffix = {});
    /// A family of one sample.
    Exposition& one(std::string_view name, std::string_view type, std::string_view help, double value);

    std::string take() { return std::move(text_); }

private:
    std::string name_;
    std::string text_;
};

/// NAME="value", the value being any text in UTF-8.
std::string label(std::string_view name, std::string_view value);

} // namespace thv::proxy
