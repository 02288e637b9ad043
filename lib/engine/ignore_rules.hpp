// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace thv::engine {

/// The rules of one ignore file, which mean what they mean to git (gitignore(5)): '*', '?', '[…]' and '\' within one
/// name, "**" over any number of folders, a '/' at the beginning or in the middle ties a rule to the file's folder, one
/// at the end makes it about folders only, '!' takes back, and of several rules the last one counts.
class IgnoreRules {
public:
    explicit IgnoreRules(std::string_view text);

    enum class Verdict { nothing, ignored, kept };
    /// What the rules say of a path, which is relative to the file's folder, without '/' at either end.
    Verdict verdict(std::string_view path, bool is_folder) const;
    bool empty() const { return rules_.empty(); }

private:
    struct Rule {
        std::vector<std::string> names; ///< patterns of one name each, or "**"
        bool folders_only = false;
        bool keeps = false;
    };
    static bool matches(const Rule& rule, const std::vector<std::string>& path);

    std::vector<Rule> rules_;
};

} // namespace thv::engine
