// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.hpp"

#include "core/error.hpp"
#include "io/signals.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace thv::cli {

namespace {

constexpr int narrowest = 40;

bool wants_colour(const Environment& environment, bool is_terminal) {
    if (environment.get("NO_COLOR")) return false;
    if (environment.get_or("CLICOLOR_FORCE", "0") != "0") return true;
    if (environment.get_or("CLICOLOR", "1") == "0" || environment.get_or("TERM", "") == "dumb") return false;
    return is_terminal;
}

int columns(const Environment& environment) {
    const auto wish = environment.get_or("COLUMNS", "");
    int width = 0;
    std::from_chars(wish.data(), wish.data() + wish.size(), width);
    winsize size{};
    if (width <= 0 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) width = size.ws_col;
    if (width <= 0) return Terminal{}.width;
    return width < narrowest ? narrowest : width;
}

bool continues(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

} // namespace

void reserve_standard_streams() {
    // open() takes the lowest number that is free: the first one that is not a standard descriptor ends the search.
    for (int fd = 0; fd <= STDERR_FILENO;) {
        const bool is_input = ::fcntl(STDIN_FILENO, F_GETFD) < 0;
        fd = ::open("/dev/null", (is_input ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
        if (fd < 0) return;
        if (fd > STDERR_FILENO) ::close(fd);
    }
}

Terminal terminal_of_process(const Environment& environment) {
    Terminal terminal;
    terminal.in = ::isatty(STDIN_FILENO) == 1;
    terminal.out = ::isatty(STDOUT_FILENO) == 1;
    terminal.err = ::isatty(STDERR_FILENO) == 1;
    terminal.colour = wants_colour(environment, terminal.err);
    if (terminal.out) terminal.width = columns(environment);
    return terminal;
}

namespace {

/// The terminal without echo, signals and its own editing of lines, for as long as this lives.
class Hidden {
public:
    Hidden() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0)
            throw Error{Fault::internal, "the terminal cannot be kept from showing what is typed"};
        auto hidden = before_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG | ICANON);
        if (::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) != 0)
            throw Error{Fault::internal, "the terminal cannot be kept from showing what is typed"};
    }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;
    ~Hidden() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

private:
    termios before_{};
};

constexpr std::size_t longest_line = 64U << 10U;

/// What one character makes of the line: true when the line is complete.
bool type(std::string& line, char byte) {
    constexpr char control_c = 3;
    constexpr char control_u = 21;
    constexpr char backspace = 8;
    constexpr char del = 127;
    if (byte == control_c) throw interrupted();
    if (byte == '\n') return true;
    if (byte == control_u) {
        line.clear();
    } else if (byte == backspace || byte == del) {
        // A character of several bytes goes as a whole.
        while (!line.empty() && continues(line.back()))
            line.pop_back();
        if (!line.empty()) line.pop_back();
    } else {
        line += byte;
    }
    if (line.size() > longest_line) throw Error{Fault::usage, "what was typed is too long"};
    return false;
}

} // namespace

std::optional<std::string> read_hidden_line() {
    constexpr char control_d = 4;
    const Hidden hidden;
    std::string line;
    char byte = 0;
    while (true) {
        const auto got = ::read(STDIN_FILENO, &byte, 1);
        if (got < 0 && errno == EINTR) throw interrupted();
        if (got <= 0 || (byte == control_d && line.empty())) return std::nullopt;
        if (type(line, byte)) return line;
    }
}

} // namespace thv::cli
