// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/help.hpp"

#include <map>
#include <string>

namespace thv::cli {

/// Every manual page of a program, by file name ("thv.1", "thv-run.1"), in the man macros that groff and mandoc read.
std::map<std::string, std::string> manual(const Program& program);

/// Text with everything that roff would take for an instruction made harmless.
std::string roff(std::string_view text);

} // namespace thv::cli
