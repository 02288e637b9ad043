// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thv::commands {

/// "key=value" by the rules for labels that upstream and Kubernetes share: a key is a name of at most 63 characters
/// (letters, digits, '-', '_', '.', a letter or digit at both ends) behind an optional "dns.prefix/"; a value is such a
/// name or empty.
Result<std::pair<std::string, std::string>> parse_label(std::string_view text);

/// The labels of a new workload; of two with one key the later one. Those that thv itself sets ("toolhive",
/// "toolhive-…", "thv-…") are refused.
std::map<std::string, std::string> parse_labels(const std::vector<std::string>& texts);

/// The labels that all workloads must have which a command is to take. Fault::usage for two values of one key, which
/// none can have.
std::map<std::string, std::string> parse_label_filters(const std::vector<std::string>& texts);

} // namespace thv::commands
