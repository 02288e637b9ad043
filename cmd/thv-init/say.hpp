// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace thv::init {

/// One line on stderr: "thv-init: WHAT: WHY". At most 1 KiB of it.
void say(const char* what, const char* why);

} // namespace thv::init
