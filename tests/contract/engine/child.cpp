// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// What runs in the containers of the contract tests: does what its arguments say, one after the other.
//   out TEXT | err TEXT | lines COUNT | env NAME | echo (stdin's lines with "got " in front, to its end)
//   writable FOLDER (tells whether it is) | stubborn (ignores SIGTERM from now on) | sleep (for ever) | nap MS | exit N
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void say(int stream, std::string text) {
    text += '\n';
    if (::write(stream, text.data(), text.size()) < 0) std::_Exit(99);
}

void echo() {
    std::string line;
    for (int c = std::getchar(); c != EOF; c = std::getchar()) {
        if (c != '\n') {
            line += static_cast<char>(c);
            continue;
        }
        say(1, "got " + line);
        line.clear();
    }
}

/// Returns how many words the verb at `words` took.
int act(char** words) {
    const std::string_view verb = words[0];
    const std::string object = words[1] == nullptr ? "" : words[1];
    if (verb == "echo") return echo(), 1;
    if (verb == "stubborn") return std::signal(SIGTERM, SIG_IGN), 1;
    if (verb == "sleep") return ::pause(), 1;
    if (verb == "out") return say(1, object), 2;
    if (verb == "err") return say(2, object), 2;
    if (verb == "nap") return ::usleep(static_cast<useconds_t>(std::atoi(object.c_str())) * 1000), 2;
    if (verb == "exit") std::_Exit(std::atoi(object.c_str()));
    if (verb == "env") {
        const char* value = std::getenv(object.c_str());
        return say(1, object + (value == nullptr ? " is unset" : "=" + std::string{value})), 2;
    }
    if (verb == "writable") {
        const int file = ::open((object + "/probe").c_str(), O_CREAT | O_WRONLY, 0600);
        return say(1, object + (file < 0 ? " is read-only" : " is writable")), 2;
    }
    if (verb == "lines") {
        for (int i = 1; i <= std::atoi(object.c_str()); ++i)
            say(1, "line " + std::to_string(i));
        return 2;
    }
    std::_Exit(98);
}

} // namespace

int main(int count, char** words) {
    for (int at = 1; at < count;)
        at += act(words + at);
}
