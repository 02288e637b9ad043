// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "say.hpp"

#include "engine/init_wire.hpp"

#include <string.h>
#include <unistd.h>

namespace thv::init {

namespace {

/// Text of a bounded length.
class Line {
public:
    void add(const char* text) {
        const size_t length = strnlen(text, sizeof text_ - 1 - size_);
        memcpy(text_ + size_, text, length);
        size_ += length;
    }
    void print() {
        text_[size_++] = '\n';
        // One write, so that the lines of several processes do not mix. Where there is no stderr nobody can be told.
        if (write(STDERR_FILENO, text_, size_) < 0) return;
    }

private:
    char text_[1024];
    size_t size_ = 0;
};

} // namespace

void say(const char* what, const char* why) {
    Line line;
    line.add(init_wire::notice);
    line.add(what);
    line.add(": ");
    line.add(why);
    line.print();
}

} // namespace thv::init
