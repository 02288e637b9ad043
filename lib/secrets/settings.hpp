// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/app_config.hpp"

#include <optional>
#include <string_view>

namespace thv::secrets {

enum class ProviderKind { encrypted, environment, onepassword };
std::string_view to_string(ProviderKind kind);
/// Throws Fault::usage for a word that is none.
ProviderKind parse_provider(std::string_view text);

/// The part of upstream's config.yaml that is about secrets.
class Settings {
public:
    explicit Settings(const Paths& paths)
        : config_(paths) {}
    /// The provider that was set up; none when none was. Throws Fault::usage for a file that cannot be read.
    std::optional<ProviderKind> provider() const;
    /// Writes the provider as set up; everything else stays.
    void choose(ProviderKind kind);

private:
    AppConfig config_;
};

} // namespace thv::secrets
