// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/records.hpp"

#include <memory>

namespace thv::cli {

/// Prints things as rows: of the command's own table, of custom columns, or of a template.
std::unique_ptr<Records> table_records(const Output& output, Shape shape, Console& console);

} // namespace thv::cli
